"""Every module does in its bundle what it does by itself."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.community.scripts.conftest import SITE, bundled

pytestmark = pytest.mark.journey

SOURCES, BUNDLES = f"{SITE}/sources/", f"{SITE}/static/community/js/"
TELL = """const told = (exports) => Object.fromEntries(Object.entries(exports).map(([name, value]) =>
    [name, value?.[Symbol.toStringTag] === "Module" || value?.constructor === Object ? told(value) : String(value)]));
"""
# The bundle is given an export of its own, so that the test can look into it.
ALL_OF_A_BUNDLE = f"""async (later) => {{ {TELL}
    const {{ $load, $have }} = await import("{BUNDLES}main.js");
    for (const name of later) await import("{BUNDLES}" + name).then(({{ modules }}) => $have(modules, name));
    return (names) => Object.fromEntries(names.map((name) => [name, told($load(name))]));
}}"""
ALL_OF_THE_SOURCES = f"""async (names) => {{ {TELL}
    const modules = names.map(async (name) => [name, told(await import("{SOURCES}" + name))]);
    return Object.fromEntries(await Promise.all(modules));
}}"""


def test_every_module_is_the_same_in_its_bundle(site):
    folder = Path(finders.find("community/js"))
    names = sorted(path.name for path in folder.glob("*.js"))
    later = [Path(name).name for name in bundled() if not name.endswith("/main.js")]
    site.page.route(f"{SOURCES}*", lambda route: _send(route, (folder / route.request.url.split("/")[-1]).read_text()))
    opened = bundled()["community/js/main.js"] + "export { $load, $have };"
    site.page.route(f"{BUNDLES}main.js", lambda route: _send(route, opened))
    site.show("")
    here = site.page.evaluate(f"(names) => ({ALL_OF_A_BUNDLE})({later}).then((tell) => tell(names))", names)
    alone = site.page.evaluate(ALL_OF_THE_SOURCES, names)
    assert len(names) > 30
    assert any(text.startswith("async function copy(") for text in here["copy.js"].values())
    assert here == alone


def _send(route, text: str) -> None:
    route.fulfill(body=text, content_type="text/javascript")
