"""Style sheets, scripts and templates agree with each other and ask nothing of another host."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "community" / "static" / "community"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HTMX_BYTES = 18_000  # packed; the one script that is not ours
MOST_SCRIPT_BYTES = 60_000
MOST_STYLE_BYTES = 40_000
OUR_SCRIPTS = "".join(script.read_text() for script in SCRIPTS)
KNOWN_HOSTS = ("http://www.w3.org/", "https://)")  # a namespace; the editor's empty link


def _packed(paths) -> int:
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_custom_property_is_declared_somewhere(sheet):
    declared = set(re.findall(r"(--[\w-]+)\s*:", "".join(each.read_text() for each in SHEETS)))
    declared |= set(re.findall(r"@property (--[\w-]+)", "".join(each.read_text() for each in SHEETS)))
    used = set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text()))
    assert used - declared == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_rule_lies_in_a_layer(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    outside, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character == "{":
            if depth == 0:
                outside.append(text[start:place].strip())
            depth += 1
        elif character == "}":
            depth -= 1
            start = place + 1
    heads = [head.rsplit(";", 1)[-1].strip() for head in outside]
    assert depth == 0
    assert [head for head in heads if not head.startswith(("@layer", "@keyframes", "@property"))] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_module_that_is_asked_for_is_there(script):
    asked = re.findall(r"""(?:from|import\()\s*["']\./([\w.]+)["']""", script.read_text())
    assert [name for name in asked if not (STATIC / "js" / name).is_file()] == []


def test_every_module_is_asked_for():
    asked = set(re.findall(r"""["']\./([\w.]+\.js)["']""", OUR_SCRIPTS))
    assert {script.name for script in SCRIPTS} - asked == {"main.js"}


def test_every_word_that_a_script_says_is_in_the_templates():
    said = set(re.findall(r'\bword\("(\w+)"', OUR_SCRIPTS))
    carried = "".join(
        (ROOT / "templates" / "components" / name).read_text() for name in ("words.html", "editor_words.html")
    )
    attributes = {f"data-{re.sub('([A-Z])', lambda letter: '-' + letter[1].lower(), name)}=" for name in said}
    assert said
    assert [attribute for attribute in sorted(attributes) if attribute not in carried] == []


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_names_another_host(path):
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
    found = [address for address in re.findall(r"https?://[^\s\"'<>{}]*", text) if not address.startswith(KNOWN_HOSTS)]
    assert [address for address in found if address not in ("http://", "https://")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_brings_its_own_script_or_style(path):
    text = path.read_text()
    assert re.findall(r"<style\b|\sstyle=|\son\w+=[\"']|\shx-on", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag] == []


def test_scripts_and_styles_are_light():
    assert _packed(SCRIPTS) + HTMX_BYTES <= MOST_SCRIPT_BYTES
    assert _packed(SHEETS) <= MOST_STYLE_BYTES
