"""Every valid document can be stored, drawn, explained and printed, whatever its numbers."""

import json
import random

import pytest

from bpsandbox import charts, explain
from bpsandbox.document import CardDocument, Document, InvalidDocument, Summary
from bpsandbox.management.terminal.plot import plot
from bpsandbox.management.terminal.table import table
from bpsandbox.runner import results
from tests.bpsandbox.document import mutants, runs
from tests.full import counts


def through_every_reader(document):
    assert results.unpack(results.pack(document)) == document
    kept = results.display(document, most=3), results.card(document), results.summary(document)
    for part in kept:
        json.dumps(part.to_json(), allow_nan=False)
    assert Document.from_json(kept[0].to_json()) == kept[0]
    assert CardDocument.from_json(kept[1].to_json()) == kept[1]
    assert Summary.from_json(kept[2].to_json()) == kept[2]
    json.dumps(results.compared(document, document).to_json(), allow_nan=False)
    list(results.csv(document))
    charts.summary_spark(kept[2])
    for each in (document, kept[1]):
        drawn(each)
    of_the_whole(document)


def drawn(document):
    for name in charts.curve_names(document) or ("train_loss",):
        charts.curve(document, name=name)
        charts.curve(document, name=name, size="spark")
        charts.facts(document, name)
        charts.curve_table(document, name=name)
        charts.readings(document, name=name)
    explain.ending(document), explain.cautions(document), explain.hints(document)


def of_the_whole(document):
    name = document.principal
    charts.seed_table(document, name), charts.settings(document, name), charts.statistics(document)
    charts.confusion(document.records.confusion_matrix), charts.learning_rate(document), charts.gradient_norms(document)
    charts.activation_pictures(document), charts.kernels(document), charts.network(document.records.network)
    for picture in document.records.decision_boundary or ():
        charts.boundary(picture)
    explain.layer_table(document), explain.diverged(document)
    [check.words for check in explain.checked_gradients(document, {})]
    if document.checks.overfit_tiny:
        explain.overfit_words(document.checks.overfit_tiny)
    table(document)
    if name:
        plot(results.best(document), name, columns=80)


@pytest.mark.parametrize("count", counts(40, 150))
@pytest.mark.parametrize("name", runs.CONFIGS)
def test_a_mutant_that_is_read_is_no_trouble_for_any_reader(name, count):
    rng, plain = random.Random(f"readers {name}"), runs.document(name)
    read = 0
    for _ in range(count):
        said, mutant = mutants.mutated(plain, rng)
        try:
            document = Document.from_json(mutant)
        except InvalidDocument:
            continue
        read += 1
        try:
            through_every_reader(document)
        except Exception as error:
            raise AssertionError(f"{said}: {type(error).__name__}: {error}") from error
    assert read > count / 20


def without_curves(plain):
    plain["curves"] = {}


def without_points(plain):
    plain["epochs"], plain["steps"] = [], []
    plain["curves"] = {name: [] for name in plain["curves"]}
    plain["records"] = {}


def without_numbers(plain):
    plain["curves"] = {name: [[None] * len(row) for row in rows] for name, rows in plain["curves"].items()}


def with_the_largest_numbers(plain):
    ends = [9e307, -9e307, 5e-324]
    plain["curves"] = {
        name: [[ends[(i + s) % 3] for s in range(len(row))] for i, row in enumerate(rows)]
        for name, rows in plain["curves"].items()
    }
    plain["final"] = plain["best"] = {name: rows[-1] for name, rows in plain["curves"].items()}


def without_ends(plain):
    plain["final"] = plain["best"] = plain["best_epoch"] = {}


SPOILT = (without_curves, without_points, without_numbers, with_the_largest_numbers, without_ends)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("name", runs.CONFIGS)
def test_a_document_that_lacks_what_others_have_is_no_trouble_for_any_reader(name, spoil):
    plain = runs.document(name)
    spoil(plain)
    through_every_reader(Document.from_json(plain))
