"""The list of runs: its filters, search, order and choice of runs to compare."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from bpsandbox import api
from bpsandbox.document import CardDocument, Progress
from bpsandbox.models import Run, Spec, Trait
from community.common.changes.log import CHANGES
from community.common.page_cache import answers
from community.experiments import selectors, tiles
from tests.factories import PersonFactory
from tests.kept_pages import kept_pages
from tests.taken_back import taken_back

from .conftest import finished, text_with
from .test_compare import text_of

pytestmark = pytest.mark.django_db

CIRCLE = {"dataset": "{name: circle, n_samples: 40}", "loss": "{type: BCEWithLogitsLoss}", "checks": "{}"}


DROPOUT = """{layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Dropout, p: 0.2}, \
{type: Linear, out_features: 1}]}"""


@pytest.fixture(scope="module")
def runs(django_db_setup, django_db_blocker) -> Iterator[tuple[str, ...]]:
    """A run on xor with SGD, and two on circle, with Adam and with Dropout, trained once for all tests here."""
    with django_db_blocker.unblock(), taken_back():
        adam = finished(text_with(**CIRCLE, optimizer="{type: Adam, lr: 0.05}", record="{}"))
        yield finished(text_with()), adam, finished(text_with(**CIRCLE, model=DROPOUT, record="{}"))


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


@pytest.mark.both
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


@pytest.mark.both
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


def test_a_run_in_a_search_shows_its_curve_and_its_loss(runs, visitor):
    page = visitor.get("/search/", {"q": "circle adam"}).content.decode()
    [row] = [row for row in page.split('<li class="row result"')[1:] if f"/runs/{runs[1]}/" in row]
    final = Trait.objects.get(spec__hash=runs[1], kind="task").final
    assert "<svg" in row.partition('class="row-curve"')[2]
    assert f"{final:.3g}" in row.partition('class="row-curve"')[2]


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
    names = [*runs, *(f"{number:032x}" for number in range(10))]
    told = "At most 12 runs can be compared. These are the first."
    for count in (12, 13):
        page = visitor.get("/runs/", {"run": names[:count]})
        assert sorted(checked(page)) == sorted(runs) and (told in page.content.decode()) == (count > 12)
        assert ("Choose two to twelve runs." in page.content.decode()) == (count <= 12)


def checked(page) -> list[str]:
    html = page.content.decode()
    return [each for each in Spec.objects.order_by("pk").values_list("hash", flat=True)
            if re.search(rf'name="run" value="{each}"\s+checked', html)]  # fmt: skip


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
