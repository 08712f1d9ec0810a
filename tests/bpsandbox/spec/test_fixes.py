"""Suggested fixes resolve their problem and cause no other.

The replacement is given by a problem's `seen` and `suggestion`: a fix applies if the text at the problem's line and
column begins with `seen`.
"""

import random
import re
from collections import Counter

import pytest

from bpsandbox import spec
from tests.full import some

from .random_configs import random_config
from .test_wrong import HERE, NAMES, problems_of, repeated

SYNTAX = {"syntax", "wide_sign"}
"""Codes of texts that cannot be read to their end: what is wrong further down shows when it is mended."""


def offered(text):
    """Return every problem of a text with a fix, with the fixed text."""
    found = problems_of(text)
    return found, [(problem, fixed(text, problem)) for problem in found if fixed(text, problem) is not None]


def fixed(text, problem):
    """Return the text with the suggestion applied; None if there is no fix."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: problem.line - 1]) + problem.column - 1
    if not problem.seen or problem.suggestion is None or not text.startswith(problem.seen, start):
        return None
    return text[:start] + problem.suggestion + text[start + len(problem.seen) :]


def leads_to(text):
    """Return the new problems after each fix."""
    before, ways = offered(text)
    return {
        f"{problem} -> {problem.suggestion}": sorted(new)
        for problem, after in ways
        if (new := told(problems_of(after)) - (told(before) - told([problem])))
    }


def told(problems):
    """Count each message; positions and counts may move with an inserted line."""
    return Counter(re.sub(r"\d+", "N", problem.message) for problem in problems)


@pytest.mark.parametrize("name", NAMES)
def test_a_fix_of_an_example_leads_to_no_other_problem(name):
    text = repeated((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    if SYNTAX & {problem.code for problem in problems_of(text)} and len(problems_of(text)) > 1:
        return
    assert leads_to(text) == {}


def test_many_examples_offer_a_fix():
    texts = [(HERE / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES]
    assert sum(bool(offered(text)[1]) for text in texts if not text.startswith("# repeat")) >= 50


WORD = re.compile(r"[A-Za-z_]\w{2,}")
OTHERS = (
    "sigmoid", "softmax", "tanh", "step", "MSELoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "hinge",
    "BatchNorm1d", "BatchNorm2d", "Flatten", "LSTM", "xavier", "he", "Dense", "learning", "lr", "mnist",
)  # fmt: skip
LAYERS = (
    "{type: Linear, out_features: 3}", "{type: LSTM, hidden_size: 3}", "{type: MaxPool2d, kernel_size: 2}",
    "{type: Conv2d, out_channels: 2, kernel_size: 3}", "{type: Embedding, num_embeddings: 3, embedding_dim: 2}",
    "BatchNorm1d",
    "BatchNorm2d", "Flatten", "{type: Linear, in_features: 5, out_features: 2, activation: sigmoid}", "softmax",
)  # fmt: skip


def slipped(rng, text):
    """Return a config with one mistake: a letter lost, a word or number exchanged, a layer inserted or removed."""
    return rng.choice((without_a_letter, with_another_word, with_another_number, with_a_layer))(rng, text)


def at(rng, pattern, text, made):
    """Replace one match of a pattern."""
    matches = list(re.finditer(pattern, text))
    if not matches:
        return text
    match = rng.choice(matches)
    return text[: match.start()] + made(match[0]) + text[match.end() :]


def without_a_letter(rng, text):
    return at(rng, WORD, text, lambda word: word[: (place := rng.randrange(len(word)))] + word[place + 1 :])


def with_another_word(rng, text):
    return at(rng, WORD, text, lambda word: rng.choice(OTHERS))


def with_another_number(rng, text):
    others = ("0", "1", "7", "900", '"{}"', "{},5")
    return at(rng, r"(?<=: )\d[\d.]*", text, lambda number: rng.choice(others).format(number))


def with_a_layer(rng, text):
    return at(rng, r"layers: \[", text, lambda head: f"{head}{rng.choice(LAYERS)}, ")


@pytest.mark.parametrize("seed", some(range(100), every=8))
def test_a_fix_of_a_slip_leads_to_no_other_problem(seed):
    rng = random.Random(seed)
    for _ in range(10):
        text = slipped(rng, rng.choice((random_config(rng), rng.choice(list(spec.presets.PRESETS.values())).text)))
        if not SYNTAX & {problem.code for problem in problems_of(text)}:
            assert leads_to(text) == {}, text
