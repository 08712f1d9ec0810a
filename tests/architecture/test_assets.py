"""Consistency of stylesheets, scripts and templates; nothing is loaded from another host."""

import gzip
import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from community.common import bundles
from community.common.static import SCRIPT, STYLES

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "community" / "static" / "community"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Compressed, of each file that pages ask for.
MOST_BYTES = {
    "main.js": 11_900,  # 900 for keys, what is pasted, and previews of links; 200 for what a device shows
    "paste.js": 10_700,  # 2_100 for formulas of Word, 500 for its footnotes and for pictures of notebooks
    "keys.js": 1_550,
    "link_previews.js": 1_350,
    "zoom.js": 1_150,
    "choice.js": 900,
    "push.js": 1_250,
    "shown_notices.js": 500,
    "new_notices.js": 500,
    "thread_page.js": 3_200,  # 100 for related threads that are listed once
    "editor.js": 13_400,  # 900 for lists, footnotes, callouts, Tab after a formula; 1,500 for uploads, news, accounts
    "suggest.js": 8_360,  # 400 for searches, 250 for emoji, 380 for commands of the site and of the text
    "quote_words.js": 3_050,  # 350 for signs that stay signs
    "sandbox.js": 7_400,  # 200 for the pictures that come to a run's page with its first state
    "run_page.js": 7_400,  # 500 for pictures that follow the training, 100 for what stands beside them
    "playground_page.js": 13_600,  # 250 for the network before it is run, 600 for the curve and for what is not copied
    "site.css": 29_300,  # of it 100 for badges, filters and tabs on a phone, 100 for words of rows, 300 for contrast
    "playground.css": 4_750,  # 750 for folds and acts of a phone, 300 for menus, 500 for one screen, 200 for configs
}
OUR_SCRIPTS = "".join(script.read_text() for script in SCRIPTS)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.S)
# A namespace; the editor's empty link; a paper that a reader may open.
KNOWN_HOSTS = ("http://www.w3.org/", "https://)", "https://doi.org/")


def _packed(bundle: Callable, entry: str) -> tuple[dict[str, int], set[str]]:
    """Return the compressed bytes of the files made from an entry, and the names of what went into them."""
    folder = (STATIC / entry.removeprefix("community/")).parent
    files, sources = bundle(Path(entry).name, lambda name: (folder / name).read_text())
    return {name: len(gzip.compress(text.encode())) for name, text in files.items()}, sources


def test_every_custom_property_is_declared_somewhere():
    everything = "".join(sheet.read_text() for sheet in SHEETS)
    declared = set(chain.from_iterable(re.findall(r"(--[\w-]+)\s*:|@property (--[\w-]+)", everything)))
    used = {(sheet.name, name) for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)\)", sheet.read_text())}
    assert [(sheet, name) for sheet, name in sorted(used) if name not in declared] == []


def test_every_rule_lies_in_a_layer():
    assert {sheet.name: outside for sheet in SHEETS if (outside := _rules_outside_of_layers(sheet))} == {}


def _rules_outside_of_layers(sheet: Path) -> list[str]:
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
    assert depth == 0, sheet.name
    return [head for head in heads if not head.startswith(("@layer", "@keyframes", "@property"))]


def test_every_module_that_is_asked_for_is_there():
    pattern = re.compile(r"""(?:from|import\()\s*["']\./([\w.]+)["']""")
    asked = [(script.name, name) for script in SCRIPTS for name in pattern.findall(script.read_text())]
    assert asked
    assert [(script, name) for script, name in asked if not (STATIC / "js" / name).is_file()] == []


def test_every_module_is_asked_for():
    asked = set(re.findall(r"""["']\./([\w.]+\.js)["']""", OUR_SCRIPTS))
    assert {script.name for script in SCRIPTS} - asked == {"main.js"}


def test_every_word_that_a_script_says_is_in_the_templates():
    said = set(re.findall(r'\bword\("(\w+)"', OUR_SCRIPTS))
    templates = ("components/words.html", "content/editor_words.html", "search/box_attrs.html")
    carried = "".join((ROOT / "templates" / name).read_text() for name in templates)
    attributes = {f"data-{re.sub('([A-Z])', lambda letter: '-' + letter[1].lower(), name)}=" for name in said}
    assert said
    assert [attribute for attribute in sorted(attributes) if attribute not in carried] == []


def test_no_words_are_smaller_than_eleven_pixels():
    sizes = [
        (sheet.name, size) for sheet in SHEETS for size in re.findall(r"font-size: ([\d.]+)rem", sheet.read_text())
    ]
    assert len(sizes) > 20
    assert [(name, size) for name, size in sizes if 16 * float(size) < 11] == []


def test_nothing_names_another_host():
    found = [
        (str(path.relative_to(ROOT)), address)
        for path in (*SHEETS, *SCRIPTS, *TEMPLATES)
        for address in re.findall(r"https?://[^\s\"'<>{}]*", COMMENT.sub("", path.read_text()))
    ]
    foreign = [(name, address) for name, address in found if not address.startswith(KNOWN_HOSTS)]
    assert [(name, address) for name, address in foreign if address not in ("http://", "https://")] == []


def test_no_template_brings_its_own_script_or_style():
    """Except of email, which cannot have a style sheet of the site."""
    of_email = ROOT / "templates" / "notifications" / "mail"
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in TEMPLATES if of_email not in path.parents}
    own = re.compile(r"<style\b|\sstyle=|\son\w+=[\"']")
    assert [(name, found) for name, text in texts.items() for found in own.findall(text)] == []
    scripts = [(name, tag) for name, text in texts.items() for tag in re.findall(r"<script\b[^>]*>", text)]
    assert [(name, tag) for name, tag in scripts if "src=" not in tag] == []


COMPOSED = re.compile(r"(tok|callout|math|m|level|tone|shade|share|thread|region|example|dots|heat|ink)-")


def test_every_class_of_the_style_sheets_is_somewhere():
    """Composed class names, and those of Pygments and of formulas, are matched by prefix."""
    rules = [re.sub(r"/\*.*?\*/|url\([^)]*\)|\{[^{}]*\}", " ", sheet.read_text(), flags=re.S) for sheet in SHEETS]
    classes = set(chain.from_iterable(re.findall(r"\.(-?[a-zA-Z][\w-]*)", text) for text in rules))
    code = [path for room in ("community", "bpsandbox") for path in (ROOT / room).rglob("*.py")]
    words = set(re.findall(r"[\w-]+", OUR_SCRIPTS + "".join(path.read_text() for path in (*TEMPLATES, *code))))
    assert len(classes) > 300
    assert sorted(name for name in classes - words if not COMPOSED.match(name)) == []


def test_scripts_and_styles_are_light():
    made = [_packed(bundles.scripts, SCRIPT), *(_packed(bundles.styles, entry) for entry in STYLES)]
    packed = dict(chain.from_iterable(files.items() for files, _sources in made))
    assert set().union(*(sources for _files, sources in made)) == {path.name for path in (*SCRIPTS, *SHEETS)}
    assert packed.keys() == MOST_BYTES.keys()
    assert {name: (size, MOST_BYTES[name]) for name, size in packed.items() if size > MOST_BYTES[name]} == {}
