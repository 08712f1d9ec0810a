"""Chinese translations are complete: every user-facing message is in the catalogues, translated and compiled.

`./run manage catalogues` fixes most failures here; new messages then need a translation.
"""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from community.launch.paths import ROOT
from tests.conftest import missing

CATALOGUES = ("community/locale/zh_Hans/LC_MESSAGES/django.po", "bpsandbox/locale/zh_Hans/LC_MESSAGES/django.po")
SOURCES = ("community", "bpsandbox", "templates")
NAMES = re.compile(r"%\((\w+)\)[sdg]|\{(\w+)(?:[!:][^}]*)?\}|(<[^>]*>)")
OTHER_WORDS = re.compile("[每这一两本]次运行|整个运行|运行页|卡住")
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff][,;!?(]|[),;!?][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?!\w)|[「」『』]|[\u4e00-\u9fff]\"|\"[\u4e00-\u9fff]"
)


def catalogue(path: Path):
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def entries(path: Path) -> list:
    return [message for message in catalogue(path) if message.id]


def strings_of(message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def is_translated(message) -> bool:
    return all(strings_of(message)) and not message.fuzzy


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Path:
    """Return a copy of the sources with catalogues that contain every message of the sources."""
    if shutil.which("xgettext") is None:
        missing("xgettext is not installed (gettext)")
    copy = tmp_path_factory.mktemp("extracted")
    skip = shutil.ignore_patterns("__pycache__", "*.mo", "node_modules", "*.woff2")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=skip)
    shutil.copy(ROOT / "manage.py", copy)
    done = subprocess.run(
        [sys.executable, "manage.py", "catalogues"],
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
def test_a_catalogue_holds_the_strings_of_the_sources_and_no_others(extracted, name):
    assert set(map(_key, entries(ROOT / name))) == set(map(_key, entries(extracted / name)))


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_translation_names_the_same_values_and_tags(name):
    wrong = []
    for message in entries(ROOT / name):
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {match for original in originals for match in NAMES.findall(original)}
        used = {match for string in strings_of(message) for match in NAMES.findall(string)}
        if not used <= allowed or (len(originals) == 1 and used != allowed):
            wrong.append((message.id, message.string))
    assert wrong == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_chinese_has_one_form_for_every_number(name):
    assert catalogue(ROOT / name).num_plurals == 1
    assert [message.id for message in entries(ROOT / name) if len(strings_of(message)) != 1] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_chinese_has_chinese_punctuation(name):
    assert [text for message in entries(ROOT / name) for text in strings_of(message) if HALF_WIDTH.search(text)] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_chinese_has_the_words_of_the_glossary(name):
    """To run is 运行, a run is 实验; a seed that no longer learns is 停滞."""
    texts = [text for message in entries(ROOT / name) for text in strings_of(message)]
    assert [text for text in texts if OTHER_WORDS.search(text)] == []


def test_what_both_catalogues_say_they_say_alike():
    """Django prefers the site's messages to an app's: a message of both has one translation."""
    community, bpsandbox = ({_key(m): strings_of(m) for m in entries(ROOT / name)} for name in CATALOGUES)
    assert {key: community[key] for key in community.keys() & bpsandbox} == {
        key: bpsandbox[key] for key in community.keys() & bpsandbox
    }


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_compiled_catalogue_says_what_the_written_one_says(name):
    path = ROOT / name
    with path.with_suffix(".mo").open("rb") as file:
        compiled = {_key(message): strings_of(message) for message in read_mo(file) if message.id}
    assert compiled == {_key(message): strings_of(message) for message in entries(path) if is_translated(message)}


def test_functions_that_translate_have_names_that_are_looked_for():
    """What calls them by another name is in no catalogue, unless something else says the same."""
    others = [
        f"{path.relative_to(ROOT)}: {name.name} as {name.asname}"
        for package in ("community", "bpsandbox")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name and name.asname not in (None, "_", name.name)
    ]
    assert others == []


def _key(message) -> tuple:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    context = message.context.decode() if isinstance(message.context, bytes) else message.context  # as in read_mo
    return context, tuple(ids)
