"""Rules for the source tree."""

import io
import re
import subprocess

import pytest
from django.core.management import call_command

from community.launch.paths import ROOT

TOP_LEVEL = {"bench", "bpsandbox", "community", "docs", "templates", "tests", ".ci"}
NO_ROOMS = {"utils", "helpers", "misc"}


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


def test_folders_of_the_top_level_are_the_agreed_ones():
    assert {name.split("/")[0] for name in tracked() if "/" in name} <= TOP_LEVEL


def test_no_room_is_a_drawer_for_everything():
    parts = {part.removesuffix(".py") for name in tracked() for part in name.split("/")}
    assert not parts & NO_ROOMS


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()


PAGES = [name for name in tracked() if name.endswith(".html") and not name.startswith("tests/")]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/)[^>]*>|<style|\son[a-z]+=|\sstyle=", re.I)


COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.S)


MAIL = "templates/notifications/mail/"


def test_no_template_holds_an_inline_script_or_style():
    """Except of email, which cannot have a style sheet of the site."""
    pages = [name for name in PAGES if not name.startswith(MAIL)]
    texts = {name: COMMENT.sub("", (ROOT / name).read_text(encoding="utf-8")) for name in pages}
    found = [(name, match[0]) for name, text in texts.items() for match in INLINE.finditer(text)]
    assert [(name, tag) for name, tag in found if "csp_nonce" not in tag] == []


LONGEST_LINE = 200


def test_no_template_has_a_line_that_one_cannot_read():
    lines = [(name, len(line)) for name in PAGES for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    assert [(name, length) for name, length in lines if length > LONGEST_LINE] == []


def test_no_template_marks_text_as_safe_but_the_one_tag_for_stored_html():
    marks = re.compile(r"\|\s*safe\b|autoescape off")
    assert [name for name in PAGES if marks.search((ROOT / name).read_text(encoding="utf-8"))] == []


DECISION = re.compile(r"# (\d+)\. .+\n\nStatus: \w[^\n]*\. Date: \d{4}-\d\d-\d\d\.\n\n## ")


def test_decisions_have_one_form_and_an_index():
    folder = ROOT / "docs" / "adr"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    numbers = [int(match[1]) for path in pages if (match := DECISION.match(path.read_text(encoding="utf-8")))]
    assert numbers == list(range(1, len(pages) + 1)) == [int(path.name[:4]) for path in pages]
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in pages if f"({path.name})" not in index] == []
