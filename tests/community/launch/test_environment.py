import errno
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from community.launch import stop
from community.launch.environment import STAMP, Environment
from community.launch.stop import Stop, failure_line, require_space, writing_to
from tests.conftest import missing


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def nothing(tmp_path):
    """Requirements that install nothing and need no network."""
    path = tmp_path / "requirements.txt"
    path.write_text("# nothing\n")
    return path


@pytest.fixture
def links(tmp_path):
    """Requirements with one small wheel that need no network."""
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: links\nVersion: 1\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "links.py,,\nlinks-1.dist-info/METADATA,,\nlinks-1.dist-info/WHEEL,,\nlinks-1.dist-info/RECORD,,\n",
    }
    wheel = tmp_path / "links-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("links.py", "COUNT = 9\n")
        for name, text in about.items():
            packed.writestr(f"links-1.dist-info/{name}", text)
    path = tmp_path / "links.txt"
    path.write_text(f"{wheel}\n")
    return path


@pytest.fixture(params=["venv", pytest.param("uv", marks=pytest.mark.full)])
def way(request, monkeypatch):
    """Create environments both with and without uv on PATH."""
    if request.param == "venv":
        without = [folder for folder in os.get_exec_path() if not shutil.which("uv", path=folder)]
        monkeypatch.setenv("PATH", os.pathsep.join(without))
    elif uv := os.environ.get("CHAINRULE_TEST_UV") or shutil.which("uv"):
        monkeypatch.setenv("PATH", os.pathsep.join([str(Path(uv).parent), *os.get_exec_path()]))
    else:
        missing("there is no uv")


def has_links(environment):
    done = subprocess.run([environment.python, "-I", "-c", "import links; print(links.COUNT)"], capture_output=True)
    return done.stdout == b"9\n"


def test_an_environment_is_made_once_and_mended_when_it_was_cut_short(way, var, links, capsys):
    made = Environment("env", (links,))
    made.ensure()
    assert has_links(made)
    made.ensure()
    assert capsys.readouterr().err.count("Installing") == 1
    (made.folder / STAMP).unlink()  # as if the power had failed during an install
    shutil.rmtree(made.folder / "lib")
    made.ensure()
    assert has_links(made)
    assert capsys.readouterr().err.count("Installing") == 1


def test_a_python_without_venv_is_one_sentence(var, nothing, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        Stop, match=r"has no venv module; install it \(on Debian and Ubuntu: apt install python3-venv\)"
    ):
        Environment("env", (nothing,), str(python)).ensure()


def test_requirements_that_do_not_exist_are_one_sentence(way, var, tmp_path):
    wrong = tmp_path / "requirements.txt"
    wrong.write_text("./nowhere-at-all\n")
    with pytest.raises(Stop, match=r"Installing the requirements failed: .*nowhere-at-all"):
        Environment("env", (wrong,)).ensure()
    assert not (var / "env" / STAMP).exists()


def test_a_full_disk_is_noticed_before_anything_is_written(var, nothing, monkeypatch):
    monkeypatch.setattr(stop.shutil, "disk_usage", lambda place: SimpleNamespace(free=3 * 2**20))
    with pytest.raises(Stop) as refused:
        Environment("env", (nothing,)).ensure()
    assert str(refused.value) == (
        f"The disk that holds {var} is full (3 MB free); "
        "free some space or set CHAINRULE_VAR to a folder on another disk."
    )
    assert not (var / "env").exists()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EACCES, "cannot be written by this user"),
        (errno.EROFS, "cannot be written by this user"),
        (errno.ENOTDIR, "is not a folder"),
    ],
)
def test_the_errors_of_a_disk_are_sentences(tmp_path, number, words):
    with pytest.raises(Stop, match=words), writing_to(tmp_path):
        raise OSError(number, os.strerror(number))


def test_another_error_stays_what_it_is(tmp_path):
    with pytest.raises(OSError, match="Interrupted"), writing_to(tmp_path):
        raise OSError(errno.EINTR, "Interrupted")


def test_space_is_asked_of_the_disk_that_will_hold_the_folder(tmp_path):
    require_space(tmp_path / "not" / "yet" / "there", 1)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("a\nERROR: No matching distribution found\n\nhint\n", "ERROR: No matching distribution found"),
        ("Traceback\n  x\nsqlite3.OperationalError: disk I/O error\n", "sqlite3.OperationalError: disk I/O error"),
        ("only this\n\n", "only this"),
        ("", "no output"),
    ],
)
def test_the_reason_is_found_in_what_a_program_said(output, words):
    assert failure_line(output) == words
