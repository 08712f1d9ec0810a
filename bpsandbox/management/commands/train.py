"""Train a config in the terminal, under the limits of the site, without a database."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TextIO

from django.core.management.base import BaseCommand, CommandParser

from bpsandbox import api, conf, explain, failures
from bpsandbox.document import Document
from bpsandbox.management.terminal import Bar, plot, shown, table
from bpsandbox.numbers import about
from bpsandbox.runner import Child, Job, Outcome, plain, results, supervise
from bpsandbox.runner.limits import MIB

WRONG, FAILED, INTERRUPTED = 2, 1, 130
MOST_BYTES = 4 * MIB
MOST_STEPS_BYTES = 1024 * MIB
WIDEST = 100


class Command(BaseCommand):
    help = "Check a config, say what it costs, train it, draw its curve and print its numbers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the config, YAML or JSON; - reads standard input")
        parser.add_argument("--json", metavar="PATH", help="write the result as JSON; - for standard output")
        parser.add_argument(
            "--steps-json", metavar="PATH", help="write every step and the parameters as JSON; - for standard output"
        )

    def handle(self, **options: Any) -> None:
        try:
            self.run(**options)
        except BrokenPipeError:
            leave_quietly()

    def run(self, *, file: str, **options: Any) -> None:
        targets = {"json": options["json"], "steps": options["steps_json"]}
        if list(targets.values()).count("-") > 1:
            wrong("Only one of --json and --steps-json can go to standard output.")
        for path in targets.values():
            refuse_unwritable(path)
        out = sys.stderr if "-" in targets.values() else sys.stdout
        name = "standard input" if file == "-" else file
        checked = self.checked(read(file), name)
        assert checked.spec is not None
        self.say_plan(checked, out)
        outcome = self.trained(checked.spec, record_steps=targets["steps"] is not None)
        self.deliver(outcome, targets, out, checked.spec.config)

    def checked(self, text: str, name: str) -> api.Checked:
        """Return a config that may run; else print every problem and exit."""
        checked = api.check(text)
        if checked.problems:
            print(shown(name, text, checked.problems), file=sys.stderr)
            raise SystemExit(WRONG)
        return checked

    def say_plan(self, checked: api.Checked, out: TextIO) -> None:
        assert checked.spec is not None and checked.price is not None
        words, price = checked.spec.words, checked.price
        title = checked.spec.title or words["title"]
        print(title, words["line"], sep="\n" if title else "", file=out)
        print(f"{price.parameters:,} parameters a seed, {about(price.seconds)}", file=out)
        for note in checked.notes:
            print(f"note: {note}", file=out)
        print(file=out, flush=True)

    def trained(self, spec: Any, *, record_steps: bool) -> Outcome:
        """Train in a child, with a bar on standard error; Ctrl-C ends both."""
        limits = conf.current().limits()
        if record_steps:
            limits = replace(limits, line_bytes=MOST_STEPS_BYTES, output_bytes=2 * MOST_STEPS_BYTES)
        bar = Bar(sys.stderr, settings=len(spec.varied) or 1)
        job = Job(spec=spec.to_json(), limits=limits, record_steps=record_steps)
        try:
            return supervise(Child(plain(conf.current().engine)), job, on_progress=bar.show)
        except KeyboardInterrupt:
            bar.clear()
            say_and_exit("Stopped.", status=INTERRUPTED)
        finally:
            bar.clear()

    def deliver(self, outcome: Outcome, targets: dict[str, str | None], out: TextIO, config: dict[str, Any]) -> None:
        """Draw, print and write what came out; without a result say why, and exit."""
        if outcome.document is None:
            assert outcome.failure is not None
            failure = {"code": outcome.failure.code, "values": {**outcome.failure.values, "attempts": 1}}
            say_and_exit(failures.sentence(failure), status=FAILED)
        document = outcome.document
        print(report(document, config), file=out, flush=True)
        write(targets["json"], worded(document).to_json())
        write(targets["steps"], outcome.steps)


def worded(document: Document) -> Document:
    """Return a result whose warnings say in a `message` what they mean."""
    seeds = len(document.seeds)
    return replace(document, warnings=tuple(replace(w, message=explain.caution(w, seeds)) for w in document.warnings))


def report(document: Document, config: dict[str, Any]) -> str:
    columns = min(WIDEST, shutil.get_terminal_size((80, 24)).columns)
    drawing = plot(results.best(document), document.principal, columns=columns) if document.curves else ""
    return "\n\n".join(filter(None, (explain.verdict(document), drawing, table(document, config))))


def read(file: str) -> str:
    """Return the text of a file; exit with a sentence when there is none to read."""
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else read_file(Path(file))
    except FileNotFoundError:
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
    """Exit when a result could not be written, before anybody waits for it."""
    if path is None or path == "-":
        return
    place = Path(path)
    if place.is_dir():
        wrong(f"{path} is a directory. Name a file to write.")
    if not place.absolute().parent.is_dir():
        wrong(f"There is no directory {place.parent} to write {place.name} into.")


def write(path: str | None, content: Any) -> None:
    if path is None:
        return
    text = json.dumps(content, allow_nan=False) + "\n"
    if path == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        say_and_exit(f"{path} cannot be written: {error.strerror}.", status=FAILED)


def wrong(sentence: str) -> NoReturn:
    say_and_exit(sentence, status=WRONG)


def say_and_exit(sentence: str, *, status: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(status)


def leave_quietly() -> NoReturn:
    """Exit after the reader of standard output has gone, without Python's last try to write there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(FAILED)
