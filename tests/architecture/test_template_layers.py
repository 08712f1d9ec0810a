"""Layer contracts for templates: a lower app's template names no route, template or tag of a higher one.

The layers are those of the import contract. Templates without an app (the page frame in `shell/`, the error pages) are
composition, like `community.urls`; `components/` belongs to `common`.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from community.launch.paths import ROOT

TEMPLATES = ROOT / "templates"
NAMES = {"components": "common", "account": "accounts"}
COMPOSITION = "urls"
ROUTE = re.compile(r"""{%\s*url\s+['"](\w+):[\w-]+['"]""")
PART = re.compile(r"""{%\s*(?:include|extends)\s+['"]([\w/.#]+)['"]""")
LIBRARIES = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")
# Templates every page extends or, without the frame of the site, includes.
FRAMES = {"base.html"}


def levels() -> dict[str, int]:
    """Return each app with its layer, 0 the highest."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["community"])
    return {app.strip(): line for line, apps in enumerate(layers) for app in apps.split("|")}


def app_of(name: str) -> str:
    folder = name.split("/")[0] if "/" in name else COMPOSITION
    app = NAMES.get(folder, folder)
    return app if app in levels() else COMPOSITION


def libraries() -> dict[str, str]:
    return {path.stem: path.parts[-3] for path in (ROOT / "community").glob("*/templatetags/*.py")}


def named(text: str) -> Iterator[tuple[str, str]]:
    """Return what a template names, with the app it belongs to."""
    for match in ROUTE.finditer(text):
        yield match[1], match[0]
    for match in PART.finditer(text):
        if match[1] not in FRAMES:
            yield app_of(match[1]), match[0]
    known = libraries()
    for match in LIBRARIES.finditer(text):
        yield from ((known[name], f"load {name}") for name in match[1].split() if name in known)


def leaks(name: str, text: str) -> list[str]:
    line = levels()
    own = app_of(name)
    return [f"{name}: {what}" for app, what in named(text) if line.get(app, 99) < line[own]]


def test_a_template_names_nothing_of_a_higher_app():
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        found += leaks(path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8"))
    assert found == []


def test_a_leak_is_seen_whatever_it_names():
    up = "{% url 'forum:post-accept' 1 %}{% include 'social/vote.html' %}{% load i18n reactions %}"
    text = up + "{% url 'media:upload' %}{% include 'components/empty.html' %}"
    assert [leak.partition(": ")[2] for leak in leaks("content/branch.html", text)] == [
        "{% url 'forum:post-accept'",
        "{% include 'social/vote.html'",
        "load reactions",
    ]
    assert leaks("pages/home.html", text) == []
    assert leaks("components/empty.html", "{% url 'media:upload' %}") != []


def test_no_address_is_glued_together_from_pieces():
    """`{{ view.url }}fork/` would break silently: routes are reversed with `url`."""
    glued = re.compile(r"""(?:href|action|src|data-[\w-]*url)="[^"]*\burl }}[\w/]""")
    found = [path.name for path in TEMPLATES.rglob("*.html") if glued.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_slot_is_filled_and_every_filled_one_is_there():
    from community.common import slots

    text = "".join(path.read_text(encoding="utf-8") for path in Path(TEMPLATES).rglob("*.html"))
    shown = re.findall(r"""{% slot "([\w-]+)" %}""", text) + re.findall(r"""(?<![\w-])step="([a-z-]+)\"""", text)
    assert set(shown) == set(slots._filled)
