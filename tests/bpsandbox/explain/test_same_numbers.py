"""A number that is shown in several places is the same in all of them, whatever was trained."""

import json
import random
import re
from dataclasses import replace
from itertools import chain
from math import prod
from statistics import median

import numpy as np
import pytest
import yaml

from bpsandbox import charts, explain, spec
from bpsandbox.core import run
from bpsandbox.core.train.curves import rounded
from bpsandbox.document import CardDocument, Document
from bpsandbox.explain.doctor.words import times
from bpsandbox.explain.numbers import number
from bpsandbox.management.terminal.table import numbers as printed
from bpsandbox.numbers import short
from bpsandbox.runner import results
from tests.bpsandbox.explain.working.reading import judged_line
from tests.bpsandbox.spec.random_configs import random_config
from tests.full import counts


def judged_config(rng):
    """Return a random config that trains long enough to be judged, with losses of all kinds."""
    config = yaml.safe_load(random_config(rng))
    config["loss"] = loss = {"type": config["loss"]}
    if loss["type"] == "CrossEntropyLoss" and rng.random() < 0.5:
        loss["class_weight"] = [
            rng.choice((0, 0.5, 1, 9)) for _ in range(config["model"]["layers"][-1]["out_features"])
        ]
        loss["label_smoothing"] = rng.choice((0, 0.1))
    if rng.random() < 0.2:
        loss["reduction"] = "sum"
    if rng.random() < 0.3:
        config["regularization"] = {"l2": rng.choice((0.01, 1))}
    if rng.random() < 0.1 and config["optimizer"]["type"] not in ("SGD", "LBFGS", "Lion"):
        config["optimizer"]["eps"] = 0
    if rng.random() < 0.2:
        deepen(config["model"]["layers"], rng, loss["type"])
    config["training"] |= {"steps": rng.choice((12, 60)), "eval_every": rng.choice((1, 5))}
    config.pop("checks", None)
    return yaml.safe_dump(config)


def deepen(layers, rng, loss):
    """Put layers before the last one through which a gradient vanishes or explodes, and an activation after it."""
    init = rng.choice(({"type": "xavier_uniform"}, {"type": "normal", "std": rng.choice((0.01, 30))}))
    hidden = {"type": "Linear", "out_features": 4, "activation": rng.choice(("sigmoid", "identity")), "init": init}
    layers[-1:-1] = [hidden] * rng.randrange(3, 9)
    if loss in ("MSELoss", "L1Loss"):
        layers[-1] = layers[-1] | {"activation": rng.choice(("identity", "sigmoid"))}


def drawn(count):
    """Return that many valid configs."""
    rng, found = random.Random(7), []
    while len(found) < count:
        try:
            found.append(spec.parse(judged_config(rng)))
        except spec.InvalidConfig:
            continue
    return found


def known(values):
    return [value for value in values if value is not None]


@pytest.mark.parametrize("count", counts(24, 300))
def test_every_number_that_is_shown_twice_is_the_same(count):
    for parsed in drawn(count):
        experiment = spec.build(parsed)
        document = run(experiment).document()
        try:
            the_baseline_is_the_lowest_constant(document, experiment)
            the_final_loss_is_the_same_everywhere(document)
            the_verdict_has_the_numbers_of_the_page(document)
            as_many_seeds_have_diverged_everywhere(document)
            findings_have_the_numbers_of_the_curves(document, parsed)
        except AssertionError as error:
            raise AssertionError(json.dumps(parsed.config)) from error


def the_baseline_is_the_lowest_constant(document, experiment):
    """No other constant output has a lower loss: random ones near those that are best for some loss have not."""
    y, rng = experiment.train.y.astype(float), np.random.default_rng(0)
    if document.baseline is None:
        return
    center = (
        np.log(np.maximum(y.mean(axis=0), 1e-9)) if parsed_type(experiment) == "CrossEntropyLoss" else y.mean(axis=0)
    )
    for constant in (center + rng.normal(0.0, width, center.shape) for width in (0.01, 0.1, 1.0) for _ in range(8)):
        value, outputs = np.empty(()), np.broadcast_to(constant, y.shape).copy()
        rows = (outputs.ravel(), y.ravel()) if experiment.loss.elementwise else (outputs, y)
        with np.errstate(all="ignore"):
            experiment.loss.forward(*rows, value)
        assert not value < document.baseline - 1e-5 * abs(document.baseline) - 1e-9


def parsed_type(experiment):
    return type(experiment.loss).__name__


def the_final_loss_is_the_same_everywhere(document):
    name = document.principal
    card = CardDocument.from_json(json.loads(json.dumps(results.card(document).to_json())))
    facts, summary = charts.facts(document, name), results.summary(document)
    finals = known(document.final[name])
    middle = median(finals) if finals else None
    assert (facts.median is None) is (middle is None)
    assert replace(facts, first=None) == replace(charts.facts(card, name), first=None)  # a card's curves are rounded
    assert rounded(facts.median or 0.0) == rounded(middle or 0.0) == (summary.final or 0.0)
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document
    *_, row = (line for line in printed(document) if line.startswith(f"{name} "))
    assert row.split()[1] == ("-" if middle is None else f"{middle:.6g}")
    if len(document.seeds) > 1 and len(finals) == len(document.seeds):
        one = explain.Measured("A", name, document.final[name])
        [compared] = explain.compared([(one, one)])
        assert f"{short(facts.median)} in A" in compared.medians
    for curve, finals in document.final.items():
        for place, stop in enumerate(document.stop):
            last = known(row[place] for row in document.curves[curve])[-1:]
            if stop.restored_epoch is None and stop.reason != "diverged":
                assert [finals[place]] == last


def the_verdict_has_the_numbers_of_the_page(document):
    name, verdict = document.principal, explain.story(document).verdict
    facts, compared = charts.facts(document, name), median(known(document.final[document.unpenalised]) or [0.0])
    if "went from" in verdict:
        assert f"from {short(median(known(document.curves[name][0])))} to {short(facts.median)}" in verdict
    if found := re.search(r"(?:it ended at (\S+), )?(\S+)% of the baseline (\S+)\.", verdict):
        loss, share, baseline = found.groups()
        assert baseline == short(document.baseline) == short(facts.baseline)
        assert share == short(100 * rounded(compared) / document.baseline, 2)
        assert loss == (short(facts.unpenalised) if document.is_penalised else None)
    if found := re.search(r"better than the baseline (\S+)\.", verdict):
        assert found[1] == short(document.baseline) == short(facts.baseline)
    assert facts.unpenalised is None or rounded(compared) == facts.unpenalised


def as_many_seeds_have_diverged_everywhere(document):
    count, story = document.diverged, explain.story(document)
    assert count == charts.facts(document).diverged == results.summary(document).diverged
    assert document.has_diverged is (count == len(document.seeds))
    assert len(document.not_finite) <= count and (story.is_off or not document.has_diverged)
    assert "went from" not in story.verdict or not document.has_diverged
    if count and "went from" in story.verdict:
        assert f"{count} of {len(document.seeds)} diverged" in story.verdict


def findings_have_the_numbers_of_the_curves(document, parsed):
    told = {each.kind: each for each in explain.diagnoses(document, parsed)}
    for finding in document.findings:
        evidence, places = finding.evidence, [document.seeds.index(seed) for seed in finding.seeds]
        curve = document.unpenalised if finding.kind == "plateau" else document.principal
        if evidence.losses:
            assert evidence.losses == tuple(known(row[place] for row in document.curves[curve])[-1] for place in places)
        assert evidence.baseline in (None, document.baseline)
        if finding.kind == "chaotic" and evidence.why is None:
            assert evidence.scale == document.baseline
        if finding.kind == "plateau" and evidence.baseline is not None and evidence.why == "baseline":
            assert f"L = {number(median(evidence.losses))}, " in told["plateau"].numbers[0]
            assert short(document.baseline) in told["plateau"].cause
        if evidence.through == "layers":
            the_factors_multiply_to_the_ratio(evidence, told[finding.kind])
        for verdict in chain.from_iterable(map(judged_line, told[finding.kind].numbers)):
            assert verdict.gap == 0 and (verdict.askew < 1.5 or verdict.sharpness < 1e-6)


def the_factors_multiply_to_the_ratio(evidence, diagnosis):
    assert (
        times(evidence.ratio) in diagnosis.cause
        and abs(evidence.sizes[0] / evidence.sizes[-1] / evidence.ratio - 1) < 1e-4
    )
    _, *product, ratio = diagnosis.numbers[0].split(" = ")
    assert ratio == number(evidence.ratio)
    if product and "cdots" not in product[0]:
        factors = [as_float(factor) for factor in product[0].split(r" \cdot ")]
        assert prod(factors) == pytest.approx(evidence.ratio, rel=2e-3)


def as_float(text):
    return float(re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", text))
