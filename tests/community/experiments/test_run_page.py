"""Run pages, cards, downloads and their visibility."""

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template.loader import render_to_string

from bpsandbox import api
from bpsandbox.charts.snapshot import View
from bpsandbox.document import Progress
from bpsandbox.models import Attachment, Run
from bpsandbox.runner import results
from community.common.ratelimit import Limit
from community.experiments.views import runs
from tests.factories import PersonFactory

from .conftest import train

pytestmark = pytest.mark.django_db

PARTS = ("", "card/", "curve.svg", "series.csv", "result.json", "worked.tex", "fork/")


@pytest.mark.parametrize(("epochs", "where"), [(1, "step {number}"), (40, "epoch {number}")])
def test_a_curve_is_read_by_what_its_axis_counts(trained, visitor, config, epochs, where):
    text = config(training=f"{{epochs: {epochs}, batch_size: 1, eval_every: 1}}", record="{gradients: true}")
    spec_hash = trained(text)
    page = visitor.get(f"/runs/{spec_hash}/?epoch=1").content.decode()
    assert set(re.findall(r'data-where="(\w+ {number})"', page)) == {where}
    assert ("data-by-step" in page) is (epochs == 1)
    assert ('<line class="moment"' in page) is (epochs > 1)
    assert f'data-of-where="{where}"' in visitor.get(f"/runs/{spec_hash}/stage/").content.decode()


def test_every_setting_of_a_sweep_is_read_like_a_curve(trained, visitor, config):
    spec_hash = trained(config(sweep="{parameters: {optimizer.lr: [0.5, 1.0]}}"))
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    places = re.findall(
        r'<div class="spots-place" data-readings="([^"]+)"\s+data-where="([^"]+)"\s+'
        r'data-median=""\s+data-label="Setting (\d): [^"]+: use the arrow keys to read it">',
        page,
    )
    assert [number for *_, number in places] == ["1", "2"]
    assert {where for _readings, where, _number in places} == {"epoch {number}"}
    assert all(json.loads(unescape(readings))[-1][:2] == [1, "40"] for readings, *_ in places)


def test_the_linear_scale_and_other_curves_have_addresses(trained, visitor, config):
    spec_hash = trained(config(metrics="[accuracy]"))
    linear = visitor.get(f"/runs/{spec_hash}/?scale=linear").content.decode()
    assert "log scale" not in linear and 'aria-current="true">linear' in linear
    assert "Training accuracy" in visitor.get(f"/runs/{spec_hash}/?curve=train_accuracy").content.decode()
    assert visitor.get(f"/runs/{spec_hash}/?curve=<script>").status_code == 200


def test_a_run_on_its_way_has_a_live_card_and_a_way_without_script(wanted, visitor):
    spec_hash = wanted().spec_hash
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert "data-run-live" in page and '<noscript><meta http-equiv="refresh"' in page and "queued" in page


def test_a_queued_card_says_how_many_are_before_it(wanted, visitor, config):
    wanted()
    spec_hash = wanted(config(seeds="[5]")).spec_hash
    assert "queued: 1 ahead" in visitor.get(f"/runs/{spec_hash}/card/").content.decode()


@pytest.mark.parametrize("part", PARTS)
def test_a_private_run_is_the_same_404_as_none(trained, visitor, member, signed_in, newcomer, part):
    spec_hash = trained(requester=member)
    missing = "f" * 32
    assert signed_in(member).get(f"/runs/{spec_hash}/{part}").status_code == 200
    for browser in (visitor, signed_in(newcomer)):
        hidden, absent = browser.get(f"/runs/{spec_hash}/{part}"), browser.get(f"/runs/{missing}/{part}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content.replace(spec_hash.encode(), b"") == absent.content.replace(missing.encode(), b"")


def test_without_a_recorded_step_there_is_a_form_and_no_working(trained, visitor, config):
    spec_hash = trained(config(record="{}"))
    assert visitor.get(f"/runs/{spec_hash}/worked.tex").status_code == 404
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert 'class="worked-choice"' in page and 'class="worked-step"' not in page


def test_posts_that_show_a_run_are_named_to_who_may_see_them(asked, member, visitor, signed_in):
    other = PersonFactory()
    spec_hash = asked(member).thread.lead_embed
    asked(other, publish=False)
    train()
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert page.count('class="run-posts"') == 1 and page.count("/t/") == 1
    assert signed_in(other).get(f"/runs/{spec_hash}/").content.decode().count("/t/") == 2


@pytest.mark.parametrize(("visibility", "status"), [("public", 200), ("unlisted", 200), ("private", 404)])
def test_what_its_owner_runs_again_is_shown_to_the_same_people_as_before(
    trained, signed_in, visitor, member, visibility, status
):
    spec_hash = trained(requester=member, visibility=visibility)
    assert signed_in(member).post(f"/runs/{spec_hash}/rerun/").status_code == 302
    assert Attachment.objects.get().visibility == visibility
    assert visitor.get(f"/runs/{spec_hash}/").status_code == status
    assert visitor.get(f"/embed/runs/{spec_hash}/").status_code == status


def test_a_rerun_over_the_limit_says_which_and_what_an_account_changes(trained, config, visitor):
    spec_hash = trained(config(seeds="{start: 0, count: 40}"))
    refused = visitor.post(f"/runs/{spec_hash}/rerun/")
    page = refused.content.decode()
    assert refused.status_code == 422 and "40 seeds; the limit is 16" in page
    assert "With an account it runs as it is." in page and "yet" not in page
    assert f"/runs/{spec_hash}/fork/" in page and f"?next=/runs/{spec_hash}/" in page
    alone = visitor.post(f"/runs/{spec_hash}/rerun/", headers={"X-Requested-With": "fetch"}).content.decode()
    assert "40 seeds; the limit is 16" in alone and "<main" not in alone


def test_a_refused_rerun_keeps_where_one_came_from(trained, config, visitor, asked, member):
    spec_hash, post = trained(config(seeds="{start: 0, count: 40}")), asked(member)
    page = visitor.post(f"/runs/{spec_hash}/rerun/?post={post.pk}").content.decode()
    assert f'href="/runs/{spec_hash}/fork/?post={post.pk}"' in page


def test_only_who_wants_a_run_may_cancel_it(wanted, signed_in, member, newcomer):
    spec_hash = wanted(requester=member, visibility="unlisted").spec_hash
    refused = signed_in(newcomer).post(f"/runs/{spec_hash}/cancel/")
    assert refused.status_code == 403 and Run.objects.get().state == "queued"
    assert signed_in(member).post(f"/runs/{spec_hash}/cancel/").status_code == 302
    assert Run.objects.get().state == "cancelled"
    assert signed_in(member).post(f"/runs/{spec_hash}/cancel/").status_code == 409


def test_a_card_that_cancels_is_told_whether_the_run_goes_on(wanted, signed_in, member, newcomer):
    spec_hash = wanted(requester=member, visibility="unlisted").spec_hash
    wanted(requester=newcomer, visibility="unlisted")
    goes_on, ends = (
        signed_in(person).post(f"/runs/{spec_hash}/cancel/", headers={"X-Requested-With": "fetch"})
        for person in (member, newcomer)
    )
    assert (goes_on.content.decode(), ends.content.decode()) == ("Still running: somebody else is waiting for it.", "")


COMMENT = '# Seven lines -> one network & "three" seeds.\n'
WRITTEN = f"{COMMENT}title: 带噪声的 XOR\n"


def test_a_fork_keeps_comments_of_the_post_it_comes_from_and_not_its_title(asked, member, visitor, signed_in, config):
    from community.content.models import Draft

    first = asked(member, text=WRITTEN + config())
    second = asked(PersonFactory(), text="# Another comment\n" + config(title="Another title"))
    spec_hash = train()
    note = f"# forked from {spec_hash}\n"
    for post, text in ((first, f"{note}{COMMENT}seeds:"), (second, f"{note}# Another comment\nseeds:")):
        playground = visitor.get(f"/playground/?fork={spec_hash}&post={post.pk}")
        assert playground.context["playground"].text.startswith(text)
        assert "title" not in playground.context["playground"].text
        signed_in(member).post(f"/runs/{spec_hash}/fork/?post={post.pk}", {"kind": "note"})
        assert f"```bp\n{text}" in Draft.objects.latest("pk").source
    neutral = visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
    assert neutral.startswith(note) and "#" not in neutral.removeprefix(note) and "title" not in neutral


def test_a_fork_of_a_run_that_was_written_once_keeps_its_text(trained, visitor, config):
    spec_hash = trained(WRITTEN + config())
    assert (
        visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
        == f"# forked from {spec_hash}\n{COMMENT}{config()}"
    )


def test_a_text_that_is_another_spec_by_now_is_not_forked(trained, visitor, config):
    spec_hash = trained(WRITTEN + config())
    Attachment.objects.update(text=WRITTEN + config(seeds="[5]"))
    text = visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
    assert "#" not in text.removeprefix(f"# forked from {spec_hash}\n")


def test_a_run_has_the_title_of_the_post_it_is_reached_from(asked, member, visitor, signed_in, config):
    other = PersonFactory()
    chinese = asked(other, text=config(title="带噪声的 XOR"))
    english = asked(member, text=config(title="A noisy XOR"))
    hidden = asked(other, text=config(title="A secret"), publish=False)
    spec_hash = train()
    heading = re.compile(r"<h1>([^<]*)</h1>")

    def title(browser, query=""):
        return heading.search(browser.get(f"/runs/{spec_hash}/{query}").content.decode())[1].replace("\u2060", "")

    neutral = title(visitor)
    assert neutral == "2-3-1 sigmoid on XOR"
    assert title(visitor, f"?post={english.pk}") == "A noisy XOR"
    assert title(visitor, f"?post={chinese.pk}") == "带噪声的 XOR"
    assert title(visitor, f"?post={hidden.pk}") == title(visitor, "?post=99999") == title(visitor, "?post=x") == neutral
    assert title(signed_in(member)) == "A noisy XOR"
    thread = visitor.get(english.thread.get_absolute_url()).content.decode()
    assert f'href="/runs/{spec_hash}/?post={english.pk}"' in thread
    page = unescape(visitor.get(f"/runs/{spec_hash}/?post={english.pk}").content.decode())
    assert re.search(r'<iframe [^>]*title="A noisy XOR"', unescape(page))
    cited = re.search(r'href="([^"]+/cite\.bib[^"]*)"', page)[1]
    entry = visitor.get(cited).content.decode()
    assert "title = {{A noisy XOR}}" in entry and f"/runs/{spec_hash}/?post={english.pk}}}" in entry
    assert f"title = {{{{{neutral}}}}}" in visitor.get(f"/runs/{spec_hash}/cite.bib").content.decode()
    card = visitor.get(f"/runs/{spec_hash}/card/?post={english.pk}").content.decode()
    assert "A noisy XOR" in card and f"/fork/?post={english.pk}" in card


def test_a_run_again_keeps_the_title_that_one_gave_it(trained, member, signed_in, config):
    spec_hash = trained(config(title="Mine"), requester=member)
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    assert api.title_of(spec_hash, member) == "Mine"


@pytest.mark.parametrize("address", ["zz", "A" * 32, "0" * 31])
def test_what_is_no_hash_is_not_found(visitor, address):
    assert visitor.get(f"/runs/{address}/").status_code == 404


def test_the_gallery_shows_public_runs_by_key(trained, visitor, config, member, django_assert_max_num_queries):
    from community.experiments import selectors

    hashes = [trained(config(seeds=f"[{n}]")) for n in range(4)]
    trained(config(seeds="[9]"), requester=member, visibility="private")
    selectors_size, selectors.SHELF = selectors.SHELF, 3
    try:
        with django_assert_max_num_queries(12):
            first = visitor.get("/runs/")
        page = first.context["page"]
        second = visitor.get(f"/runs/{page.next_query}").context["page"]
    finally:
        selectors.SHELF = selectors_size
    shown = [each.card.spec_hash for each in [*page.items, *second.items]]
    assert shown == hashes[::-1]
    assert visitor.get("/runs/?after=tampered").status_code == 400


def test_the_gallery_names_the_post_of_a_run_and_no_other(asked, member, trained, visitor, config):
    asked(member)
    train()
    trained(
        config(seeds="[4]"), is_system=True, target=("page", Attachment.objects.get().target_id), visibility="public"
    )
    shown = visitor.get("/runs/").context["page"].items
    assert [each.post is not None for each in shown] == [False, True]
    assert visitor.get("/runs/").content.decode().count("Why?") == 1


def test_ones_own_runs_are_ones_own(trained, signed_in, member, visitor):
    trained(requester=member)
    assert "sigmoid on XOR" in signed_in(member).get("/runs/?whose=mine").content.decode()
    assert "You have not run anything yet" in visitor.get("/runs/?whose=mine").content.decode()


def test_the_number_of_parameters_has_its_thousands_marked(trained, visitor, config):
    layers = "{layers: [{type: Linear, out_features: 400, activation: tanh}, {type: Linear, out_features: 1}]}"
    page = visitor.get(f"/runs/{trained(config(model=layers, checks='{}'))}/").content.decode()
    assert re.search(r"1,\d01 parameters", page[page.index('id="network"') :][:1000])


SWEEP = "{parameters: {optimizer.lr: [0.5, 2.0, 8.0]}}"


def test_a_sweep_on_its_way_keeps_its_settings_apart(wanted, config):
    card = api.card_states([wanted(config(sweep=SWEEP)).spec_hash])
    progress = Progress.from_json({"points": [[0, 0, {"train_loss": [0.5] * 9}]], "epochs": 40})
    series = replace(next(iter(card.values())), progress=progress).series
    assert [member.rows for member in series.members] == [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    assert series.members[2].values == {"optimizer.lr": "8"}


def test_what_was_recorded_of_the_inside_is_shown(trained, visitor, config):
    record = "{gradients: true, activations: true, weights: [0, 40]}"
    page = visitor.get(f"/runs/{trained(config(record=record, lr_scheduler='{type: ExponentialLR, gamma: 0.9}'))}/")
    text = page.content.decode()
    for anchor in ("layers", "formulas", "inside", "gradients", "rate", "network", "boundary"):
        assert f'id="{anchor}"' in text
    assert "Over all seeds" in text and text.count('data-names="[') >= 3


def test_a_picture_by_sign_has_a_scale_of_its_colours():
    view = View("filters", "Weights", "<svg></svg>", reach="0.8")
    drawn = " ".join(render_to_string("experiments/run_view.html", {"each": view}).split())
    assert "Colours from −0.8 to 0.8" in drawn and drawn.count("<rect") == 10
    assert "<rect" not in render_to_string("experiments/run_view.html", {"each": replace(view, reach="")})


def test_divergence_is_told_seed_by_seed(trained, visitor, config):
    text = config(
        model="{layers: [{type: Linear, out_features: 2, activation: relu}, {type: Linear, out_features: 1}]}",
        optimizer="{type: SGD, lr: 1.0e+200}",
        record="{}",
    )
    page = visitor.get(f"/runs/{trained(text)}/").content.decode()
    assert "Where it diverged" in page and "Last finite values" in page


def between(page, start, end):
    return page.partition(start)[2].partition(end)[0]


def test_a_run_that_learned_nothing_says_so_first(trained, visitor, config):
    spec_hash = trained(config(init="zeros", optimizer="{type: SGD, lr: 0.1}"))
    words = "No seed learned anything: the median loss ended at 0.25, not clearly better than the baseline 0.25."
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert between(page, 'id="curves">', '<div class="curve-place').count(f'<p class="run-verdict is-off">{words}') == 1
    assert page.count(words) == 1 and "The 3 units of layer 0, Linear, started with equal weights." in page
    card = visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    assert between(card, "</header>", "</p>").strip() == f'<p class="run-verdict">{words}'
    assert ">learned nothing</span>" in card and "train longer" not in card
    assert "learned nothing" in visitor.get("/runs/").content.decode()
    chinese = visitor.get(f"/runs/{spec_hash}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert '<p class="run-verdict is-off">所有种子都什么也没学到' in chinese and "没有学到东西" in chinese
    assert "并不明显好于基线 0.25。" in chinese


def test_a_run_whose_seeds_all_diverged_is_shown_as_such_everywhere(trained, visitor):
    text = """
seeds: [0, 1]
dataset: {name: sine}
model:
  layers:
    - {type: Linear, out_features: 32, activation: relu}
    - {type: Linear, out_features: 32, activation: relu}
    - {type: Linear, out_features: 1}
loss: {type: MSELoss, reduction: sum}
optimizer: {type: SGD, lr: 0.05, momentum: 0.9}
"""
    spec_hash = trained(text)
    assert Run.objects.get(spec__hash=spec_hash).state == "diverged"
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    verdict = between(page, '<p class="run-verdict is-off">', "</p>")
    assert verdict.startswith("The loss") and "training loss went" not in page
    card = visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    assert f'<p class="run-verdict">{verdict}</p>' in card
    for shown in (page, card, visitor.get("/runs/").content.decode()):
        assert re.search(r'class="state" data-state="diverged"[^>]*>\s*diverged', shown) and ">finished<" not in shown


def test_the_verdict_and_the_numbers_below_compare_the_same_loss_with_the_same_baseline(trained, visitor):
    text = """
seeds: [0, 1, 2]
dataset: {name: moons, n_samples: 60, seed: 0}
model: {layers: [{type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss, class_weight: [1, 9]}
regularization: {l2: 0.01}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 100, batch_size: full}
"""
    page = visitor.get(f"/runs/{trained(text)}/").content.decode()
    verdict = between(page, '<p class="run-verdict', "</p>")
    loss, share, baseline = re.search(r"it ended at (\S+), (\S+)% of the baseline (\S+)\.$", verdict).groups()
    numbers = between(page, '<dl class="run-numbers">', "</dl>")
    assert baseline == "0.325" and abs(100 * float(loss) / 0.3251 - float(share)) < 0.6
    assert f"Without the penalty</dt><dd>{loss}</dd>" in numbers and f"Baseline</a></dt><dd>{baseline}</dd>" in numbers


def test_a_run_whose_loss_explodes_says_first_that_it_grew_and_calls_nobody_stuck(trained, visitor):
    text = """
seeds: [0, 1, 2]
dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 3}
training: {epochs: 100}
"""
    spec_hash = trained(text)
    words = "The loss of every seed grew: the median ended at 4.6×10²⁸⁶. A smaller learning rate often helps."
    for path in (f"/runs/{spec_hash}/", f"/runs/{spec_hash}/card/"):
        page = visitor.get(path).content.decode()
        assert page.count(words) == 1 and re.search(rf'<p class="run-verdict(?: is-off)?">{re.escape(words)}', page)
        assert "stuck" not in page.lower() and "learned nothing" not in page
    chinese = visitor.get(f"/runs/{spec_hash}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "所有种子的损失都不降反升：中位数最终为 4.6×10²⁸⁶。" in chinese


def test_restored_weights_are_named_and_card_and_page_show_the_same_numbers(trained, visitor, config):
    stopping = "[{type: EarlyStopping, monitor: val_loss, patience: 2, restore_best_weights: true}]"
    data = "{name: moons, n_samples: 60, noise: 0.4, split: {val: 0.4, seed: 1}, seed: 0}"
    text = config(dataset=data, training="{epochs: 200, batch_size: 8}", stopping=stopping, record="{}")
    spec_hash = trained(text.replace("out_features: 1}", "out_features: 2}").replace("MSELoss", "CrossEntropyLoss"))
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    card = visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    named = re.compile(r"best weights restored, epochs? \d+")
    assert named.search(page)[0] == named.search(card)[0]
    assert "The curve ends where training stopped" in page
    ends = re.compile(r'<tspan class="word">(train|val) </tspan>([\d.]+)')
    assert ends.findall(page)[:2] == ends.findall(card)[:2] != []
    assert "best weights restored" in visitor.get("/runs/").content.decode()


def test_links_and_forms_keep_what_else_is_seen(trained, visitor, config):
    """Without script: another curve or scale keeps range, lines, smoothing, seed and epoch; so does another epoch."""
    address = f"/runs/{trained(config(metrics='[accuracy]'))}/"
    look = {"from": "10", "to": "30", "smooth": "0.9", "hide": ["band", "seeds"]}
    page = visitor.get(address, look | {"epoch": "40", "seed": "1", "scale": "linear"}).content.decode()
    links = {
        re.sub(r"\s+", " ", words): parse_qs(urlsplit(unescape(href)).query)
        for href, words in re.findall(r'<a href="([^"]*)"\s+data-sets[^>]*>([^<]*)', page)
    }
    seen = {name: value if isinstance(value, list) else [value] for name, value in look.items()}
    seen |= {"epoch": ["40"], "seed": ["1"]}
    assert links["Training accuracy"] == seen | {"scale": ["linear"], "curve": ["train_accuracy"]}
    assert links["log"] == seen and links["linear"] == seen | {"scale": ["linear"]}
    assert links["Reset"] == {"epoch": ["40"], "scale": ["linear"]}
    form = page[page.index("data-snapshots") :].partition("</form>")[0]
    kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)" data-plain', form)
    assert kept == [("scale", "linear"), ("from", "10"), ("to", "30"), ("smooth", "0.9"), ("hide", "band"),
                    ("hide", "seeds")]  # fmt: skip


@pytest.fixture
def thinned(trained, monkeypatch):
    """The address of a run with more points than its page displays."""
    monkeypatch.setattr(results, "DISPLAY_POINTS_AT_LEAST", 10)
    monkeypatch.setattr(results, "DISPLAY_NUMBERS", 10)
    return f"/runs/{trained()}/curves/"


def points_in(answer):
    """Return at how many points a drawn curve has values."""
    [readings] = re.findall(r'data-readings="([^"]*)"', answer.content.decode())
    return len(json.loads(unescape(readings)))


def test_a_range_of_the_curve_has_every_point_of_that_curve_and_nothing_else_is_read(thinned, visitor, monkeypatch):
    assert points_in(visitor.get(thinned)) <= 10
    monkeypatch.setattr(results, "unpack", None)  # the whole archive is not made into a document
    assert points_in(visitor.get(f"{thinned}?from=5&to=35")) == 31


def test_a_run_with_every_point_on_its_page_needs_no_archive(trained, visitor, monkeypatch):
    address = f"/runs/{trained()}/curves/?from=5&to=35"
    monkeypatch.setattr(results, "unsqueeze", None)
    assert points_in(visitor.get(address)) == 31


def test_ranges_that_read_the_archive_are_limited(thinned, visitor, monkeypatch):
    monkeypatch.setattr(runs, "ZOOMING", Limit("curve-range-test", "2/minute"))
    answers = [visitor.get(f"{thinned}?from={start}&to=35") for start in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [points_in(answer) > 10 for answer in answers] == [True, True, False]
    told = "Too many ranges in a short time: this one is drawn with fewer points."
    assert [told in answer.content.decode() for answer in answers] == [False, False, True]
    assert [answer["Cache-Control"] for answer in answers] == ["private, max-age=60"] * 2 + ["no-store"]
    page = visitor.get(f"{thinned.removesuffix('curves/')}?from=3&to=35")  # as the form is sent without script
    assert page.status_code == 200 and told in page.content.decode()
    assert told not in visitor.get(thinned).content.decode()


@pytest.mark.parametrize("data", ["{name: xor}", "{name: abs}", "{name: adding, length: 4}"])
def test_a_rate_finder_of_weights_that_overflow_at_once_says_that_no_rate_helps(trained, visitor, data):
    kind = "RNN, hidden_size: 3, nonlinearity" if "adding" in data else "Linear, out_features: 3, activation"
    spec_hash = trained(
        f"dataset: {data}\nmodel: {{layers: [{{type: {kind}: relu}}, {{type: Linear, out_features: 1}}]}}\n"
        "init: {type: constant, value: 1.0e+200}\nloss: {type: MSELoss}\nseeds: [0]\ntraining: {epochs: 3}\n"
        "record: {lr_range: true, weights: true}\n"
    )
    page = visitor.get(f"/runs/{spec_hash}/")
    assert page.status_code == 200 and "so no learning rate helps" in page.content.decode()
    assert visitor.get(f"/playground/?run={spec_hash}").status_code == 200
