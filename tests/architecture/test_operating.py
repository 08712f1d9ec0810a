"""The operators' guide is correct: a new machine has its commands, and its files mean the same to all who read them."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/operating.md").read_text(encoding="utf-8")
PRODUCTION = PAGE.partition("\n## Production on one machine\n")[2].partition("\n## Staff,")[0]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VALUE = re.compile(r"^[A-Z][A-Z0-9_]+=.*$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[;|] *|&& )(?:exec )?([a-z][a-z0-9-]*)(?= |$)", re.MULTILINE)
PACKAGES = {
    "curl": ["curl"],
    "git": ["git"],
    "postgresql": ["createdb", "createuser", "pg_dump", "pg_restore"],
    "python3-venv": ["python3"],
}
DEBIAN = set("apt cat cd chmod chown cp ln mkdir runuser set setpriv systemctl tar useradd".split())
OURS = {"chainrule-manage"}
SCRIPT = re.compile(r"^cat > \S+ <<'EOF'\n.*?^EOF\n", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    return BLOCK.findall(PRODUCTION)


@pytest.mark.parametrize("line", [line for block in blocks() for line in VALUE.findall(block)])
def test_no_remark_follows_a_value_of_the_environment_file(line) -> None:
    """`sh` leaves it out and systemd does not, so that commands and services would have different keys."""
    assert " #" not in line


def test_a_fresh_machine_has_every_command() -> None:
    installed = next(
        line for block in blocks() for line in block.splitlines() if line.startswith("apt install")
    ).split()
    known = DEBIAN | OURS | {name for package in installed for name in PACKAGES.get(package, ())}
    called = set()
    for block in blocks():
        if "Caddyfile" in block or "/etc/" in block.partition("\n")[0]:
            continue
        text = VALUE.sub("", SCRIPT.sub("", block)).replace("\\\n", " ")
        called |= set(COMMAND.findall("\n".join(line.partition("  #")[0] for line in text.splitlines())))
    assert called >= {"git", "runuser", "chainrule-manage"}
    assert called <= known
