"""What the faults of both deployments share; their modules open a `site` each."""

import pytest

from tests.faults.people import Program, program


@pytest.fixture(scope="module")
def ada(site) -> Program:
    return program(site, "ada")


@pytest.fixture
def say(capsys):
    """Write a measured number where a person who asks for it (-s) sees it."""

    def write(text: str) -> None:
        with capsys.disabled():
            print(f"\n    {text}", flush=True)

    return write
