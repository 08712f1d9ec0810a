"""The pictures of a run and what stands beside them: whose setting they are of, and how much is computed for them."""

import re
from importlib import import_module
from xml.etree import ElementTree

import pytest
from django.test import Client

from bpsandbox import storage
from bpsandbox.charts import answers
from bpsandbox.models import Run, TrainedWeights
from community.common.ratelimit import Limit
from community.experiments.rates import ANSWERING
from tests.factories import PersonFactory
from tests.html import html_of

from .test_compare import text_of

pytestmark = pytest.mark.django_db
CLASSES = {
    "dataset": "{name: moons, n_samples: 40}",
    "model": "{layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 2}]}",
    "loss": "CrossEntropyLoss", "metrics": "[accuracy, confusion_matrix]", "checks": "{}", "record": "{}",
}  # fmt: skip
WIDTHS = CLASSES | {"sweep": "{parameters: {model.layers.0.out_features: [3, 4], optimizer.lr: [0.001, 2.0]}}"}
STAYS = "It stays at epoch 40 of seed 0. Too much was computed for your network in a short time."


SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def program():
    """Return a client without cookies."""
    return Client()


def drawn(program, address):
    answer = program.get(address)
    assert answer.status_code == 200, answer.content
    return ElementTree.fromstring(answer.content)


@pytest.fixture
def limited(monkeypatch):
    """Let the visitors of a network have two small records a minute."""
    answers._confusion.cache_clear()
    monkeypatch.setattr(ANSWERING.shared, "items", Limit("run-answers-test", "2/minute").items)
    monkeypatch.setattr(ANSWERING.own, "items", Limit("run-answers-own", "1/minute").items)


def test_what_is_computed_for_a_network_is_limited_and_what_is_kept_costs_nothing(trained, visitor, config, limited):
    address = f"/runs/{trained(config(**CLASSES))}/"
    seen = [visitor.get(f"{address}beside/confusion/?epoch={epoch}&seed=1") for epoch in (0, 1, 2)]
    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert [STAYS in text_of(answer) for answer in seen] == [False, False, True]
    assert "With an account, yours is counted alone. Please wait" in text_of(seen[2])
    assert [answer["Cache-Control"] for answer in seen] == ["private, max-age=60"] * 2 + ["no-store"]
    page = visitor.get(f"{address}?epoch=2&seed=1")
    assert page.status_code == 200 and STAYS in text_of(page) and "Epoch 2, seed 1" in text_of(page)
    assert STAYS not in text_of(visitor.get(address))
    for _again in range(3):
        assert STAYS not in text_of(visitor.get(f"{address}beside/confusion/?epoch=1&seed=1"))


def test_a_member_and_a_visitor_with_a_cookie_are_not_kept_out_by_others(trained, visitor, config, limited, signed_in):
    spec_hash = trained(config(**CLASSES))
    known = Client()
    known.post("/playground/", {"config": config()})
    for epoch in (0, 1):
        visitor.get(f"/runs/{spec_hash}/beside/confusion/?epoch={epoch}&seed=1")
    member = signed_in(PersonFactory())
    for browser, epoch in ((known, 2), (member, 3)):
        assert "It stays" not in text_of(browser.get(f"/runs/{spec_hash}/beside/confusion/?epoch={epoch}&seed=1"))
    told = text_of(member.get(f"/runs/{spec_hash}/beside/confusion/?epoch=5&seed=1"))
    assert "It stays at epoch 40 of seed 0. Too many requests in a short time. Please wait" in told
    assert "It stays" in text_of(visitor.get(f"/runs/{spec_hash}/beside/confusion/?epoch=7&seed=1"))


# settings of a sweep


def units(page):
    """Return how many units each layer of the drawn network has, from the formulas below it."""
    lists = re.findall(r'<ul class="unit-formulas">(.*?)</ul>', page, re.S)
    return [each.count("<li>") for each in lists]


def test_the_pictures_the_answers_and_the_weights_are_those_of_the_chosen_setting(trained, visitor, config):
    spec_hash = trained(config(**WIDTHS))
    pages = [visitor.get(f"/runs/{spec_hash}/?setting={number}&seed=1").content.decode() for number in (1, 2, 4)]
    assert [units(page) for page in pages] == [[3, 2], [3, 2], [4, 2]]
    for number, page in zip((1, 2, 4), pages, strict=True):
        assert f"Epoch 40, seed 1, of setting {number}: the end of training" in " ".join(page.split())
        form = page[page.index('name="setting"') :]
        chosen = re.search(r'<option value="(\d)" selected>\s*\d: [^<]*</option>', form)
        assert int(chosen[1]) == number
        assert ("only the end of training is kept" in page) == (number > 1)
    formulas = [re.findall(r"<li>(.*?)</li>", page) for page in pages]
    assert len(set(map(tuple, formulas))) == 3
    right = visitor.get(f"/runs/{spec_hash}/result.json").json()["final"]["train_accuracy"]
    assert len({right[row] for row in (1, 4, 10)}) > 1
    for number, row in ((1, 1), (2, 4), (4, 10)):
        beside = text_of(visitor.get(f"/runs/{spec_hash}/beside/confusion/?setting={number}&seed=1"))
        assert f"{round(40 * right[row])} of 40 examples were classified correctly" in beside


def test_another_setting_than_the_best_has_a_link_to_the_best(trained, visitor, config):
    spec_hash = trained(config(**WIDTHS))
    first = html_of(visitor.get(f"/runs/{spec_hash}/"))
    best = re.search(r"Setting (\d) of 4 is best", first)[1]
    link = f'href="/runs/{spec_hash}/?setting={best}#network">Show setting {best}, the best<'
    assert best != "1" and link in first
    assert "the best<" not in html_of(visitor.get(f"/runs/{spec_hash}/?setting={best}"))
    assert link in html_of(visitor.get(f"/runs/{spec_hash}/snapshot/?setting=1&seed=2&epoch=4"))


def test_the_seed_of_the_network_is_explained_until_it_is_chosen(trained, visitor, config):
    spec_hash = trained(config(seeds="{count: 3}"))
    words = "This is the seed whose final loss is nearest to the median."
    assert words in text_of(visitor.get(f"/runs/{spec_hash}/"))
    assert words not in text_of(visitor.get(f"/runs/{spec_hash}/?seed=1"))


def test_parts_of_a_setting_are_fetched_and_downloaded_alone(trained, visitor, config):
    spec_hash = trained(config(**WIDTHS))
    views = visitor.get(f"/runs/{spec_hash}/snapshot/?setting=3&seed=2&epoch=4").content.decode()
    assert units(views) == [4, 2] and "of setting 3" in views
    assert f"/runs/{spec_hash}/pictures/network.svg?setting=3&amp;epoch=40&amp;seed=2" in views
    drawn = [visitor.get(f"/runs/{spec_hash}/pictures/network.svg?setting={n}&seed=2").content for n in (1, 2, 3)]
    assert len(set(drawn)) == 3
    beside = text_of(visitor.get(f"/runs/{spec_hash}/beside/confusion/?setting=3&seed=2"))
    assert "Epoch 40, seed 2, of setting 3" in beside


@pytest.mark.parametrize("stored", [None, {}], ids=["deleted", "of another network"])
def test_a_setting_without_stored_weights_has_its_layers_and_a_way_on(trained, visitor, config, stored, monkeypatch):
    spec_hash = trained(config(**WIDTHS))
    if stored is None:
        TrainedWeights.objects.all().delete()
    else:
        monkeypatch.setattr(import_module("bpsandbox.charts.of_setting"), "from_safetensors", lambda content: stored)
    answer = visitor.get(f"/runs/{spec_hash}/?setting=4")
    page = answer.content.decode()
    assert units(page) == [] and 'name="setting"' in page and "Each layer is one block" in page
    assert "There is none: the weights of other epochs and seeds were not kept." in text_of(answer)


@pytest.mark.parametrize("wrong", ["0", "5", "x", "9" * 30])
def test_an_unknown_setting_says_so_and_shows_the_first(trained, visitor, config, wrong):
    page = visitor.get(f"/runs/{trained(config(**WIDTHS))}/?setting={wrong}").content.decode()
    assert units(page) == [3, 2] and f"setting={wrong}" in page


def test_the_weights_of_one_seed_are_read(trained, visitor, config, monkeypatch):
    spec_hash = trained(config(**WIDTHS))
    read, content_of = [], storage.content_of
    monkeypatch.setattr(storage, "content_of", lambda run_id, place: read.append(place) or content_of(run_id, place))
    visitor.get(f"/runs/{spec_hash}/")
    assert read == []
    visitor.get(f"/runs/{spec_hash}/?setting=2&seed=2")
    assert read == [5]


# one picture


def test_only_the_wanted_picture_is_drawn(trained, visitor, config, monkeypatch):
    spec_hash = trained(config(**WIDTHS))
    names = {each["name"] for each in visitor.get(f"/api/v1/runs/{Run.objects.get().pk}/pictures").json()["pictures"]}
    assert names >= {"network", "boundary", "confusion", "heat-map", "setting-1", "setting-4", "parallel-coordinates"}
    for module, function in (
        ("snapshot", "network"),
        ("snapshot", "_bars"),
        ("sweep", "_small"),
        ("named", "parallel"),
    ):
        monkeypatch.setattr(
            import_module(f"bpsandbox.charts.{module}"), function, lambda *args, **more: pytest.fail("drawn")
        )
    for name in ("boundary", "confusion", "heat-map"):
        drawn = visitor.get(f"/runs/{spec_hash}/pictures/{name}.svg")
        assert drawn.status_code == 200 and ElementTree.fromstring(drawn.content).get("width")
    assert visitor.get(f"/runs/{spec_hash}/pictures/nothing.svg").status_code == 404


def test_the_matrix_and_the_heat_map_have_the_numbers_of_the_page(trained, program, config):
    trained(config(**WIDTHS))
    path = f"/api/v1/runs/{Run.objects.get().pk}"
    texts = [each.text for each in drawn(program, f"{path}/pictures/confusion.svg?setting=4&seed=1").iter(f"{SVG}text")]
    assert texts[:2] == ["predicted class", "true class"] and sum(map(int, texts[-5:-3] + texts[-2:])) == 40
    heat = [each.text for each in drawn(program, f"{path}/pictures/heat-map.svg").iter(f"{SVG}text")]
    assert "out_features" in heat and "lr" in heat and len(heat) == 2 + 2 + 2 + 4
    for wrong, told in (("setting=5", "This run has 4 settings."), ("setting=0", "This run has 4 settings.")):
        answer = program.get(f"{path}/pictures/network.svg?{wrong}")
        assert answer.status_code == 422 and told in answer.content.decode()


def test_slopes_of_pixels_are_a_picture(trained, program, config):
    digits = "{layers: [Flatten, {type: Linear, out_features: 10}]}"
    changes = {"dataset": "digits", "model": digits, "training": "{epochs: 1}", "record": "{saliency: true}"}
    trained(config(**CLASSES | changes))
    path = f"/api/v1/runs/{Run.objects.get().pk}/pictures/saliency.svg"
    pictures = [drawn(program, path + query) for query in ("", "?epoch=0&seed=1")]
    assert all(len(list(one.iter(f"{SVG}text"))) == 20 for one in pictures)
    assert ElementTree.tostring(pictures[0]) != ElementTree.tostring(pictures[1])


def test_a_picture_that_would_cost_too_much_is_refused(trained, visitor, config, limited):
    address = f"/runs/{trained(config(**CLASSES))}/pictures/confusion.svg"
    answers = [visitor.get(f"{address}?epoch={epoch}&seed=1") for epoch in (0, 1, 2)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    seconds = int(answers[2]["Retry-After"])  # as long as the sentence says
    assert re.search(rf"Please wait ({seconds} seconds?|{-(-seconds // 60)} minutes)\.", answers[2].content.decode())
    assert "Too much was computed for your network" in answers[2].content.decode()
    assert visitor.get(f"{address}?epoch=40&seed=0").status_code == 200
