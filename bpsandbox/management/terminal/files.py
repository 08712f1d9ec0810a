"""Read and write the files of a command; every error ends it with one sentence and an exit status."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from bpsandbox import failures
from bpsandbox.checking import Checked, check
from bpsandbox.runner import Failure
from bpsandbox.runner.limits import MIB
from bpsandbox.spec.presets import PRESETS

from .problems import shown

WRONG, FAILED, INTERRUPTED = 2, 1, 130
MOST_BYTES = 4 * MIB


def read(file: str) -> str:
    """Return the text of a file, or of an example by its name; exit with a sentence if it cannot be read."""
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else read_file(Path(file))
    except FileNotFoundError:
        if file in PRESETS:
            return PRESETS[file].text
        wrong(f"There is no file {file}.")
    except IsADirectoryError:
        wrong(f"{file} is a directory. Name a file with one config in it.")
    except OSError as error:
        wrong(f"{file} cannot be read: {error.strerror}.")
    if len(raw) > MOST_BYTES:
        wrong(f"{file} is larger than {MOST_BYTES // MIB} MiB. A config is a short text.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        wrong(f"{file} is not a text in UTF-8. A config is YAML or JSON.")


def read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def refuse_unwritable(path: str | None) -> None:
    """Exit before training if the result could not be written to `path`."""
    if path is None or path == "-":
        return
    place = Path(path)
    if place.is_dir():
        wrong(f"{path} is a directory. Name a file to write.")
    if not place.absolute().parent.is_dir():
        wrong(f"There is no directory {place.parent} to write {place.name} into.")


def write(path: str | None, content: Any) -> None:
    """Write JSON."""
    if path is not None:
        write_text(path, json.dumps(content, allow_nan=False) + "\n")


def write_text(path: str, text: str) -> None:
    """Write to a file, or to standard output for -; exit with a sentence if that fails."""
    if path == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        print_and_exit(f"{path} cannot be written: {error.strerror}.", status=FAILED)


def checked(text: str, name: str) -> Checked:
    """Return a config that may run; otherwise print every problem below its line and exit."""
    found = check(text)
    if found.problems:
        print(shown(name, text, found.problems), file=sys.stderr)
        raise SystemExit(WRONG)
    return found


def wrong(sentence: str) -> NoReturn:
    print_and_exit(sentence, status=WRONG)


def print_and_exit(sentence: str, *, status: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(status)


def exit_with_failure(failure: Failure) -> NoReturn:
    """Print why a child has no result, and exit."""
    values = {**failure.values, "attempts": 1}
    print_and_exit(failures.sentence({"code": failure.code, "values": values}), status=FAILED)


def leave_quietly() -> NoReturn:
    """Exit after standard output was closed, without Python's final flush."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(FAILED)
