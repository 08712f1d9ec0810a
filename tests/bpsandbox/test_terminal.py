"""A run in letters."""

import io
from types import SimpleNamespace

from bpsandbox.management.terminal import Bar, plot, shown, table
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
    drawing = plot(made(200, seeds=1), "train_loss", columns=60)
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
    assert "┤" in plot(made(1), "train_loss", columns=60)
    empty = made(2)
    empty["curves"]["train_loss"] = [[None, None]] * 2
    assert plot(empty, "train_loss", columns=60) == ""


def test_the_table_says_last_and_best_and_why_it_stopped():
    document = made(10, seeds=3)
    document["checks"] = {"gradient_check": [{"at": "start", "band": "good", "max_relative_error": 1.5e-9}]}
    document["warnings"] = [{"code": "still_falling", "message": "It was still falling."}]
    assert table(document).splitlines() == [
        "medians of 3 seeds",
        "                 last       best  at epoch  lowest seed  highest seed",
        "train_loss  0.0909091  0.0909091         9    0.0833333           0.1",
        "",
        "stopped: epochs (3)",
        "gradient check at start: good (largest relative error 1.5e-09)",
        "warning: It was still falling.",
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
