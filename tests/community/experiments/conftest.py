"""Finished runs, trained in the test process."""

from collections.abc import Iterator

import pytest

from bpsandbox import api
from tests.factories import QuestionFactory
from tests.taken_back import taken_back
from tests.training import XOR, train


def text_with(**changes: str) -> str:
    """Return the text of a small config with optional changes."""
    lines = {line.partition(":")[0]: line for line in XOR.splitlines()}
    lines |= {name: f"{name}: {value}" for name, value in changes.items()}
    return "\n".join(lines.values()) + "\n"


def finished(text: str) -> str:
    """Train a public run; return its spec hash."""
    api.submit(config_text=text, is_system=True, target=("page", 1), visibility="public")
    return train()


@pytest.fixture(scope="module")
def small(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The hash of a public run of the small config, trained once for the tests of a module that read it."""
    with django_db_blocker.unblock(), taken_back():
        yield finished(text_with())


@pytest.fixture
def config():
    return text_with


@pytest.fixture
def wanted(db, config):
    """Return a function that requests an untrained run for a post, a member or a visitor."""

    def submit(text: str = "", **wish):
        wish = wish or {"is_system": True, "target": ("page", 1), "visibility": "public"}
        return api.submit(config_text=text or config(), **wish)

    return submit


@pytest.fixture
def trained(wanted):
    """Return a function that requests a run and trains it; it returns the spec hash."""

    def submit(text: str = "", **wish):
        wanted(text, **wish)
        return train()

    return submit


@pytest.fixture
def asked(config):
    """Return a function that creates a question with a config."""
    from community.content import services

    def ask(author, *, text: str = "", publish: bool = True, before: str = "Look:", title: str = "Why?"):
        source = f"{before}\n\n```bp\n{text or config()}```\n"
        thread = services.start_thread(author=author, kind="question", title=title, source=source, publish=publish)
        return thread.posts.get(number=1)

    return ask


@pytest.fixture
def question(db):
    return QuestionFactory()
