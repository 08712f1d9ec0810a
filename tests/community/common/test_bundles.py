import gzip
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from community.common import bundles
from community.common.static import ManifestStorage

MANIFEST = {"staticfiles": {"BACKEND": "community.common.static.ManifestStorage"}}


def scripts(**sources: str) -> tuple[dict[str, str], set[str]]:
    return bundles.scripts("main.js", lambda name: sources[name.removesuffix(".js")])


def test_imports_stand_in_their_places():
    sheets = {
        "site.css": '@import "a.css";\n@import "b.css";\np {}\n',
        "a.css": "a {} /* ends */\n/* of\nb */\n",
        "b.css": "b {}\n",
    }
    assert bundles.styles("site.css", sheets.__getitem__) == ({"site.css": "a {}\n\nb {}\np {}\n"}, set(sheets))


def test_what_is_said_above_a_function_stays_in_its_source():
    files, _sources = scripts(main='// About all of it.\nconst a = "//";\n// About b.\nfunction b() {\n  // why\n}\n')
    assert 'main.js"() {\nconst a = "//";\nfunction b() {\n  // why\n}\n' in files["main.js"]


def test_what_is_asked_for_on_demand_is_a_file_of_its_own_without_what_is_here():
    files, sources = scripts(
        main='import { a } from "./a.js";\nconst more = () => import("./more.js");\na(more);\n',
        a="export function a() {}\n",
        more='import { a } from "./a.js";\nimport * as b from "./b.js";\nexport { a, b };\n',
        b="export const b = 1;\n",
    )
    assert files.keys() == {"main.js", "more.js"}
    assert sources == {"main.js", "a.js", "more.js", "b.js"}
    assert [re.findall(r'^"(\w+\.js)"\(\) \{$', text, re.M) for text in files.values()] == [
        ["a.js", "main.js"],
        ["b.js", "more.js"],
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("export default function a() {}", "a.js: export default function a() {}"),
        ('export * from "./b.js";', 'a.js: export * from "./b.js";'),
        ('import b from "./b.js";', 'a.js: import b from "./b.js";'),
        ('import "./b.js";', 'a.js: import "./b.js";'),
        ("const here = import.meta.url;", "a.js: import.meta.url;"),
        ('const b = () => import("./b.js");', 'a.js: import("./b.js");'),
        ("await nothing();", "a.js: await nothing();"),
        ('import { a } from "./main.js";', "modules import each other: main.js → a.js → main.js"),
    ],
)
def test_what_is_not_understood_is_refused(line, words):
    with pytest.raises(bundles.CannotBundle, match=f"^{re.escape(words)}$"):
        scripts(main='import { a } from "./a.js";\n', a=line + "\n", b="\n")


def test_a_module_is_imported_or_asked_for_on_demand_and_not_both():
    with pytest.raises(bundles.CannotBundle, match=r"^main\.js asks on demand for what it imports: a\.js$"):
        scripts(main='import { a } from "./a.js";\nimport("./a.js");\n', a="export const a = 1;\n")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Return a storage after `collectstatic`."""
    from django.test import override_settings

    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=root, STORAGES=MANIFEST):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield ManifestStorage()


def text_of(storage: ManifestStorage, name: str) -> str:
    return Path(storage.path(storage.stored_name(name))).read_text()


def test_the_names_that_pages_use_are_bundles(collected):
    style = text_of(collected, "community/css/site.css")
    assert "@import" not in style
    assert "--surface:" in style and ".search" in style and "/*" not in style
    script = text_of(collected, "community/js/main.js")
    assert re.search(r"^import\b", script, re.M) is None
    asked = re.findall(r'import\("\./([\w.]+)"\)', script)
    pages = {"run_page", "playground_page", "thread_page"}
    wanted = {"choice", "editor", "keys", "link_previews", "new_notices", "paste", "push", "quote_words", "zoom"}
    wanted |= {"sandbox", "shown_notices", "suggest"}
    assert {name.split(".")[0] for name in asked} == wanted | pages
    assert all(collected.exists(f"community/js/{name}") for name in asked)


def test_a_part_of_a_bundle_is_no_file_of_its_own(collected):
    assert "community/js/words.js" not in collected.hashed_files
    assert "community/css/tokens.css" not in collected.hashed_files


@pytest.mark.parametrize("name", ["community/css/site.css", "community/js/main.js", "community/js/editor.js"])
def test_bundles_are_compressed_once_for_all(collected, name):
    path = Path(collected.path(collected.stored_name(name)))
    assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()
    assert path.with_name(f"{path.name}.br").stat().st_size < path.with_name(f"{path.name}.gz").stat().st_size
