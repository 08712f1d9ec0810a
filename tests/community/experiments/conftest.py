"""Runs that have ended, trained here and now by the engine itself."""

import pytest

from bpsandbox import api, core, holding, spec
from tests.factories import QuestionFactory

XOR = """\
seeds: {start: 0, count: 3}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 40, batch_size: full}
checks: {gradient_check: {at: [start]}}
record: {worked_example: {sample: 1, step: 0}, decision_boundary: [0, 40]}
"""


@pytest.fixture
def config():
    """Return the text of a small config, changed where one asks for it."""

    def text(**changes: str) -> str:
        lines = {line.partition(":")[0]: line for line in XOR.splitlines()}
        lines |= {name: f"{name}: {value}" for name, value in changes.items()}
        return "\n".join(lines.values()) + "\n"

    return text


@pytest.fixture
def wanted(db, config):
    """Return a way to want a run that is not trained yet: by a post, a member, a visitor."""

    def submit(text: str = "", **wish):
        wish = wish or {"is_system": True, "target": ("page", 1), "visibility": "public"}
        return api.submit(config_text=text or config(), **wish)

    return submit


def train(worker: str = "test") -> str:
    """Do what a worker does with the next run, in this process; return its spec's hash."""
    claim = holding.claim_next(worker)
    parsed = spec.Spec.from_json(claim.canonical)
    assert holding.finish(claim, core.run(spec.build(parsed)).document())
    return parsed.hash


@pytest.fixture
def trained(wanted):
    """Return a way to want a run and have it trained; gives its spec's hash."""

    def submit(text: str = "", **wish):
        wanted(text, **wish)
        return train()

    return submit


@pytest.fixture
def asked(config):
    """Return a way to a question whose opening post shows a config."""
    from community.content import services

    def ask(author, *, text: str = "", publish: bool = True, before: str = "Look:"):
        source = f"{before}\n\n```bp\n{text or config()}```\n"
        thread = services.start_thread(author=author, kind="question", title="Why?", source=source, publish=publish)
        return thread.posts.get(number=1)

    return ask


@pytest.fixture
def question(db):
    return QuestionFactory()
