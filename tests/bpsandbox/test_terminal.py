"""A run in the terminal."""

import io
from types import SimpleNamespace

from bpsandbox.management.terminal.bar import Bar
from bpsandbox.management.terminal.plot import plot
from bpsandbox.management.terminal.problems import shown
from bpsandbox.management.terminal.table import table
from tests.bpsandbox.documents import typed
from tests.bpsandbox.runner.test_results import made


def problem(line, column, path, message):
    return SimpleNamespace(line=line, column=column, path=path, message=message)


def test_a_problem_stands_under_its_line():
    text = "dataset: {name: xor}\n数据: 5\n"
    problems = [
        problem(1, 17, "dataset.name", "no such dataset"),
        problem(2, 5, "", "unknown key"),
        problem(9, 1, "", "end"),
    ]
    assert shown("e.yaml", text, problems).splitlines() == [
        "e.yaml:1:17: dataset.name: no such dataset",
        "    dataset: {name: xor}",
        "                    ^",
        "e.yaml:2:5: unknown key",
        "    数据: 5",
        "          ^",
        "e.yaml:9:1: end",
    ]


def test_a_config_cannot_move_the_cursor():
    text = shown("e.yaml", "a: \x1b[2J\tb", [problem(1, 1, "a", "strange")])
    assert "\x1b" not in text
    assert "\t" not in text


def test_a_falling_curve_begins_at_the_top_left_and_ends_at_the_bottom_right():
    drawing = plot(typed(made(200, seeds=1)), "train_loss", columns=60)
    lines = drawing.splitlines()
    assert lines[0] == "train_loss (log)"
    assert len(lines) == 1 + 12 + 2
    assert lines[1].startswith("        1 ┤")
    assert lines[1][11] != "⠀"
    assert lines[12].startswith("    0.005 ┤")
    assert lines[12][-1] != "⠀"
    assert lines[-1].endswith("199 epochs")
    assert max(map(len, lines)) <= 60


def test_a_curve_of_one_point_or_of_none_is_no_trouble():
    assert "┤" in plot(typed(made(1)), "train_loss", columns=60)
    empty = made(2)
    empty["curves"]["train_loss"] = [[None, None]] * 2
    assert plot(typed(empty), "train_loss", columns=60) == ""


def test_the_table_says_last_and_best_and_why_it_stopped():
    document = made(10, seeds=3)
    tensor = {
        "name": "layers.0.weight",
        "band": "good",
        "max_relative_error": 1.5e-9,
        "checked": 6,
        "skipped": 0,
        "size": 6,
    }
    check = {"at": "start", "band": "good", "max_relative_error": 1.5e-9, "tensors": [tensor]}
    document["checks"] = {"gradient_check": [check]}
    document["stop"][0]["restored_epoch"] = 4  # the first three are identical
    document["warnings"] = [{"code": "still_falling", "seeds": [0, 1]}]
    assert table(typed(document)).splitlines() == [
        "medians of 3 seeds",
        "                 last       best  at epoch  lowest seed  highest seed",
        "train_loss  0.0909091  0.0909091         9    0.0833333           0.1",
        "",
        "stopped: epochs (3)",
        "last values: best weights restored, epoch 4",
        "gradient check at start: good (largest relative error 1.5e-09)",
        "recorded, written by --json: worked_example",
        "note: 2 of 3 seeds stopped while the loss was still falling: train longer to see where it goes.",
    ]
    few = {**check, "tensors": [{**tensor, "size": 900}]}
    assert "  6 of 900 parameters were compared. Fewer than requested: the check reached its work limit." in (
        table(typed({**document, "checks": {"gradient_check": [few]}})).splitlines()
    )


def test_diverged_seeds_are_told_of_in_few_lines():
    document = made(10, seeds=20)
    last = {"last": {"train_loss": 0.5}, "last_epoch": 3}
    document["stop"] = [{"reason": "diverged", "layer": "loss", "epoch": 4, "step": 40 + i // 2, **last}
                        for i in range(20)]  # fmt: skip
    lines = table(typed(document)).splitlines()
    place = lines.index("stopped: diverged (20)")
    assert lines[place + 2].split() == ["0,", "1", "loss", "4", "40", "0.5", "3"]
    assert lines[place + 10] == "  and 4 more; --json has them all"


def test_a_small_confusion_matrix_is_printed_and_other_records_are_named():
    document = made(2, seeds=1)
    matrix = {"labels": ["a", "b"], "counts": [[3, 1], [0, 4]], "split": "test", "seed": 7}
    document["records"] = {"confusion_matrix": matrix, "network": {"seed": 7, "weights": []}}
    assert table(typed(document)).splitlines()[-5:] == [
        "confusion matrix of test, seed 7: a row is the true class",
        "     a  b",
        "  a  3  1",
        "  b  0  4",
        "recorded, written by --json: network",
    ]


def test_a_bar_fills_and_leaves_nothing_behind():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    out = Terminal()
    bar = Bar(out)
    point = [5, 20, {"train_loss": [0.25, 0.5, 0.75]}]
    bar.show({"epoch": 5, "epochs": 10, "eta": 3.2, "points": [point]})
    assert out.getvalue() == "\r" + "█" * 15 + " " * 16 + "epoch 5/10 · train_loss 0.5 · 3 s left"
    bar.clear()
    assert out.getvalue().endswith(" " * 69 + "\r")


def test_without_a_terminal_a_bar_is_silent_at_first():
    out = io.StringIO()
    Bar(out).show({"epoch": 5, "epochs": 10, "eta": None, "points": []})
    assert out.getvalue() == ""
