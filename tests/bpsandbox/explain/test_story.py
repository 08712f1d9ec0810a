"""The verdict of a run, chosen by its stored numbers."""

from dataclasses import replace

import pytest

from bpsandbox import explain
from bpsandbox.document import Document
from bpsandbox.runner import results
from tests.bpsandbox.documents import DATA, blank


def ended(*reasons, losses, start=0.25, **parts):
    """Return a document whose seeds went from `start` to these losses."""
    curve = [[start] * len(losses), list(losses)]
    return blank(
        seeds=list(range(len(losses))), epochs=[0, 100], steps=[0, 100], curves={"train_loss": curve},
        final={"train_loss": list(losses)} | parts.pop("final", {}),
        stop=[{"reason": reason, "epoch": 100, "step": 100} for reason in reasons],
        data=DATA | {"chance_loss": 0.25}, **parts,
    )  # fmt: skip


STUCK = [{"code": "stuck", "seeds": [2]}]
RISE = {"part": "test", "epoch": 5, "lowest": 0.1, "last": 0.2}
OVER = [{"kind": "overfitting", "seeds": [0], "layer": None, "step": 5, "evidence": RISE | {"train": 0.01}}]


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (ended("target", losses=[0.001]), "The target was reached at epoch 100."),
        (ended("target", "target", losses=[0.001, 0.001]), "All 2 seeds reached the target, the last at epoch 100."),
        (
            ended("target", "target", "epochs", losses=[0.001, 0.001, 0.2], warnings=STUCK),
            "2 of 3 seeds reached the target. 1 of 3 stuck.",
        ),
        (ended("epochs", losses=[0.005]), "The training loss went from 0.25 to 0.005, 2% of the baseline 0.25."),
        (
            ended("epochs", "diverged", losses=[0.3, None]),
            "The median training loss went from 0.25 to 0.3. 1 of 2 diverged.",
        ),
        (
            ended("epochs", "epochs", losses=[0.1, 0.1], final={"test_accuracy": [0.9, 0.98]}),
            "94.0% of the test examples are classified correctly: the median of 2 seeds, "
            "which range from 90.0% to 98.0%.",
        ),
        (
            ended("epochs", "epochs", losses=[0.1, 0.1], final={"test_accuracy": [1.0, 1.0]}),
            "100.0% of the test examples are classified correctly, with every one of 2 seeds.",
        ),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_numbers(document, verdict):
    told = explain.story(document)
    assert (told.verdict, told.is_off) == (verdict, False)


def test_a_loss_with_a_penalty_is_not_compared_with_the_baseline():
    document = ended("epochs", losses=[0.2], final={"data_loss": [0.1]})
    penalised = replace(document, curves=document.curves | {"data_loss": ((0.24,), (0.1,))})
    assert explain.story(penalised).verdict == (
        "The training loss went from 0.25 to 0.2; without the penalty it ended at 0.1, 40% of the baseline 0.25."
    )


def test_overfitting_is_the_verdict_and_is_not_said_twice():
    told = explain.story(ended("epochs", losses=[0.01], findings=OVER))
    assert told.is_off and told.verdict.startswith("Overfitting: the test loss was lowest at epoch 5, 0.1")
    assert told.verdict not in told.hints


def test_a_rise_too_small_for_a_finding_is_no_verdict_and_has_no_name():
    slight = [{"code": "overfitting", "seeds": [0], **RISE, "last": 0.106}]
    told = explain.story(ended("epochs", losses=[0.01], warnings=slight))
    assert told == explain.story(ended("epochs", losses=[0.01], warnings=slight, findings=[]))
    assert not told.is_off and told.verdict.startswith("The training loss went from 0.25 to 0.01")
    assert told.hints == ("The test loss was lowest at epoch 5, 0.1, and ended 6% above that, at 0.106.",)
    assert "verfitting" not in " ".join((told.verdict, *told.cautions, *told.hints))


def test_a_large_rise_is_overfitting_in_a_result_from_before_there_were_findings():
    large = [{"code": "overfitting", "seeds": [0], **RISE, "last": 0.3}]
    stored = ended("epochs", losses=[0.01], warnings=large).to_json()
    old, examined = (Document.from_store(each) for each in (stored, stored | {"findings": []}))
    told = explain.story(old)
    assert told.is_off and told.hints == ()
    assert told.verdict.startswith("Overfitting: the test loss was lowest at epoch 5, 0.1, and rose by 200% to 0.3")
    assert explain.hints(old) == explain.hints(results.card(old)) == [told.verdict]
    assert "findings" not in stored and "findings" not in results.card(old).to_json()
    assert examined.to_json()["findings"] == [] and not explain.story(examined).is_off


def test_a_run_whose_seeds_all_diverged_says_so_once():
    broken = [{"code": "diverged", "seeds": [0]}]
    told = explain.story(ended("diverged", losses=[None], warnings=broken))
    assert told.is_off and told.verdict.startswith("The run diverged") and told.verdict not in told.cautions


THROWN = {"kind": "diverged", "layer": None, "step": None,
          "evidence": {"why": "overshot", "first": [176], "highest": [1e25], "losses": [2081]}}  # fmt: skip


def test_a_run_whose_seeds_all_left_their_bounds_diverged_though_every_number_is_finite():
    document = ended("epochs", "epochs", losses=[2081, 2081], start=176, findings=[THROWN | {"seeds": [0, 1]}])
    for shown in (document, results.card(document)):
        assert shown.has_diverged and explain.verdict(shown).startswith("The loss diverged: it rose to 1×10²⁵")
        assert explain.verdict(shown) not in explain.cautions(shown)
    told = explain.story(document)
    assert told.is_off and told.verdict == explain.verdict(document)
    assert results.summary(document).diverged == 2
    one = ended("epochs", "epochs", losses=[2081, 1], start=176, findings=[THROWN | {"seeds": [0]}])
    assert not one.has_diverged and explain.story(one).verdict.endswith("1 of 2 diverged.")


def test_settings_of_a_sweep_that_diverged_do_not_count_as_all():
    members = [{"values": {"optimizer.lr": rate}, "rows": [place]} for place, rate in enumerate((0.1, 3.0))]
    found = THROWN | {"seeds": [0], "evidence": THROWN["evidence"] | {"settings": [2]}}
    document = ended("epochs", "epochs", losses=[0.2, 2081], members=members, findings=[found])
    same = replace(document, seeds=(0, 0))  # each setting has its own seed 0
    assert (same.diverged, same.has_diverged) == (1, False)


def test_a_sweep_names_its_best_setting():
    members = [{"values": {"optimizer.lr": 0.1}, "rows": [0]}, {"values": {"optimizer.lr": 3.0}, "rows": [1]}]
    told = explain.story(ended("epochs", "epochs", losses=[0.2, 0.01], members=members))
    assert told.verdict == "Setting 2 of 2 is best: lr 3, median loss 0.01. The worst ended at 0.2."


@pytest.mark.parametrize(
    ("rates", "losses", "words"),
    [
        ((0.1, 0.3, 1.0), (0.3, 0.2, 0.1), "lr 1 is the largest value tried: a larger one may be better."),
        ((0.1, 0.3, 1.0), (0.1, 0.2, 0.3), "lr 0.1 is the smallest value tried: a smaller one may be better."),
        ((0.1, 0.3, 1.0), (0.2, 0.1, 0.3), ""),
        ((0.0, 0.3, 1.0), (0.1, 0.2, 0.3), ""),
        ((0.1, 0.3, 0.3), (0.2, 0.1, 0.1), ""),
    ],
)
def test_a_sweep_whose_best_value_is_at_an_end_of_its_range_says_so(rates, losses, words):
    members = [{"values": {"optimizer.lr": rate}, "rows": [place]} for place, rate in enumerate(rates)]
    told = explain.story(ended("epochs", "epochs", "epochs", losses=losses, members=members)).verdict
    assert told.endswith(f"The worst ended at 0.3.{' ' if words else ''}{words}") or (not words and "tried" not in told)
