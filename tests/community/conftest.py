import pytest

from community.content import bodies


@pytest.fixture(scope="session", autouse=True)
def _renderer():
    """Its processes are up before the first post: on a busy machine their start takes longer than a post may wait."""
    assert bodies.warm()
