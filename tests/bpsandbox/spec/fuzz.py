"""Fuzzing of the config language: mutated texts, and random configs.

python -m tests.bpsandbox.spec.fuzz 20000 300 [SEED]

The first number is how many texts are read: each is a Spec, or problems with line and column, and never another
exception. The second is how many random configs are trained to their end and compared with their price.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bpsandbox import spec
from bpsandbox.core import run
from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.spec.language import CONFIG, initialisation, optimizer
from bpsandbox.spec.language.dataset import NAMED
from bpsandbox.spec.language.layer import ALIASES, RECORDS

from .random_configs import random_config

WRONG = Path(__file__).parent / "wrong"
SIGNS = [*"{}[]:,-#&*!|>'\"%@`\n\t ？：，\u2028\x00\ufeff\\", "---\n", "...\n", "<<: ", "? ", "&a ", "*a ", "!!str "]
WORDS = [
    "1e-3",
    "1e400",
    "-0",
    "0x1F",
    "0o17",
    ".inf",
    ".nan",
    "null",
    "~",
    "true",
    "no",
    "9" * 70,
    "[]",
    "{}",
    "-1",
    "0",
]


def known_words() -> list[str]:
    """Return names of fields and types, and their equivalents in other libraries."""
    return sorted(
        {
            *CONFIG.fields,
            *NAMED.records,
            *RECORDS,
            *ALIASES,
            *ACTIVATIONS,
            *optimizer.OPTIMIZER.records,
            *initialisation.INIT.records,
            *(name for record in RECORDS.values() for name in (*record.fields, *record.aliases)),
        }
    )


KNOWN = known_words()


def seeds_of_texts() -> list[str]:
    """Return the seed corpus: every preset, and every config that breaks a rule."""
    wrong = [path.read_text(encoding="utf-8") for path in sorted(WRONG.glob("*.yaml"))]
    return [*(preset.text for preset in spec.presets.PRESETS.values()), *(text for text in wrong if len(text) < 4000)]


def mutated(rng: random.Random, texts: list[str]) -> str:
    """Return one of the texts with a few random edits."""
    text = rng.choice(texts)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        text = rng.choice((cut, doubled, spoiled, reworded, crossed, rewritten, rewritten, rewritten))(rng, text, texts)
    return text


def span(rng: random.Random, text: str) -> tuple[int, int]:
    start = rng.randrange(len(text) + 1)
    return start, min(len(text), start + rng.choice((1, 1, 2, 5, 20, 100)))


def cut(rng: random.Random, text: str, texts: list[str]) -> str:
    start, stop = span(rng, text)
    return text[:start] + text[stop:]


def doubled(rng: random.Random, text: str, texts: list[str]) -> str:
    start, stop = span(rng, text)
    return text[:stop] + text[start:stop] * rng.choice((1, 2, 50)) + text[stop:]


def spoiled(rng: random.Random, text: str, texts: list[str]) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(SIGNS) + text[place:]


def reworded(rng: random.Random, text: str, texts: list[str]) -> str:
    """Replace a word with another."""
    words = text.split(" ")
    words[rng.randrange(len(words))] = rng.choice((*WORDS, rng.choice(KNOWN), rng.choice(KNOWN) + ":"))
    return " ".join(words)


def crossed(rng: random.Random, text: str, texts: list[str]) -> str:
    """Join the beginning of one text and the end of another."""
    one, other = text.split("\n"), rng.choice(texts).split("\n")
    return "\n".join(one[: rng.randrange(len(one) + 1)] + other[rng.randrange(len(other) + 1) :])


def rewritten(rng: random.Random, text: str, texts: list[str]) -> str:
    """Return the same tree with one thing changed, as YAML or JSON."""
    try:
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    nodes = list(containers(tree))
    if not nodes:
        return text
    change(rng, rng.choice(nodes))
    try:
        return json.dumps(tree) if rng.random() < 0.3 else yaml.safe_dump(tree, sort_keys=False)
    except (TypeError, ValueError, yaml.YAMLError, RecursionError):
        return text


def containers(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict | list):
        if tree:
            yield tree
        for item in list(tree.values()) if isinstance(tree, dict) else tree:
            yield from containers(item)


def change(rng: random.Random, node: Any) -> None:
    key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
    kind = rng.randrange(4)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[rng.choice(KNOWN)] = strange(rng)
    elif kind == 1:
        node.append(node[key])
    else:
        node[key] = strange(rng)


def strange(rng: random.Random) -> Any:
    """Return a value that may be valid by accident."""
    return rng.choice(
        (
            0,
            1,
            2,
            3,
            7,
            -1,
            0.5,
            1e-3,
            1e300,
            2**40,
            True,
            False,
            None,
            "",
            "x",
            [],
            {},
            [1, 2],
            [[1.0, 2.0], [3.0, 4.0]],
            rng.choice(KNOWN),
            rng.choice(KNOWN),
            {"type": rng.choice(KNOWN)},
            {"type": rng.choice(KNOWN), "lr": 1},
            [rng.choice(KNOWN)],
            {rng.choice(KNOWN): 1},
        )
    )


def large(rng: random.Random) -> str:
    """Return a text near the size limit, of one kind of content."""
    base = rng.choice(seeds_of_texts()[:12])
    line = rng.choice(
        (
            "  - {type: Linear, out_features: 3, activation: sigmoid}\n",
            "x: [1, 2, 3]\n",
            "# remark\n",
            "- [1,2,3,4]\n",
            "{" * 50 + "\n",
            "[" * 11 + "1" + "]" * 11 + ",\n",
            "a: &a b\n",
            "title: 'wide：'\n",
            "，" * 40 + "\n",
            "optimizer: {type: SGD, lr: 1}\n",
            "'" + "q" * 100 + "': 1\n",
            "\\u2028",
            "- *a\n",
            "? x\n",
            "1,2,3\n",
            "!!int 3\n",
        )
    )
    places = ("", base, "dataset:\n  points:\n    x:\n", "model:\n  layers:\n", "dataset:\n  points:\n    csv: |\n")
    text = rng.choice(places)
    count = (65_000 - len(text.encode())) // len(line.encode())
    return (text + line * count)[: 65_536 // (1 + (max(map(ord, line)) > 127))]


def look(text: str) -> str:
    """Return the outcome of reading a text. Raises AssertionError if it is neither a Spec nor located problems."""
    try:
        parsed = spec.parse(text)
    except spec.InvalidConfig as invalid:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert invalid.problems, "no problems"
        assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in invalid.problems), invalid.problems
        assert all(problem.message and problem.code for problem in invalid.problems)
        return "problems"
    again = spec.parse(parsed.to_json())
    assert again.hash == parsed.hash, (parsed.to_json(), again.to_json())
    spec.limits.check(spec.price(parsed))
    assert parsed.words["title"]
    return "spec"


def trained(text: str) -> tuple[list[str], float, float] | None:
    """Return the stop reasons of every seed, CPU seconds, and price in seconds; None if the config is rejected."""
    try:
        parsed = spec.parse(text)
    except spec.InvalidConfig:
        return None
    cost = spec.price(parsed)
    if spec.limits.check(cost):
        return None
    began = time.process_time()
    document = run(spec.build(parsed)).document().to_json()
    return [stop["reason"] for stop in document["stop"]], time.process_time() - began, cost.seconds


def main(texts: int, runs: int, seed: int = 0) -> None:
    if texts:
        read_texts(texts, seed)
    if runs:
        train_configs(runs, seed)


def read_texts(count: int, seed: int) -> None:
    """Read a number of texts, and report their outcomes and the slowest."""
    rng, beginnings = random.Random(seed), seeds_of_texts()
    ends: collections.Counter[str] = collections.Counter()
    worst, most = "", 0.0
    for number in range(count):
        text = large(rng) if number % 50 == 0 else mutated(rng, beginnings)
        ends[end_of(text)] += 1
        seconds = best_seconds(text, most)
        worst, most = (text, seconds) if seconds > most else (worst, most)
    print(f"{count} texts: {dict(ends)}")
    size = len(worst.encode("utf-8", "replace"))
    print(f"slowest to read: {most * 1000:.0f} ms for {size} bytes, beginning with {worst[:80]!r}")


def end_of(text: str) -> str:
    try:
        return look(text)
    except Exception as error:
        print(f"--- {type(error).__name__}: {error}\n{text[:3000]}\n---", flush=True)
        return type(error).__name__


def best_seconds(text: str, interesting: float) -> float:
    """Return the seconds to read a text: the minimum of five if it seems slow, for busy machines."""
    return min(seconds_to_read(text) for _ in range(5)) if seconds_to_read(text) > interesting else 0.0


def seconds_to_read(text: str) -> float:
    began = time.process_time()
    with contextlib.suppress(Exception):
        spec.parse(text)
    return time.process_time() - began


def train_configs(count: int, seed: int) -> None:
    rng = random.Random(seed)
    ends: collections.Counter[str] = collections.Counter()
    ratios: list[tuple[float, str]] = []
    refused = 0
    while len(ratios) < count:
        text = random_config(rng)
        try:
            result = trained(text)
        except Exception as error:
            print(f"--- {type(error).__name__}: {error}\n{text}---", flush=True)
            ends["exception"] += 1
            ratios.append((0.0, text))
            continue
        if result is None:
            refused += 1
            continue
        reasons, seconds, cost = result
        ends.update(reasons)
        ratios.append((seconds / cost, text))
    ratios.sort()
    middle, ninety = ratios[len(ratios) // 2][0], ratios[len(ratios) * 9 // 10][0]
    print(f"{count} runs ({refused} configs refused): seeds ended {dict(ends)}")
    print(f"seconds to price: median {middle:.2f}, 90% {ninety:.2f}, most {ratios[-1][0]:.2f}\n{ratios[-1][1]}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
