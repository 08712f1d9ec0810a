"""`./run` end to end: real processes on a temporary folder."""

import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from community.launch.locks import lock, write_pid
from community.launch.paths import ROOT
from tests.community.launch.conftest import Site, environment, run
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc")


@pytest.mark.full
def test_a_site_answers_is_told_of_and_is_not_prepared_twice(shared_site):
    assert "Preparing" not in shared_site.said()
    assert f"kill {shared_site.process.pid}" in shared_site.said()
    assert shared_site.get("healthz") == (200, "ok\n")
    eventually(lambda: shared_site.get("readyz")[0] == 200)


@pytest.mark.full
def test_the_state_is_for_its_owner_only(prepared):
    assert stat.S_IMODE(prepared.stat().st_mode) == 0o700
    assert stat.S_IMODE((prepared / "secret-key").stat().st_mode) == 0o600


def test_a_second_start_on_the_same_folder_is_refused(tmp_path):
    held = lock(tmp_path / "run.lock")
    write_pid(held)
    refused = run(var=tmp_path)
    os.close(held)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"chainrule: Chainrule is already running on {tmp_path} as process {os.getpid()}; "
        "stop it first, or set CHAINRULE_VAR to another folder.\n"
    )


@pytest.mark.full
def test_a_killed_web_process_comes_back(shared_site):
    [web] = [pid for pid in shared_site.family() if "launch.web" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(web, signal.SIGKILL)
    eventually(lambda: "web1 ended with signal SIGKILL; starting it again" in shared_site.said())
    assert shared_site.get("healthz") == (200, "ok\n")


@pytest.mark.full
def test_one_signal_ends_everything(shared_site):
    eventually(lambda: len(shared_site.family()) >= 3)  # the workers begin when the site is open
    assert shared_site.stop(signal.SIGTERM) == 0
    assert shared_site.family() == []


@pytest.mark.full
def test_ctrl_c_ends_everything_too(site):
    assert site.stop(signal.SIGINT) == 0
    assert site.family() == []


@pytest.mark.full
def test_a_killed_supervisor_leaves_nobody_behind(site):
    assert site.family()
    site.stop(signal.SIGKILL)
    eventually(lambda: site.family() == [])


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(var=tmp_path / "var", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"chainrule: Port {port} on 127.0.0.1 is in use by another program; "
        f"stop that, or choose another port with PORT={port + 1} ./run.\n"
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "web"}, "PORT is 'web', which is no port; set it to a number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT is '65536', which is no port; set it to a number from 1 to 65535."),
        ({"HOST": "192.0.2.1"}, "HOST is '192.0.2.1', which is no address of this machine; try HOST=127.0.0.1."),
        (
            {"CHAINRULE_VENV": "/nowhere"},
            "CHAINRULE_VENV is /nowhere, which is no virtual environment; make it or unset it.",
        ),
        (
            {"CHAINRULE_PYTHON": "/bin/false"},
            "CHAINRULE_PYTHON is /bin/false, which is no Python 3.12 or newer; name another or unset it.",
        ),
    ],
)
def test_a_wrong_variable_is_one_sentence(tmp_path, variables, sentence):
    refused = run(var=tmp_path / "var", **variables)
    assert (refused.returncode, refused.stderr) == (1, f"chainrule: {sentence}\n")


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    refused = run(var=tmp_path / "file" / "var")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"chainrule: {tmp_path / 'file' / 'var'} is not a folder; "
        "move that file away or set CHAINRULE_VAR to another place.\n"
    )


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    path = var / "chainrule.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        connection.execute("INSERT INTO django_migrations VALUES ('content', '9999_from_the_future')")
    before = path.read_bytes()
    refused = run(var=var)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"chainrule: {path} was made by a newer version of Chainrule (content 9999_from_the_future); "
        "update the code to that version, or set CHAINRULE_VAR to another folder.\n"
    )
    assert path.read_bytes() == before


def test_a_broken_shim_on_the_path_is_passed_over(tmp_path):
    for name in ("python3.14", "python3.13", "python3"):
        shim = tmp_path / name
        shim.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
        shim.chmod(0o755)
    done = run("--help", var=tmp_path / "var", PATH=f"{tmp_path}:{os.environ['PATH']}", CHAINRULE_VENV="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("./run")


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "--port=1"], ["bench"], ["supervise"], ["lint", "x"]])
def test_a_wrong_command_line_ends_with_status_2(tmp_path, arguments):
    refused = run(*arguments, var=tmp_path / "var")
    assert refused.returncode == 2
    assert refused.stderr.startswith("chainrule: ")
    assert refused.stderr.count("\n") == 1


def test_manage_keeps_the_persons_own_folder_and_status(tmp_path):
    code = "import os, sys; print(os.getcwd()); sys.exit(2)"
    done = run("manage", "shell", "--no-imports", "-c", code, var=tmp_path / "var")
    assert (done.returncode, done.stdout.strip().splitlines()[-1]) == (2, os.getcwd())


@pytest.mark.full
def test_a_site_that_cannot_start_ends_with_a_reason(folder):
    with pytest.raises(AssertionError) as failure:
        Site(folder, CHAINRULE_DEBUG="perhaps")
    assert "CHAINRULE_DEBUG must be yes or no, not 'perhaps'" in str(failure.value)


TRAIN = """
import sys, manage
sys.argv = ["manage.py", "train", "xor"]
manage.main()
ours = {name for name in sys.modules if name.startswith("community.")}
print(sorted(name for name in ours if not name.startswith("community.settings")), "django.urls" in sys.modules)
"""


def test_a_training_in_the_terminal_loads_the_settings_and_no_app(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    done = subprocess.run([sys.executable, "-c", TRAIN], env=environment(var), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("XOR with a 2-3-1 sigmoid network\n")
    assert done.stdout.splitlines()[-1] == "['community.common', 'community.common.push_keys'] False"  # no app either


def test_a_checkout_runs_its_own_code_from_within_another(tmp_path):
    other = tmp_path / "community" / "launch"
    other.mkdir(parents=True)
    (tmp_path / "community" / "__init__.py").touch()
    (other / "__init__.py").touch()
    (other / "__main__.py").write_text("raise SystemExit('the code of another checkout')")
    kept = environment(tmp_path / "var")
    done = subprocess.run([ROOT / "run", "--help"], cwd=tmp_path, env=kept, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_launcher_keeps_bytecode(tmp_path):
    shutil.copy(ROOT / "run", tmp_path)
    shutil.copytree(ROOT / "community" / "launch", tmp_path / "community" / "launch", ignore=lambda *_: ["__pycache__"])
    kept = environment(tmp_path / "var")
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([tmp_path / "run", "--help"], cwd=tmp_path, env=kept, stdout=subprocess.DEVNULL, check=True)
    assert list((tmp_path / "community" / "launch" / "__pycache__").glob("cli.*.pyc"))


WORKER = "import django; django.setup()"
WEB = "import community.asgi"


@pytest.mark.parametrize(
    ("code", "unneeded"),
    [
        (WORKER, {"ninja", "redis", "fontTools.subset", "celery"}),
        pytest.param(WEB, {"redis", "fontTools.subset", "celery"}, marks=pytest.mark.full),
    ],
)
def test_a_process_imports_no_large_package_that_it_does_not_need(tmp_path, code, unneeded):
    """Each would add a tenth of a second or more to every start."""
    var = tmp_path / "var"
    var.mkdir()
    ask = f"{code}\nimport sys; print(*sorted({unneeded!r} & sys.modules.keys()))"
    settings = environment(var, DJANGO_SETTINGS_MODULE="community.settings.embedded")
    done = subprocess.run([sys.executable, "-c", ask], env=settings, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
