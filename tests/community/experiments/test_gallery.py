"""The list of runs: its filters, search, order and choice of runs to compare."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bpsandbox import api, traits
from bpsandbox.document import CardDocument, Document, Evidence, Finding, Progress, RunWarning
from bpsandbox.models import Certificate, Run, Spec, Trait
from community.common.changes.log import CHANGES
from community.common.drawn import fragments
from community.common.page_cache import answers
from community.experiments import selectors, tiles
from tests.factories import PersonFactory
from tests.kept_pages import kept_pages

from .conftest import train
from .test_compare import text_of
from .test_family import KINDS, browsers, fork, made  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db

CIRCLE = {"dataset": "{name: circle, n_samples: 40}", "loss": "{type: BCEWithLogitsLoss}", "checks": "{}"}


@pytest.fixture
def runs(trained, config):
    """Return a run on xor with SGD, and two on circle, with Adam and with Dropout."""
    adam = trained(config(**CIRCLE, optimizer="{type: Adam, lr: 0.05}", record="{}"))
    dropout = ("{layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Dropout, p: 0.2}, "
               "{type: Linear, out_features: 1}]}")  # fmt: skip
    return trained(), adam, trained(config(**CIRCLE, model=dropout, record="{}"))


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


@pytest.mark.parametrize("address", ["/runs/", "/@ada/"])
def test_how_far_a_run_has_come_ends_no_list_and_no_count(runs, wanted, config, address):
    """It changes several times a second, and neither shows a run before it has a result."""
    wanted(config(optimizer="{type: SGD, lr: 0.7}"), requester=PersonFactory(handle="ada"))
    training = Run.objects.filter(state="queued")
    assert training.exists()
    with kept_pages():
        Client().get(address)
        [key] = answers.STORE._probation
        training.update(progress_seq=F("progress_seq") + 1)
        CHANGES.catch_up()
        assert answers.current(key) is not None
        training.update(state="cancelled", finished_at=timezone.now())
        CHANGES.catch_up()
        assert answers.current(key) is None


def shown(visitor, query: str) -> list[str]:
    page = visitor.get(f"/runs/?{query}").content.decode()
    return [each for each in Spec.objects.order_by("pk").values_list("hash", flat=True) if f'value="{each}"' in page]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("data=circle", (0, 2)),
        ("data=xor", (1,)),
        ("optimizer=Adam", (0,)),
        ("layer=Dropout", (2,)),
        ("data=circle&layer=Dropout&optimizer=SGD", (2,)),
        ("layer=Linear,Dropout", (2,)),
        ("layer=Linear,nonsense,Linear", (0, 1, 2)),
        ("layer=Conv2d,Dropout", ()),
        ("data=circle&loss=BCEWithLogitsLoss&sort=loss", (0, 2)),
        ("data=xor&optimizer=Adam", ()),
        ("sizes=2-3-1", (0, 1, 2)),
        ("sizes=2-3-1&data=xor", (1,)),
        ("sizes=2-3", ()),
        ("sizes=2-3-one", (0, 1, 2)),
        ("loss=MSELoss", (1,)),
        ("data=nonsense", (0, 1, 2)),
        ("layer=%27%20OR%201=1", (0, 1, 2)),
    ],
)
def test_filters_choose_runs(runs, visitor, query, places):
    everyone = list(Spec.objects.order_by("pk").values_list("hash", flat=True))
    assert shown(visitor, query) == [everyone[place] for place in places]


def test_a_tile_whose_drawing_is_kept_reads_no_result(runs, visitor, monkeypatch):
    assert visitor.get("/runs/").content.count(b'class="curve"') == 3
    monkeypatch.setattr(CardDocument, "from_store", None)
    assert visitor.get("/runs/").content.count(b'class="curve"') == 3


def test_the_lowest_loss_is_first_where_losses_can_be_compared(runs, visitor):
    page = visitor.get("/runs/?data=circle&loss=BCEWithLogitsLoss&sort=loss").content.decode()
    best, worst = Trait.objects.filter(kind="task", value="circle BCEWithLogitsLoss").order_by("final")
    assert best.final < worst.final
    assert page.index(f'value="{best.spec.hash}"') < page.index(f'value="{worst.spec.hash}"')
    told = "Losses on different data, or of different loss functions, cannot be compared."
    assert told not in text_of(visitor.get("/runs/?data=circle&loss=BCEWithLogitsLoss&sort=loss"))
    assert told in text_of(visitor.get("/runs/?data=circle&sort=loss"))


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


def test_filters_and_orders_that_do_not_exist_are_named(runs, visitor):
    page = visitor.get("/runs/?data=circle&layer=Linear,<i>&sort=height")
    assert "Left out, because there is no such filter or order: &lt;i&gt;, height" in text_of(page)
    assert "Left out" not in text_of(visitor.get("/runs/?data=circle&layer=Linear&sort=steps&loss="))


def listed(visitor, query: str) -> list[str]:
    """Return the runs of a list, page after page."""
    found, path = [], f"/runs/?{query}"
    while path:
        page = visitor.get(path).context["page"]
        found += [item.card.spec_hash for item in page]
        path = page.next_query and f"/runs/{page.next_query}"
    return found


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


def test_by_loss_page_after_page_and_back(runs, visitor, monkeypatch):
    monkeypatch.setattr(selectors, "SHELF", 1)
    query = "data=circle&loss=BCEWithLogitsLoss&sort=loss"
    first = visitor.get(f"/runs/?{query}").context["page"]
    second = visitor.get(f"/runs/{first.next_query}").context["page"]
    best, worst = Trait.objects.filter(kind="task", value="circle BCEWithLogitsLoss").order_by("final")
    hashes = [[item.card.spec_hash for item in page] for page in (first, second)]
    assert hashes == [[best.spec.hash], [worst.spec.hash]]
    assert [item.card.spec_hash for item in visitor.get(f"/runs/{second.previous_query}").context["page"]] == hashes[0]
    assert second.next_query == ""


def test_a_search_means_filters_and_has_their_address(runs, visitor):
    answer = visitor.get("/runs/", {"q": "circle adam BCEWithLogits", "data": "", "layer": ""})
    assert answer.status_code == 302
    assert answer["Location"] == "/runs/?data=circle&loss=BCEWithLogitsLoss&optimizer=Adam"
    assert visitor.get("/runs/", {"q": "", "layer": "Dropout", "data": ""})["Location"] == "/runs/?layer=Dropout"


def test_sizes_of_a_network_are_found_with_any_dash_and_stay_when_another_filter_is_chosen(runs, visitor):
    assert visitor.get("/runs/", {"q": "2–3–1 adam"})["Location"] == "/runs/?optimizer=Adam&sizes=2-3-1"
    page = visitor.get("/runs/?sizes=2-3-1&optimizer=Adam").content.decode()
    assert '<input type="hidden" name="sizes" value="2-3-1">' in page
    assert "sizes=" not in visitor.get("/runs/", {"q": "3- 2-3-"}).content.decode().partition("run-filters")[2]


def test_a_search_for_nothing_known_says_so_and_leads_on(runs, visitor):
    answer = visitor.get("/runs/", {"q": "circle <b>gizmo"})
    assert "is called “&lt;b&gt;gizmo”" in text_of(answer) and "/search/?q=" in answer.content.decode()


def test_a_name_of_several_words_is_found_and_a_second_value_of_a_filter_is_not_called_unknown(runs, visitor):
    assert visitor.get("/runs/", {"q": "Dead units circle"})["Location"] == "/runs/?data=circle&finding=dead"
    page = text_of(visitor.get("/runs/", {"q": "Adam SGD"}))
    assert "one value at a time, so “SGD” was left out" in page and "is called" not in page


def test_several_layers_and_findings_are_found_together(runs, visitor):
    answer = visitor.get("/runs/", {"q": "Dropout Linear dead chaotic", "data": "", "layer": "Linear"})
    assert answer["Location"] == "/runs/?layer=Linear,Dropout&finding=dead,chaotic"


def test_runs_are_found_by_their_activations(runs, trained, config, visitor):
    """Of a layer, as a layer, and inside an RNN; a sweep has those of all its settings."""
    dropout = runs[2]
    alone = "{layers: [{type: Linear, out_features: 3}, relu, {type: Linear, out_features: 1}]}"
    alone = trained(config(model=alone, record="{}"))
    data = "{name: adding, length: 4, n_samples: 20}"
    rnn = "{layers: [{type: RNN, hidden_size: 3, nonlinearity: relu, return: last}, {type: Linear, out_features: 1}]}"
    rnn = trained(config(dataset=data, model=rnn, record="{}", checks="{}"))
    sweep = '{parameters: {"model.layers[0].activation": [elu, mish]}}'
    swept = trained(config(sweep=sweep, record="{}", checks="{}"))
    found = {name: set(shown(visitor, f"activation={name}")) for name in ("tanh", "relu", "relu,tanh", "elu", "mish")}
    assert found["relu"] == {alone, rnn} and found["elu"] == found["mish"] == {swept} and found["relu,tanh"] == set()
    assert found["tanh"] == {dropout}
    assert not Trait.objects.filter(kind="layer", value="relu").exists()
    assert '<option value="tanh" selected>' in visitor.get("/runs/?activation=tanh").content.decode()


def test_a_layer_can_be_added_to_those_that_are_chosen_or_take_their_place(runs, visitor):
    choices = {each.name: each for each in visitor.get("/runs/?layer=Linear&data=xor").context["filters"].choices}
    layer = choices["layer"]
    assert [each.words for each in layer.options if each.is_chosen] == ["Linear"]
    assert "Linear,Dropout" in [each.value for each in layer.more] and "Linear" not in [
        each.words for each in layer.more
    ]
    assert choices["data"].more == ()
    both = {each.name: each for each in visitor.get("/runs/?layer=Linear,Dropout").context["filters"].choices}["layer"]
    assert [(each.value, each.words) for each in both.options if each.is_chosen] == [
        ("Linear,Dropout", "Linear + Dropout")
    ]


def test_what_is_chosen_is_not_offered_instead_of_itself(runs, visitor):
    page = visitor.get("/runs/?layer=Linear").content.decode()
    layers = re.search(r'<select name="layer">.*?</select>', page, re.DOTALL)[0]
    before, _optgroup, instead = layers.partition("<optgroup")
    assert 'value="Linear" selected' in before and "selected" not in instead


def test_more_than_four_layers_are_not_looked_up_and_the_page_says_so(runs, visitor):
    asked = ["Linear", "Dropout", "Conv2d", "Flatten", "BatchNorm1d", "Embedding"]
    answer = visitor.get(f"/runs/?layer={','.join(asked)}")
    filters = answer.context["filters"]
    assert filters.wanted.wanted == {"layer": tuple(asked[:4])}
    assert "at most 4 layers, 4 activations and 4 findings, so “BatchNorm1d, Embedding” was left out" in text_of(answer)
    assert next(each for each in filters.choices if each.name == "layer").more == ()
    assert "left out" not in text_of(visitor.get(f"/runs/?layer={','.join(asked[:4])}"))


def test_each_of_several_layers_can_be_removed(runs, visitor):
    chosen = visitor.get("/runs/?layer=Linear,Dropout").context["filters"].chosen
    assert chosen == [("Linear", "/runs/?layer=Dropout"), ("Dropout", "/runs/?layer=Linear")]


def test_without_a_match_there_is_a_way_on(runs, visitor):
    page = text_of(visitor.get("/runs/?data=iris"))
    assert "No run matches" in page and "All runs" in page


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


def test_runs_are_chosen_with_checkboxes_without_script(runs, visitor):
    page = visitor.get("/runs/").content.decode()
    assert page.count('type="checkbox" form="compare" name="run"') == 3
    assert 'id="compare"' in page and 'action="/compare/chosen/"' in page
    answer = visitor.get("/compare/chosen/", {"run": list(runs[:2])}, follow=True)
    assert answer.redirect_chain == [(f"/compare/?runs={runs[0]},{runs[1]}", 302)] and answer.status_code == 200


def test_chosen_runs_stay_chosen_on_other_pages_and_in_other_lists(runs, visitor, monkeypatch):
    monkeypatch.setattr(selectors, "SHELF", 1)
    first = visitor.get(f"/runs/?run={runs[2]}&run={runs[0]}")
    assert checked(first) == [runs[0], runs[2]]
    assert [item.card.spec_hash for item in first.context["selection"].elsewhere] == [runs[0]]
    second = visitor.get(f"/runs/{first.context['page'].next_query}")
    assert checked(second) == [runs[0], runs[2]]
    form = {"run": f"{runs[2]},{runs[0]}", "q": "", "data": "xor", "layer": ""}
    assert visitor.get("/runs/", form)["Location"] == f"/runs/?data=xor&run={runs[2]},{runs[0]}"
    filtered = visitor.get(f"/runs/?data=xor&run={runs[2]}")
    assert checked(filtered) == [runs[2]]
    assert f'href="/runs/?whose=mine&amp;run={runs[2]}"' in filtered.content.decode()
    assert filtered.context["filters"].chosen == [("xor", f"/runs/?run={runs[2]}")]


def test_a_list_without_a_match_still_has_the_chosen_runs(runs, visitor):
    page = visitor.get(f"/runs/?data=iris&run={runs[0]}")
    assert checked(page) == [runs[0]] and "No run matches" in text_of(page)


def test_runs_that_are_gone_or_private_are_not_chosen_any_more(runs, visitor):
    Spec.objects.filter(hash=runs[1]).get().attachments.update(visibility="private")
    page = visitor.get(f"/runs/?run={runs[0]},{'0' * 32},{runs[1]},<b>")
    assert checked(page) == [runs[0]] and page.context["selection"].hashes == (runs[0],)


def test_no_more_runs_are_chosen_than_can_be_compared(runs, visitor):
    page = visitor.get("/runs/", {"run": [f"{number:032x}" for number in range(500)]})
    assert page.status_code == 200 and checked(page) == []


def test_that_more_runs_were_chosen_than_can_be_compared_is_said(runs, visitor):
    names = [*runs, *(f"{number:032x}" for number in range(4))]
    told = "At most 6 runs can be compared. These are the first."
    for count in (6, 7):
        page = visitor.get("/runs/", {"run": names[:count]})
        assert sorted(checked(page)) == sorted(runs) and (told in page.content.decode()) == (count > 6)
        assert ("Choose two to six runs." in page.content.decode()) == (count <= 6)


def checked(page) -> list[str]:
    html = page.content.decode()
    return [each for each in Spec.objects.order_by("pk").values_list("hash", flat=True)
            if re.search(rf'name="run" value="{each}"\s+checked', html)]  # fmt: skip


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


def test_the_tile_of_a_run_in_training_follows_its_progress(runs):
    card = next(iter(api.card_states([runs[0]]).values()))
    training = replace(card, state="running", stored_document=None)

    def tile(seq: int, loss: float) -> str:
        points = {"points": [[0, 0, {"train_loss": [0.9]}], [9, 9, {"train_loss": [loss]}]], "epochs": 40}
        shown = replace(training, seq=seq, progress=Progress.from_json(points))
        return tiles.draw_tile(selectors.GalleryItem(shown), can_be_chosen=True, is_chosen=False)

    early, late = tile(1, 0.8), tile(2, 0.1)
    assert "<svg" in early and early != late
    assert "training" in early and 'name="run"' not in early
    assert 'name="run"' in tiles.draw_tile(selectors.GalleryItem(card), can_be_chosen=True, is_chosen=True)


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
