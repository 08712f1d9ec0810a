"""Every rule has a config that breaks it, next to its message.

`wrong/NAME.yaml` is the config, `wrong/NAME.txt` its problems: line:column, code, path, message. A first line `# caps:
{seeds: 4}` prices it under its own caps; with `# repeat: 600` the last line is repeated that often.
`wrong/NAME.zh-hans.txt`, if present, has the problems in Chinese.
"""

import ast
import gettext
import re
import sys
from pathlib import Path

import pytest
import yaml

from bpsandbox import spec
from bpsandbox.messages import LOCALE, speaking

HERE = Path(__file__).parent / "wrong"
SPEC = Path(spec.__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.yaml"))
IN_CHINESE = [name for name in NAMES if (HERE / f"{name}.zh-hans.txt").exists()]


def told(name):
    """Return the messages for a config, one problem per line."""
    text = repeated((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        f"{problem.line}:{problem.column} {problem.code} {problem.path}: {without_prices(problem)}"
        for problem in problems_of(text)
    ]


def without_prices(problem):
    """Return the message without seconds and bytes, which are estimates and recalibrated from time to time."""
    is_estimate = problem.code in ("limit_seconds", "limit_memory")
    return re.sub(r"\d[\d,.]*\d|\d", "N", problem.message) if is_estimate else problem.message


def repeated(text):
    times = re.match(r"# repeat: (\d+)\n", text)
    return text + text.splitlines(keepends=True)[-1] * (int(times[1]) - 1) if times else text


def problems_of(text):
    try:
        parsed = spec.parse(text)
    except spec.InvalidConfig as invalid:
        return invalid.problems
    caps = re.match(r"# caps: (.*)\n", text)
    return spec.limits.check(spec.price(parsed), spec.Caps(**yaml.safe_load(caps[1])) if caps else None)


@pytest.mark.parametrize("name", NAMES)
def test_the_writer_is_told(name):
    assert told(name) == (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", IN_CHINESE)
def test_the_writer_is_told_in_chinese(name):
    with speaking(gettext.translation("django", LOCALE, ["zh_Hans"]).gettext):
        assert told(name) == (HERE / f"{name}.zh-hans.txt").read_text(encoding="utf-8").splitlines()


def test_every_report_of_the_language_has_an_example():
    """A report is a line that adds a problem; reading the examples reaches all of them."""
    reached = lines_reached(lambda: [told(name) for name in NAMES])
    missing = sorted(reports() - reached)
    assert missing == [], "no example in tests/bpsandbox/spec/wrong reaches: " + ", ".join(map(str, missing))


def test_every_code_has_an_example():
    told_codes = {line.split()[1] for path in HERE.glob("*.txt") for line in path.read_text("utf-8").splitlines()}
    assert codes() - told_codes == set()


def reports():
    """Return (file, line) of every call that adds a problem."""
    return {
        (str(path.relative_to(SPEC)), node.lineno)
        for path in SPEC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and is_report(node.func)
    }


def is_report(func):
    if isinstance(func, ast.Name):
        return func.id in ("refuse", "_problem", "Problem")
    if not isinstance(func, ast.Attribute):
        return False
    owner = func.value
    is_log = isinstance(owner, ast.Name) and owner.id in ("draft", "log")
    is_own = isinstance(owner, ast.Attribute) and owner.attr == "log"
    return func.attr == "_report" or (func.attr == "add" and (is_log or is_own))


def codes():
    """Return every word used as a problem's code."""
    found = set()
    for path in SPEC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_report(node.func):
                found |= code_in(node)
    return found


def code_in(call):
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
    place, prefix = {
        "add": (2, ""),
        "refuse": (2, ""),
        "_report": (3, ""),
        "_problem": (3, "limit_"),
        "Problem": (4, ""),
    }[name]
    argument = call.args[place] if len(call.args) > place else None
    return {prefix + argument.value} if isinstance(argument, ast.Constant) else set()


def lines_reached(act):
    """Return (file, line) of every line of the language that is executed."""
    reached, monitoring = set(), sys.monitoring

    def line(code, number):
        if code.co_filename.startswith(str(SPEC)):
            reached.add((str(Path(code.co_filename).relative_to(SPEC)), number))
        return monitoring.DISABLE

    monitoring.use_tool_id(monitoring.PROFILER_ID, "reports")
    monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.LINE, line)
    monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.LINE)
    try:
        act()
    finally:
        monitoring.set_events(monitoring.PROFILER_ID, 0)
        monitoring.free_tool_id(monitoring.PROFILER_ID)
        monitoring.restart_events()
    return reached
