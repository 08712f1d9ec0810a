"""Shared by the fault tests of both deployments; each module opens its own `site`."""

import pytest

from tests.faults.people import Program, program


@pytest.fixture(scope="module")
def ada(site) -> Program:
    return program(site, "ada")


@pytest.fixture
def say(capsys):
    """Print a measured number, visible with -s."""

    def write(text: str) -> None:
        with capsys.disabled():
            print(f"\n    {text}", flush=True)

    return write
