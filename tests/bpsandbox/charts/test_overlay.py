"""Several runs in one chart, in a range."""

from bpsandbox.charts import Look, Overlaid, overlay
from bpsandbox.charts.overlay import _lines

from .documents import document, falling, flat

LATE = Look(60, 100)


def test_seeds_that_ended_before_a_range_hold_their_value_in_it_without_those_that_diverged():
    early = [[0.5, 0.4, 0.3, value, *[None] * 7] for value in (0.2, 0.1)]
    ended = document(flat(0.9), *early, reasons=("epochs", "early_stopping", "early_stopping"))
    (line,) = _lines([Overlaid("A", "a", ended, 0)], "train_loss", False, LATE)
    (healthy,) = _lines([Overlaid("A", "a", ended, 0)], "train_loss", False, LATE, without_diverged=True)
    assert healthy == line and healthy.values == (0.2,) * 5


def test_a_seed_that_diverged_is_left_out_of_a_range():
    made = document(falling(), flat(0.7), [*flat(900.0, 8), None, None, None], reasons=("epochs", "epochs", "diverged"))
    (healthy,) = _lines([Overlaid("A", "a", made, 0)], "train_loss", False, LATE, without_diverged=True)
    assert max(healthy.values) < 0.7 and overlay([Overlaid("A", "a", made, 0)], "train_loss", look=LATE)
