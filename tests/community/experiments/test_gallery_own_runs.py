"""The list of runs: orders, findings and traits of runs that each test trains, and who finds which."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bpsandbox import api, traits
from bpsandbox.document import Document, Evidence, Finding, RunWarning
from bpsandbox.models import Certificate, Run, Spec, Trait
from community.common.drawn import fragments
from community.experiments import selectors, tiles
from tests.factories import PersonFactory

from .conftest import train
from .test_compare import text_of
from .test_family import KINDS, browsers, fork, made  # noqa: F401 (fixtures)
from .test_gallery import listed, shown

pytestmark = pytest.mark.django_db


def test_what_is_chosen_fills_no_memory(visitor):
    """There are as many ways to choose as addresses."""
    visitor.get("/runs/")
    before = set(fragments._kept)
    for name, values in (
        ("layer", ["Linear", "LSTM"]),
        ("layer", ["LSTM", "Linear"]),
        ("finding", ["dead", "plateau"]),
    ):
        page = visitor.get(f"/runs/?{name}={','.join(values)}").content.decode()
        assert f'<option value="{",".join(values)}" selected>' in page
    assert {key[0] for key in set(fragments._kept) - before}.isdisjoint({"experiments/run_filter.html"})


@pytest.mark.both
def test_every_list_can_be_sorted_and_its_address_has_the_order(trained, config, visitor, monkeypatch):
    monkeypatch.setattr(selectors, "SHELF", 2)
    wide = "{layers: [{type: Linear, out_features: 9, activation: tanh}, {type: Linear, out_features: 1}]}"
    long, short, middle = (
        trained(config(training=f"{{epochs: {epochs}, batch_size: full}}", record="{}", **model))
        for epochs, model in ((90, {}), (3, {"model": wide}), (20, {}))
    )
    losses = dict(Trait.objects.filter(kind="all").values_list("spec__hash", "final"))
    for query in ("", "data=xor&"):
        assert listed(visitor, query) == [middle, short, long]
        assert listed(visitor, f"{query}sort=oldest") == [long, short, middle]
        assert listed(visitor, f"{query}sort=steps") == [short, middle, long]
        assert listed(visitor, f"{query}sort=parameters") == [middle, long, short]
        assert listed(visitor, f"{query}sort=loss") == sorted(losses, key=losses.__getitem__)
        assert listed(visitor, f"{query}sort=nonsense") == [middle, short, long]
    page = visitor.get("/runs/?data=xor&sort=steps").content.decode()
    assert '<a href="/runs/?data=xor&amp;sort=steps" aria-current="true">fewest steps first</a>' in page
    assert '<a href="/runs/?data=xor">newest first</a>' in page and 'href="/runs/?sort=steps"' in page
    assert visitor.get("/runs/", {"q": "", "data": "xor", "sort": "steps"})["Location"] == "/runs/?data=xor&sort=steps"


def test_a_tile_says_what_is_wrong_with_its_run_and_how_long_it_was_trained(trained, config, visitor):
    sick = trained(config(init="{type: zeros}", record="{}"))
    items = {item.card.spec_hash: item for item in visitor.get("/runs/").context["page"]}
    assert "symmetric" in [kind for kind, _title in items[sick].findings] and items[sick].steps == 40
    assert 'href="/runs/?finding=symmetric">Symmetric units</a>' in visitor.get("/runs/").content.decode()
    assert "Symmetric units" in text_of(visitor.get("/data/xor/"))


def kinds_of(document) -> set[str]:
    return {finding.kind for finding in document.known_findings}


def test_a_rise_too_small_for_a_finding_is_none_in_lists_either(trained, config):
    trained(config(record="{}"))
    document = api.document_of_run(Run.objects.get().pk)
    numbers = {"part": "val", "epoch": 5, "lowest": 0.1, "last": 0.106}
    slight = replace(document, findings=(), warnings=(RunWarning("overfitting", seeds=(0,), **numbers),))
    assert kinds_of(slight) == set()
    large = replace(slight, warnings=(RunWarning("overfitting", seeds=(0,), **{**numbers, "last": 0.3}),))
    older = {name: part for name, part in large.to_json().items() if name != "findings"}
    assert kinds_of(large) == set()
    assert kinds_of(Document.from_store(older)) == {"overfitting"}
    over = Finding("overfitting", (0,), None, 5, Evidence(train=0.01, **numbers))
    assert kinds_of(replace(slight, findings=(over,))) == {"overfitting"}
    old = replace(slight, warnings=(RunWarning("grown"), RunWarning("dead"), RunWarning("still_falling")))
    assert kinds_of(old) == {"diverged", "dead"}


def test_traits_of_an_older_release_are_written_again(trained):
    trained()
    Trait.objects.filter(kind="all").delete()
    Trait.objects.update(parameters=None, steps=None)
    assert traits.fill() == 1 and traits.fill() == 0
    assert not Trait.objects.filter(parameters=None).exists() and Trait.objects.filter(kind="all").count() == 1


def test_findings_are_those_of_the_stored_result(trained, config, visitor):
    spec_hash = trained(config(init="{type: zeros}", record="{}"))
    found = set(Trait.objects.filter(spec__hash=spec_hash, kind="finding").values_list("value", flat=True))
    assert found and found <= set(traits.KINDS["finding"].values)
    for finding in found:
        assert shown(visitor, f"finding={finding}") == [spec_hash]


def test_a_sweep_is_found_by_each_of_its_settings(trained, config, visitor):
    both = "{parameters: {optimizer: [{type: SGD, lr: 0.1}, {type: Adam, lr: 0.1}]}}"
    sweep = trained(config(optimizer="{type: SGD}", record="{}", checks="{}", sweep=both))
    assert shown(visitor, "optimizer=Adam") == shown(visitor, "optimizer=SGD") == [sweep]


@pytest.mark.parametrize("kind", KINDS)
def test_who_finds_which_run(made, browsers, config, kind):  # noqa: F811
    spec_hash = made[1](kind, config())
    for role, browser in browsers.items():
        is_listed = role in KINDS[kind] and kind not in ("unlisted", "private")
        for query in ("", "?data=xor", "?data=xor&loss=MSELoss&sort=loss", "?data=iris"):
            page = browser.get(f"/runs/{query}").content.decode()
            assert (spec_hash in page) == (is_listed and "iris" not in query), (role, query)
        assert (spec_hash in browser.get("/data/xor/").content.decode()) == is_listed, role


def test_traits_that_are_missing_are_filled_in(trained, config):
    hashes = [trained(), trained(config(seeds="[5]"))]
    before = set(Trait.objects.values_list("spec__hash", "kind", "value", "final"))
    Trait.objects.all().delete()
    Spec.objects.update(traits_of=None)
    assert traits.fill(1) == 1 and traits.fill() == 1 and traits.fill() == 0
    assert set(Trait.objects.values_list("spec__hash", "kind", "value", "final")) == before
    assert {each[0] for each in before} == set(hashes)


def test_a_config_that_cannot_be_read_any_more_has_no_traits_and_is_not_tried_again(trained):
    spec_hash = trained()
    Spec.objects.filter(hash=spec_hash).update(canonical='{"sweep": {}}', traits_of=None)
    assert traits.fill() == 1 and traits.fill() == 0 and not Trait.objects.exists()


def test_a_profile_has_no_checkboxes(asked, visitor):
    author = PersonFactory()
    asked(author)
    train()
    page = visitor.get(f"{author.get_absolute_url()}?show=run").content.decode()
    assert "tile-curve" in page and 'form="compare"' not in page


LISTS = (
    "/runs/", "/runs/?data=xor", "/runs/?data=xor&loss=MSELoss&sort=loss", "/runs/?whose=mine", "/data/xor/",
    "/compare/", "/@lister/?show=run",
)  # fmt: skip


def test_no_list_has_a_query_for_each_run(asked, config, signed_in):
    author = PersonFactory(handle="lister")
    browser = signed_in(author)
    counts = []
    for seeds in ("[1]", "[2]", "[3]", "[4]"):
        asked(author, text=config(seeds=seeds))
        _certified(train())
        counts.append({path: _queries(browser, path) for path in LISTS})
    assert counts[1] == counts[3]


def _certified(spec_hash: str) -> None:
    run, now = Run.objects.get(spec__hash=spec_hash), timezone.now()
    Certificate.objects.create(
        run=run, spec=run.spec, state="agrees", engine_version="1", same_until=3, last_step=40,
        checked_at=now, lease_until=now,
    )  # fmt: skip


def _queries(browser, path: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(path).content.decode()
    assert Spec.objects.order_by("-pk").first().hash in page, path
    return len(queries)


def test_words_of_a_search_beyond_those_that_are_read_are_named():
    _found, unknown, doubled = api.filters_for("xor " * 12 + "adam nonsense")
    assert unknown == ["adam", "nonsense"] and not doubled


def test_a_result_that_cannot_be_read_does_not_stop_the_others(trained, config):
    broken, whole = trained(), trained(config(seeds="[5]"))
    Trait.objects.all().delete()
    Spec.objects.update(traits_of=None)
    Run.objects.filter(spec__hash=broken).update(result={"steps": "none"})
    assert traits.fill() == 2 and traits.fill() == 0
    assert set(Trait.objects.values_list("spec__hash", flat=True)) == {whole}


def test_a_run_that_is_not_the_current_one_has_no_say_in_the_traits(trained):
    spec = Spec.objects.get(hash=trained())
    before, run = set(Trait.objects.values_list("pk", flat=True)), spec.current_run
    spec.__class__.objects.filter(pk=spec.pk).update(current_run=None)
    document = api.document_of_run(run.pk)
    traits.note(spec_id=spec.pk, run_id=run.pk, canonical=spec.canonical, document=document)
    assert before and set(Trait.objects.values_list("pk", flat=True)) == before


def named(page: str, pattern: str) -> list[tuple[str, ...]]:
    """Return the groups of each match, as a reader reads them."""
    found = re.findall(pattern, page, re.DOTALL)
    return [tuple(unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in groups) for groups in found]


def test_a_run_has_the_same_name_in_lists_and_on_its_own_page(as_user, client, asked, trained, config):
    ada = PersonFactory()
    preset = api.presets()["xor"].text
    trained(preset, requester=ada, visibility="public")
    asked(ada, text=f"title: In a question\n{config()}")
    trained(f"title: By myself\n{config()}", requester=ada, visibility="public")
    asked(ada, text=re.sub("(?m)^title: .*", "title: As in the question", preset))
    names = set()
    for reader, address in ((as_user(ada), "/runs/?whose=mine"), (as_user(ada), "/runs/"), (client, "/runs/")):
        tiles = named(reader.get(address).content.decode(), r'class="tile-title"><a href="([^"]+)">(.*?)</a>')
        assert len(tiles) == (4 if "mine" in address else 2)
        for url, name in tiles:
            assert named(reader.get(url).content.decode(), r"<(h1)>(.*?)</h1>") == [("h1", name)], (address, url)
            names.add(name)
    assert {"In a question", "By myself", "As in the question"} < names


@pytest.mark.parametrize("is_debug", [True, False])
def test_a_curve_is_drawn_again_while_templates_are_being_written(trained, visitor, settings, monkeypatch, is_debug):
    drawn, render = [], tiles.render_to_string
    monkeypatch.setattr(tiles, "render_to_string", lambda *given: drawn.append(given) or render(*given))
    fragments.clear()
    trained()
    settings.DEBUG = is_debug
    pages = [visitor.get("/runs/").content.decode() for _ in range(2)]
    assert all("<polyline" in page or "<path" in page for page in pages)
    assert len(drawn) == (2 if is_debug else 1)


def test_formulas_in_titles_of_posts_are_readable(asked, visitor, config):
    author = PersonFactory()
    asked(author, title="Why $\\frac14$?")
    first = train()
    asked(author, text=config(optimizer="{type: SGD, lr: 0.5}"), title="Why $x^2$?")
    second = train()
    for address in ("/runs/", f"/compare/?runs={first},{second}"):
        page = visitor.get(address).content.decode()
        assert ">Why 1/4?</a>" in page and ">Why x²?</a>" in page
