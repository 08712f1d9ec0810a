"""The API with real configs: parsing, pricing, limits, requests."""

import pytest
from django.utils import translation

from bpsandbox import api
from bpsandbox.models import Attachment, Run, Spec

pytestmark = pytest.mark.django_db

CONFIG = """\
title: A first step
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {epochs: 20, batch_size: full}
"""
VISITOR = {"owner_key": "k", "address": "192.0.2.1"}


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create_user("ada", "ada@example.org", "pw")


def test_a_fine_config_has_a_price_and_no_problems():
    checked = api.check(CONFIG)
    assert checked.is_fine
    assert checked.price.parameters == 13
    assert checked.problems == ()


def test_problems_are_counted_in_the_lines_of_the_post():
    checked = api.check(CONFIG.replace("tanh", "tanhh").replace("MSELoss", "MSE Los"), line=41)
    assert [problem.line for problem in checked.problems] == [43, 44]
    assert not checked.is_fine


def test_the_same_config_in_other_words_is_the_same_spec(ada):
    first = api.submit(config_text=CONFIG, requester=ada)
    second = api.submit(config_text=CONFIG.replace("A first step", "Mine").replace("Linear", "Dense"), requester=ada)
    assert second.spec_hash == first.spec_hash
    assert second.run == first.run
    assert Spec.objects.count() == Run.objects.count() == 1


def test_a_wrong_config_is_refused_whole_and_nothing_is_written(ada):
    with pytest.raises(api.InvalidConfig) as caught:
        api.submit(config_text=CONFIG.replace("xor", "xorr").replace("20", "-20"), requester=ada)
    assert [problem.path for problem in caught.value.problems] == ["dataset.name", "training.epochs"]
    assert caught.value.status == 422
    assert not Spec.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        ("training: {epochs: 20", "seeds: {start: 0, count: 17}\ntraining: {epochs: 20"),
        ("epochs: 20", "epochs: 300000"),
    ],
)
def test_visitors_have_less(ada, change):
    config = CONFIG.replace(*change)
    with pytest.raises(api.InvalidConfig):
        api.submit(config_text=config, **VISITOR)
    assert not Run.objects.exists()
    api.submit(config_text=config, requester=ada)
    assert Run.objects.exists()


def test_every_preset_may_be_run_by_a_member():
    for name, preset in api.presets().items():
        assert api.check(preset.text).problems == (), name


def test_words_are_in_the_readers_language(ada):
    spec_hash = api.submit(config_text=CONFIG, requester=ada).spec_hash
    with translation.override("en"):
        assert api.card_states([spec_hash], ada)[spec_hash].words["title"] == "2-3-1 tanh on XOR"
    assert set(Spec.objects.get().facts["words"]) == {"en", "zh-hans"}


def test_a_page_is_called_by_its_first_title_else_by_its_words(ada):
    spec_hash = api.submit(config_text=CONFIG, requester=ada).spec_hash
    assert api.run_page(spec_hash, ada).title == "A first step"
    Attachment.objects.update(title="")
    assert api.run_page(spec_hash, ada).title == "2-3-1 tanh on XOR"


def test_what_was_attached_without_a_run_says_so_and_can_be_run(ada):
    checked = api.check(CONFIG)
    api.attach(spec=checked.spec, requester=ada, target=("page", 3), visibility="public")
    card = api.card_states([checked.spec.hash])[checked.spec.hash]
    assert (card.state, card.run_id, card.series) == ("none", None, None)
    assert api.run_page(checked.spec.hash).card.state == "none"
    api.rerun(checked.spec.hash, requester=ada)
    assert api.card_states([checked.spec.hash])[checked.spec.hash].state == "queued"


def test_a_visitor_cannot_rerun_what_only_members_may(ada):
    config = CONFIG.replace("epochs: 20", "epochs: 300000")
    spec_hash = api.submit(config_text=config, requester=ada, visibility="public").spec_hash
    Run.objects.all().delete()
    with pytest.raises(api.InvalidConfig):
        api.rerun(spec_hash, **VISITOR)
    assert not Run.objects.exists()


def test_what_may_not_be_seen_can_be_neither_rerun_nor_cancelled(ada):
    spec_hash = api.submit(config_text=CONFIG, requester=ada).spec_hash
    for act in (api.rerun, api.cancel):
        with pytest.raises(api.RunNotFound):
            act(spec_hash, owner_key="k")
    with pytest.raises(api.RunNotFound):
        api.rerun("0" * 32, requester=ada)


def test_a_canonical_text_leads_back_to_the_same_spec(ada):
    spec_hash = api.submit(config_text=CONFIG, requester=ada).spec_hash
    assert api.read_spec(api.run_page(spec_hash, ada).config).hash == spec_hash
