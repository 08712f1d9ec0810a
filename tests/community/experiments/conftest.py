"""Runs that have ended, trained here and now by the engine itself."""

import pytest

from bpsandbox import api
from tests.factories import QuestionFactory
from tests.training import XOR, train


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
