"""Generate the files the tests compare with: python -m tests.bpsandbox.oracles.record

Requires PyTorch and scikit-learn, as in the environment of `./run bench oracles --record`.

A file contains its origin (versions, a hash of the scripts), the initial values by keyword, and one trajectory per row:
a fingerprint of the config, the loss of each step, the final loss, and a digest of all final parameters. gradients.json
has every tensor's gradient in the first step of fewer rows.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import gradients, starts
from .rows import PEERS, TABLES, Row, fingerprint

FOLDER = Path(__file__).parent
SCRIPTS = ("rows.py", "pytorch.py", "scikit_learn.py", "starts.py", "gradients.py", "record.py")
WHOLE = 6


def flat(values: Any) -> Iterator[float]:
    """Flatten nested lists, the last axis varying fastest."""
    if isinstance(values, list):
        for value in values:
            yield from flat(value)
    else:
        yield values


def digest(values: Any) -> list[float]:
    """Return a few numbers unchanged; of many their Euclidean norm and two weighted sums."""
    numbers = list(flat(values))
    if len(numbers) <= WHOLE:
        return numbers
    weighted = (math.fsum(turn(i) * w for i, w in enumerate(numbers)) for turn in (math.cos, math.sin))
    return [math.sqrt(math.fsum(w * w for w in numbers)), *weighted]


def trajectory(row: Row, peer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run a row with a peer: its initial values, and its entry."""
    played = import_module(f".{peer}", __package__).play(row.config, row.start)
    entry = {
        "config": fingerprint(row.config),
        "losses": played["losses"],
        "measured": played["measured"],
        "end": digest(list(played["end"].values())),
    }
    return played["start"], entry


def record(table: str) -> dict[str, Any]:
    """Run all rows of a table."""
    starts, trajectories = {}, {}
    for row in TABLES[table]():
        starts[row.start], trajectories[row.name] = trajectory(row, PEERS[table])
    return {"made_with": made_with(), "starts": starts, "trajectories": trajectories}


def made_with() -> dict[str, str]:
    scripts = sha256(b"".join((FOLDER / name).read_bytes() for name in SCRIPTS)).hexdigest()
    libraries = {name: version(name) for name in ("torch", "scikit-learn", "numpy")}
    return {
        "python": platform.python_version(),
        **libraries,
        "scripts": scripts,
        "seeds": "a start is drawn by random.Random(its word), rounded to 3 decimals",
    }


def write(table: str, content: dict[str, Any]) -> Path:
    """Write a record with one trajectory per line, for readable diffs."""
    lines = [f'"made_with": {json.dumps(content["made_with"])}']
    for part in ("starts", "trajectories"):
        entries = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in content[part].items()
        )
        lines.append(f'"{part}": {{\n{entries}\n}}')
    path = FOLDER / f"{table}.json"
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    return path


def read(table: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{table}.json").read_text(encoding="utf-8"))


def write_starts() -> Path:
    """Write the spread of PyTorch's initial values."""
    path = FOLDER / "starts.json"
    content = {"made_with": made_with(), "starts": {name: starts.pytorchs(name) for name in starts.STARTS}}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def write_gradients() -> Path:
    """Write PyTorch's gradients of a first step, one row per line."""
    entries = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}"
        for name, entry in gradients.pytorchs().items()
    )
    path = FOLDER / "gradients.json"
    text = f'{{"made_with": {json.dumps(made_with())},\n"gradients": {{\n{entries}\n}}}}\n'
    path.write_text(text, encoding="utf-8")
    return path


def main() -> None:
    write_starts()
    print(f"{write_gradients().name}")
    for table in TABLES:
        path = write(table, record(table))
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
