"""The circles of tests: what a change leaves out cannot be altered by it, and how runs are noted."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from community.launch.paths import ROOT
from tests.bpsandbox.conftest import lives
from tests.circles import choice, progress, record
from tests.circles.choice import choose, engine_tests, side_of
from tests.circles.circles import NEWCOMER, commit_stage, newcomers
from tests.circles.imports import imports, reached
from tests.circles.parts import Part, Result, Runner, Running, table
from tests.waiting import eventually


def test_no_module_of_the_engine_reaches_the_site():
    rooms = [ROOT / "bpsandbox" / room for room in choice.engine_rooms()]
    files = {each for room in rooms for path in room.rglob("*.py") for each in reached(path)}
    assert len(files) > 300
    assert [each for each in sorted(_names(files)) if side_of(each) == "site"] == []


def test_tests_of_the_engine_are_left_out_after_a_change_of_the_site_if_they_reach_nothing_of_it():
    left_out = engine_tests()
    assert "tests/bpsandbox/core/test_optimizers.py" in left_out
    assert "tests/bpsandbox/runner/test_hostile_weights.py" not in left_out  # it reads bpsandbox.storage


def test_rooms_that_are_left_out_after_a_change_of_the_engine_never_name_the_sandbox():
    files = [path for room in choice.site_rooms() for path in (ROOT / "community" / room).rglob("*.py")]
    assert len(files) > 300
    assert [path for path in files if any(each.parts[len(ROOT.parts)] == "bpsandbox" for each in imports(path))] == []


def _names(files: set[Path]) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in files}


@pytest.mark.parametrize(
    ("changed", "left_out", "kept"),
    [
        (["community/forum/views/lists.py"], "tests/bpsandbox/core/test_optimizers.py", "tests/community/forum"),
        (["bpsandbox/leases.py", "README.md"], "tests/bpsandbox/spec/test_sweepable.py", "tests/journeys"),
        (["bpsandbox/core/streams.py"], "tests/community/forum", "tests/community/experiments"),
        (["tests/bpsandbox/core/every.py"], "tests/journeys/test_writing.py", "tests/journeys/test_playground.py"),
        (["docs/adr/README.md"], "tests/community", "tests/architecture"),
        (["docs/config.md"], "tests/community/forum", "tests/bpsandbox/spec"),
        ([], "tests/bpsandbox", "tests/architecture"),
    ],
)
def test_what_a_change_cannot_reach_is_left_out(changed, left_out, kept):
    chosen = choose(changed).left_out
    assert left_out in chosen
    assert kept not in chosen
    assert [path for path in chosen if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "changed",
    [
        None,
        ["bpsandbox/core/streams.py", "community/forum/models.py"],
        ["requirements.txt"],
        ["pyproject.toml"],
        ["run"],
        ["tests/conftest.py"],
        ["tests/bpsandbox/documents.py"],
        ["tests/factories/people.py"],
        ["something new/at the top.py"],
    ],
)
def test_what_is_shared_or_unknown_reaches_everything(changed):
    assert choose(changed).left_out == ()


def test_a_change_is_everything_since_a_commit_and_an_unknown_commit_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "ROOT", tmp_path)
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "链.py").write_text("")
    assert choice.changed_since("HEAD") == ["链.py"]
    assert choice.changed_since("0123456789ab") is None


# === What runs ===


def test_a_newcomer_runs_the_product_once_and_what_is_named_runs_whole():
    assert newcomers(["-x"])[3:5] == ["-m", NEWCOMER]
    assert "-m" not in newcomers(["tests/journeys"])[3:]
    assert "-n" not in newcomers(["tests/architecture/test_circles.py::test_a"])
    assert newcomers(["-m", "full"]).count("-m") == 2  # python -m pytest -m full


def test_the_commit_stage_leaves_out_what_was_chosen_on_both_databases():
    parts = commit_stage(choose(["bpsandbox/core/streams.py"]), {"CHAINRULE_TEST_POSTGRES_URL": "postgresql://x/y"})
    tests = [part for part in parts if not part.is_beside]
    assert [part.environ.get("CHAINRULE_TEST_DATABASE_URL") for part in tests] == [None, "postgresql://x/y"]
    assert all("--ignore=tests/community/forum" in part.command for part in tests)


def test_a_part_that_cannot_run_is_a_failure_where_all_was_promised(monkeypatch, capsys):
    parts = [Part("Live twins", [], left_out="There is no python3.11.")]
    monkeypatch.delenv("CI", raising=False)
    assert Runner().run(parts) == [Result("Live twins", is_green=True, note="left out")]
    monkeypatch.setenv("CI", "true")
    assert not Runner().run(parts)[0].is_green
    assert "There is no python3.11." in capsys.readouterr().out


STARVED = """
import pathlib

def test_false():
    assert False

def test_starved():
    said = pathlib.Path(__file__).with_name("said")
    was_there = said.exists()
    said.touch()
    assert was_there
"""


def test_what_passed_only_alone_is_named_in_a_red_part_too(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_VAR", str(tmp_path))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    tests = tmp_path / "test_two.py"
    tests.write_text(STARVED)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "-p", "no:django", str(tests)]
    [result] = Runner().run([Part("Two", command)])
    assert not result.is_green and result.starved == ["test_two.py::test_starved"]


CHILD = """
import pathlib, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
pathlib.Path(sys.argv[1]).write_text(f"{child.pid}.")
signal.pause()
"""


def test_a_command_that_is_stopped_takes_with_it_what_it_has_started(tmp_path):
    said = tmp_path / "said"
    running = Running(Part("Site", []), [sys.executable, "-c", CHILD, str(said)])
    child = eventually(lambda: said.exists() and said.read_text().endswith(".") and int(float(said.read_text())))
    running.stop(signal.SIGTERM)
    assert running.status == -signal.SIGTERM
    eventually(lambda: not lives(child))


def test_a_run_of_what_is_not_committed_stands_for_no_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "ROOT", tmp_path)
    monkeypatch.setattr(record, "PAGE", tmp_path / "docs" / "tests.md")
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    assert "+" not in record.commit()
    (tmp_path / "new.py").write_text("")
    assert record.commit().endswith("+")
    new = run(record.commit(), circle="all")
    assert record.outcomes(noted(new)) == [new]
    assert choice.changed_since(new.commit) is None


def test_a_run_goes_on_with_what_has_not_passed_unless_a_file_has_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_VAR", str(tmp_path))
    trees = iter(["tree", "tree", "another tree"])
    monkeypatch.setattr(progress, "tree", lambda: next(trees))
    keep = progress.keeper([])
    sandbox = Result("Sandbox", is_green=True, minutes=2.0)
    for result in (sandbox, Result("Site", is_green=False), Result("Live twins", is_green=True, note="left out")):
        keep(result)
    assert progress.passed() == [sandbox]
    assert progress.passed() == []


# === How runs are noted ===

PAGE = "# Tests\n\n| date | commit |\n| --- | --- | --- | --- | --- | --- |\n"


def noted(*runs: record.Outcome) -> str:
    page = PAGE
    for each in runs:
        page = record.with_row(page, each)
    return page


def run(commit: str, *starved: str, circle: str = "commit", is_green: bool = True) -> record.Outcome:
    return record.Outcome("2026-01-02", commit, circle, is_green, 12, starved)


def test_rows_are_read_as_they_were_written_and_ten_are_kept():
    runs = [run(f"c{number:011}", "tests/a.py::test_a[x-1]") for number in range(12)]
    assert record.outcomes(noted(*runs)) == runs[:1:-1]


def test_a_test_that_passed_only_alone_in_two_runs_is_named():
    page = noted(run("a", "x::test_1"), run("b", "x::test_2", "y::test_3"), run("c", "x::test_1"))
    assert record.seen_twice(page) == ["x::test_1"]


def test_a_change_is_counted_from_the_last_run_of_everything_that_was_green():
    page = noted(run("a", circle="all"), run("b", circle="all", is_green=False), run("c"))
    assert record.last_green(page) == "a"
    assert record.last_green(PAGE) is None


def test_the_page_of_the_tree_has_the_table():
    new = run("a", circle="all")
    assert new in record.outcomes(record.with_row(record.read(), new))


def test_minutes_are_told_by_part():
    result = Result("Site", is_green=True, minutes=3.25, cpu_minutes=6.0)
    assert table([result]).endswith("| Site | green | 3.2 | 6.0 |")
