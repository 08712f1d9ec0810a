"""The supervisor with small test programs, in a separate process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from community.launch.paths import ROOT
from tests.waiting import eventually

RUNNER = """
import sys
from community.launch.supervisor import Program, Supervisor
programs = [Program(str(n), (sys.executable, "-c", code), announces="--ready" in code, later="# later" in code,
                    niceness=7 if "# nice" in code else 0)
            for n, code in enumerate(sys.argv[1:])]
sys.exit(Supervisor(programs, lambda: print("READY", flush=True)).run())
"""
ANNOUNCE = "import os, sys, time; '--ready'; os.write(int(sys.argv[2]), b'!'); print('hello', flush=True); "


@pytest.fixture
def supervise():
    started: list[subprocess.Popen] = []

    def start(*codes: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, *codes],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def read_until(process: subprocess.Popen, words: str) -> str:
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was not said:\n{said}")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_programs_say_is_passed_on_with_their_names(supervise):
    process = supervise(ANNOUNCE + "time.sleep(60)")
    said = read_until(process, "READY")
    said += read_until(process, "hello") if "hello" not in said else ""
    assert "0     | hello" in said
    process.terminate()
    assert process.wait(60) == 0


def test_a_program_that_crashes_is_started_again(supervise):
    process = supervise(ANNOUNCE + "time.sleep(60)", "print('here I am', flush=True); raise SystemExit(3)")
    said = read_until(process, "ended with status 3; starting it again")
    read_until(process, "here I am")
    assert "1     | here I am" in said


def test_a_later_program_leaves_the_processor_to_the_first_until_that_is_ready(supervise):
    slow = "import time; time.sleep(0.5); print('getting ready', flush=True); " + ANNOUNCE
    process = supervise("print('after it', flush=True); import time; time.sleep(60)  # later", slow + "time.sleep(60)")
    said = read_until(process, "after it")
    assert said.index("1     | getting ready") < said.index("READY") < said.index("0     | after it")


def test_a_site_that_never_comes_up_is_given_up(supervise):
    process = supervise("import sys; '--ready'; print('no database', flush=True); sys.exit(1)")
    said, _nothing = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.endswith("chainrule: The 0 process does not start; what it said is above.\n")
    assert "0     | no database" in said


def test_grandchildren_that_hide_are_ended_too(supervise):
    hide = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "        print('HIDDEN', os.getpid(), flush=True)\n"
        "        time.sleep(600)\n"
        "    os._exit(0)\n"
        "time.sleep(600)\n"
    )
    process = supervise(hide)
    hidden = int(read_until(process, "HIDDEN").split("HIDDEN")[1])
    assert is_alive(hidden)
    process.terminate()
    assert process.wait(60) == 0
    eventually(lambda: not is_alive(hidden))


def test_a_program_that_ignores_the_signal_is_killed(supervise):
    process = supervise(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    read_until(process, "deaf")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def test_a_killed_supervisor_leaves_no_program_behind(supervise):
    process = supervise("import os, time; print('PROGRAM', os.getpid(), flush=True); time.sleep(600)")
    program = int(read_until(process, "PROGRAM").split("PROGRAM")[1])
    assert is_alive(program)
    process.kill()
    eventually(lambda: not is_alive(program))


def test_a_loud_program_loses_no_line(supervise):
    process = supervise("for n in range(20000): print(n)\nprint('END', flush=True)\nimport time; time.sleep(60)")
    said = read_until(process, "END")
    numbers = [line.partition("| ")[2] for line in said.splitlines()]
    assert numbers == [*map(str, range(20000)), "END"]


def priorities(said: str) -> dict[str, str]:
    """Return what each program said of itself, by its name."""
    return {line.split(" | ")[0].strip(): line.split(" | ")[1].strip() for line in said.splitlines() if " | " in line}


def test_a_nice_program_leaves_the_processor_to_other_sessions_too(supervise):
    tell = (
        "import os, pathlib, time; group = pathlib.Path('/proc/self/autogroup'); "
        "print(os.nice(0), group.read_text().split()[-1] if group.exists() else os.nice(0), flush=True); time.sleep(60)"
    )
    process = supervise(tell, f"{tell}  # nice", f"{tell}  # nice")
    said: dict[str, str] = {}
    while len(said) < 3:
        said |= priorities(process.stdout.readline())
    assert [said[name] for name in "012"] == ["0 0", "7 7", "7 7"]
