"""Comparisons of runs that each test trains: what differs between them, and who sees which run."""

import re
from html import unescape

import pytest

from bpsandbox import api, charts
from bpsandbox.explain import Goal
from bpsandbox.models import Attachment
from bpsandbox.runner import results
from tests.factories import PersonFactory

from .conftest import train
from .test_compare import MISSING, text_of

pytestmark = pytest.mark.django_db


LINE = "{layers: [{type: Linear, out_features: 1}]}"


def test_the_order_the_curve_and_the_axes_are_in_the_address(trained, config, visitor):
    first = trained(config(metrics="[accuracy]"))
    second = trained(config(metrics="[accuracy]", optimizer="{type: SGD, lr: 0.5}"))
    page = visitor.get(f"/compare/?runs={second},{first}&curve=train_accuracy&x=steps&scale=linear").content.decode()
    assert page.index(f"/runs/{second}/") < page.index(f"/runs/{first}/")
    assert "Training accuracy of 2 runs" in page and ">step</text>" in page
    assert f"?runs={second},{first}&amp;curve=train_loss&amp;x=steps&amp;scale=linear" in page
    assert "log scale" not in visitor.get(f"/compare/?runs={first},{second}&scale=linear").content.decode()


def test_a_run_that_explodes_does_not_flatten_the_others(trained, config, visitor):
    slow, steady, wild = (trained(config(optimizer=f"{{type: SGD, lr: {lr}}}")) for lr in ("0.1", "0.2", "60.0"))
    loud = visitor.get(f"/compare/?runs={slow},{steady},{wild}").content.decode()
    calm = visitor.get(f"/compare/?runs={slow},{steady}").content.decode()
    assert loud.count("leaves the chart at the top") == 1 and "leaves the chart at the top" not in calm
    assert _span(loud) > 0.4 * _span(calm) > 0


def test_a_run_that_diverged_has_words_for_it_and_no_dashes(trained, config, visitor):
    steady = trained(config(optimizer="{type: SGD, lr: 0.1}"))
    wild = trained(config(optimizer="{type: SGD, lr: 1e6}", model=LINE))
    page = visitor.get(f"/compare/?runs={wild},{steady}")
    text = text_of(page)
    assert "Median of the final values: not finite in A" in text and "Diverged not finite 3 3" in text
    assert f'href="/runs/{wild}/#findings"' in page.content.decode()
    assert "A ↑" in text and "B ↑" not in text


def test_runs_of_one_title_are_told_apart_by_their_config(trained, config, visitor):
    first, second = trained(), trained(config(optimizer="{type: SGD, lr: 0.5}"))
    page = visitor.get(f"/compare/?runs={first},{second}").context["page"]
    assert page.has_same_titles
    other = trained(config(seeds="[5]", model=LINE))
    assert not visitor.get(f"/compare/?runs={first},{other}").context["page"].has_same_titles


def _span(page: str) -> float:
    """Return how much of the chart's height the first run takes."""
    drawn = page[page.index('class="curve"') :]
    hue = drawn[drawn.index('hue hue-0"') :]
    points = re.search(r'class="median" d="([^"]+)"', hue)[1]
    heights = [float(y) for _x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", points)]
    return max(heights) - min(heights)


def test_at_most_twelve_are_compared_each_with_a_line_of_its_own(trained, config, visitor):
    hashes = [trained(config(seeds=f"[{seed}]")) for seed in range(13)]
    answer = visitor.get(f"/compare/?runs={','.join(hashes)}")
    page = answer.content.decode()
    assert "At most 12 runs can be compared." in text_of(answer) and page.count('class="compare-run-title"') == 12
    assert f"/runs/{hashes[12]}/" not in page and "One seed says nothing" in text_of(answer)
    legend = page.partition('class="legend compare-legend"')[2].partition("</ul>")[0]
    assert len(set(re.findall(r'<g class="(hue[^"]*)"', legend))) == 12


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "slow wild wide"),
        ("&sort=final", "slow wide wild"),
        ("&sort=-final", "wide slow wild"),  # what has no value comes last in both directions
        ("&sort=parameters", "slow wild wide"),
        ("&sort=-parameters", "wide slow wild"),
        ("&sort=nonsense", "slow wild wide"),
    ],
)
def test_the_table_of_runs_can_be_sorted(trained, config, visitor, sort, order):
    runs = {
        "slow": trained(config(optimizer="{type: SGD, lr: 0.001}", model=LINE)),
        "wild": trained(config(optimizer="{type: SGD, lr: 1e6}", model=LINE)),
        "wide": trained(),
    }
    named = {run: name for name, run in runs.items()}
    page = visitor.get(f"/compare/?runs={','.join(runs.values())}{sort}").content.decode()
    found = re.findall(r'class="compare-run-title" href="/runs/([0-9a-f]+)/', page)
    assert " ".join(named[run] for run in found) == order
    assert page.count("aria-sort") == (sort not in ("", "&sort=nonsense"))


def test_runs_with_nothing_in_common_are_compared_by_their_settings(trained, config, visitor, monkeypatch):
    from bpsandbox.comparing import RunComparison

    first, second = trained(), trained(config(optimizer="{type: SGD, lr: 0.5}"))
    monkeypatch.setattr(RunComparison, "curves", ())
    answer = visitor.get(f"/compare/?runs={first},{second}")
    assert "These runs have no curve in common." in text_of(answer) and "learning rate 2 → 0.5" in text_of(answer)


def test_other_losses_and_data_are_not_tested(trained, config, visitor):
    first = trained()
    second = trained(config(loss="{type: L1Loss}"))
    answer = text_of(visitor.get(f"/compare/?runs={first},{second}"))
    assert "different losses (MSELoss, L1Loss)" in answer and "Mann–Whitney" not in answer


def test_values_at_which_a_rule_ended_the_seeds_are_not_tested(trained, config, visitor):
    def aimed(value: float) -> str:
        stopping = f"[{{type: Target, monitor: train_loss, value: {value!r}}}]"
        return trained(config(stopping=stopping, seeds="{count: 5}", optimizer=slow))

    slow = "{type: SGD, lr: 0.1}"
    free = trained(config(seeds="{count: 5}", optimizer=slow))
    lowest, middle = (sorted(api.document(free).best["train_loss"])[place] for place in (0, 2))
    unmet, late, soon = aimed(lowest / 2), aimed(lowest), aimed(middle)
    page = text_of(visitor.get(f"/compare/?runs={free},{unmet},{soon}"))
    assert page.count("not comparable, since a stopping rule ended seeds once they reached") == 1
    assert "Median of the final values" in page and "Median of the epochs" in page
    seen = visitor.get(f"/compare/?runs={soon},{late}").context["comparison"]
    (outcome,) = seen.outcomes
    ends = seen.runs[0].document.stop
    assert outcome.goal == Goal(middle) and outcome.second.finals == outcome.first.finals
    assert outcome.first.finals == tuple(stop.epoch if stop.reason == "target" else None for stop in ends)
    assert {stop.reason for stop in ends} == {"target", "epochs"} and not outcome.is_more_than_chance


def test_neither_a_longer_training_nor_closer_points_are_a_difference(trained, config, visitor):
    def aimed(value: float, training: str) -> str:
        stopping = f"[{{type: Target, monitor: train_loss, value: {value!r}}}]"
        training = f"{{batch_size: full, {training}}}"
        return trained(config(stopping=stopping, seeds="{count: 8}", optimizer=slow, training=training))

    slow = "{type: SGD, lr: 0.1}"
    free = trained(config(seeds="{count: 8}", optimizer=slow))
    middle = sorted(api.document(free).best["train_loss"])[3]
    short, long, coarse = (aimed(middle, each) for each in ("epochs: 40", "epochs: 400", "epochs: 40, eval_every: 8"))
    (outcome,) = visitor.get(f"/compare/?runs={short},{long}").context["comparison"].outcomes
    assert outcome.goal.until == 40 and outcome.first.finals == outcome.second.finals
    assert None in outcome.first.finals and outcome.p == 1.0
    page = visitor.get(f"/compare/?runs={short},{coarse}")
    (outcome,) = page.context["comparison"].outcomes
    assert outcome.goal.is_rounded and outcome.first.finals == outcome.second.finals
    assert "rounded up to the next point of both" in text_of(page)


def test_a_run_without_a_result_says_its_state(trained, wanted, config, visitor):
    first, second = trained(), wanted(config(seeds="[9]")).spec_hash
    answer = visitor.get(f"/compare/?runs={first},{second}")
    assert answer.status_code == 200 and "queued" in text_of(answer) and "seeds" in text_of(answer)


def test_a_sweep_takes_part_with_its_best_setting(trained, config, visitor):
    sweep = trained(config(optimizer="{type: SGD}", sweep="{parameters: {optimizer.lr: [2.0, 0.01]}}", record="{}"))
    single = trained()
    answer = text_of(visitor.get(f"/compare/?runs={sweep},{single}"))
    assert "best setting 2: lr 0.01" in answer and "takes part with its best setting" in answer


def hidden(post):
    post.thread.hidden_at = post.created_at
    post.thread.save(update_fields=["hidden_at"])


def deleted(post):
    post.thread.deleted_at = post.created_at
    post.thread.save(update_fields=["deleted_at"])


KINDS = {
    "public": ("visitor", "member", "owner", "moderator"),
    "unlisted": ("visitor", "member", "owner", "moderator"),
    "private": ("owner",),
    "hidden post": ("owner", "moderator"),
    "deleted post": ("owner", "moderator"),
    "draft": ("owner",),
}


@pytest.fixture
def kinds(asked, trained, config):
    """Return the owner and a function that trains a run of a kind; it returns the hash."""
    owner = PersonFactory()

    def make(kind: str) -> str:
        text = config(notes="Secret words")
        if kind in ("unlisted", "private"):
            return trained(text, requester=owner, visibility=kind, title="Secret title")
        post = asked(owner, text=f"title: Secret title\n{text}", publish=kind != "draft")
        spec_hash = train()
        {"hidden post": hidden, "deleted post": deleted}.get(kind, lambda _post: None)(post)
        return spec_hash

    return owner, make


@pytest.mark.parametrize("kind", KINDS)
def test_who_sees_which_run_in_a_comparison(kinds, trained, config, visitor, signed_in, member, moderator, kind):
    owner, make = kinds
    secret, other = make(kind), trained(config(optimizer="{type: SGD, lr: 0.5}"))
    browsers = {"visitor": visitor, "member": signed_in(member), "owner": signed_in(owner),
                "moderator": signed_in(moderator)}  # fmt: skip
    for role, browser in browsers.items():
        answer = browser.get(f"/compare/?runs={other},{secret}")
        words = text_of(answer)
        assert answer.status_code == 200
        if role in KINDS[kind]:
            assert "learning rate 0.5 → 2" in words and MISSING not in words, role
        else:
            assert MISSING in words and "learning rate 0.5 → 2" not in words and "Secret" not in words, role
            assert answer.content.replace(secret.encode(), b"") == browser.get(
                f"/compare/?runs={other},{'f' * 32}"
            ).content.replace(b"f" * 32, b""), role


def test_a_comparison_offers_no_run_that_lists_do_not_show(kinds, visitor):
    _owner, make = kinds
    hashes = [make("unlisted")]
    assert hashes[0] not in visitor.get("/compare/").content.decode()
    assert Attachment.objects.get().visibility == "unlisted"


def test_a_range_is_thinned_after_the_cut(trained, config, visitor, monkeypatch):
    monkeypatch.setattr(results.display, "__defaults__", (5,))
    hashes = [
        trained(config(training="{epochs: 40, batch_size: full}", optimizer=f"{{type: SGD, lr: {lr}}}", record="{}"))
        for lr in (2, 0.5)
    ]
    address = f"/compare/?runs={hashes[0]},{hashes[1]}"
    whole, part = (visitor.get(address + more).context["comparison"] for more in ("", "&from=10&to=20"))
    assert [len(each.document.epochs) for each in part.drawn] == [41, 41]
    inside = [row[1] for row in charts.overlay_readings(part.drawn, "train_loss", look=part.look)]
    assert inside == [str(epoch) for epoch in range(10, 21)]
    assert len(charts.overlay_readings(whole.drawn, "train_loss")) < 41


def test_archives_are_read_only_of_runs_that_leave_points_out(
    trained, config, visitor, monkeypatch, django_assert_num_queries
):
    whole = trained(config(record="{}"))
    monkeypatch.setattr(results.display, "__defaults__", (5,))
    thin = trained(config(optimizer="{type: SGD, lr: 0.5}", record="{}"))
    with django_assert_num_queries(3):
        comparison, _missing = api.compare([whole, thin], look=charts.Look(10, 20), is_dense=True)
    assert [bool(run.archive) for run in comparison.runs] == [False, True]
    assert [len(each.document.epochs) for each in comparison.drawn] == [41, 41]
    assert len(comparison.whole[1].document.epochs) < 41
    ends = {charts.overlay_span(runs, "train_loss") for runs in (comparison.whole, comparison.drawn)}
    assert ends == {(0.0, 40.0)}


def rows_of(answer) -> list[str]:
    page = answer.content.decode()
    table = page[page.index("compare-settings") :].split("</table>")[0]
    return re.findall(r'<th scope="row" role="rowheader">\s*([^<]*?)\s*<a', table)


def test_settings_are_hidden_one_by_one_and_equal_ones_are_shown_on_wish(trained, config, visitor):
    first = trained()
    second = trained(config(optimizer="{type: SGD, lr: 0.5}", training="{epochs: 30, batch_size: full}", record="{}"))
    address = f"/compare/?runs={first},{second}"
    answer = visitor.get(address)
    assert rows_of(answer) == ["learning rate", "epochs"]
    hide = unescape(re.search(r'href="([^"]*)#settings" title="Hide"', answer.content.decode())[1])
    assert hide == f"{address}&hide=optimizer.lr"
    hidden = visitor.get(hide)
    assert rows_of(hidden) == ["epochs"] and f'href="{address}#settings"' in hidden.content.decode()
    every = rows_of(visitor.get(f"{address}&settings=all&hide=training.epochs"))
    assert {"network", "data", "loss", "learning rate", "batch size", "seeds"} <= {*every} and "epochs" not in every
    assert rows_of(visitor.get(f"{address}&hide=<b>,../x,nonsense")) == ["learning rate", "epochs"]
