"""Chinese is complete: every string that people see is in the catalogues, translated, and compiled."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from community.launch.places import ROOT
from tests.conftest import missing

CATALOGUES = ("community/locale/zh_Hans/LC_MESSAGES/django.po", "bpsandbox/locale/zh_Hans/LC_MESSAGES/django.po")
SOURCES = ("community", "bpsandbox", "templates")
NAMES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)(?:[!:][^}]*)?\}")


def catalogue(path: Path):
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def entries(path: Path) -> list:
    return [message for message in catalogue(path) if message.id]


def is_translated(message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Path:
    """Return a copy of the sources in which the catalogues hold every string that the sources hold."""
    if shutil.which("xgettext") is None:
        missing("xgettext is not installed (gettext)")
    copy = tmp_path_factory.mktemp("extracted")
    skip = shutil.ignore_patterns("__pycache__", "*.mo", "node_modules", "*.woff2")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=skip)
    shutil.copy(ROOT / "manage.py", copy)
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-obsolete", "--no-location"],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin", "CHAINRULE_VAR": str(copy / "var"), "HOME": str(copy)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return copy


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_string_of_the_sources_is_translated(extracted, name):
    untranslated = [message.id for message in entries(extracted / name) if not is_translated(message)]
    assert untranslated == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_translation_names_the_same_values(name):
    wrong = []
    for message in entries(ROOT / name):
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        allowed = {match for original in originals for match in NAMES.findall(original)}
        used = {match for string in strings for match in NAMES.findall(string)}
        if not used <= allowed or (len(originals) == 1 and used != allowed):
            wrong.append((message.id, message.string))
    assert wrong == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_compiled_catalogue_says_what_the_written_one_says(name):
    path = ROOT / name
    with path.with_suffix(".mo").open("rb") as file:
        compiled = {_key(message): message.string for message in read_mo(file) if message.id}
    assert compiled == {_key(message): message.string for message in entries(path) if is_translated(message)}


def _key(message) -> tuple:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    return message.context, tuple(ids)
