"""Virtual environments, created once and again when requirements change or creation was interrupted."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from community.launch.locks import lock
from community.launch.paths import var
from community.launch.stop import Stop, failure_line, full_sentence, make_writable, require_space, writing_to

STAMP = "chainrule-stamp"
BASE_PYTHON: str = getattr(sys, "_base_executable", None) or sys.executable
HAS_ITS_PACKAGES = (
    "import os, sys; v = sys.version_info; "
    "sys.exit(not os.path.isdir(os.path.join(sys.prefix, 'lib', f'python{v[0]}.{v[1]}', 'site-packages')))"
)
NEEDED_MEGABYTES = 600


@dataclass(frozen=True)
class Environment:
    """A virtual environment below `var`, its requirements and its base Python."""

    name: str
    requirements: tuple[Path, ...]
    base_python: str = BASE_PYTHON

    @property
    def folder(self) -> Path:
        return var() / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def log(self) -> Path:
        return var() / f"{self.name}-install.log"

    def ensure(self) -> Path:
        """Return the environment's Python, creating or repairing the environment if needed."""
        if self._is_ready():
            return self.python
        make_writable(var())
        held = lock(var() / "install.lock", wait=True)
        try:
            if not self._is_ready():
                self._make()
        finally:
            os.close(held)
        return self.python

    def _is_ready(self) -> bool:
        try:
            return (self.folder / STAMP).read_text() == self._stamp() and _runs(str(self.python), HAS_ITS_PACKAGES)
        except OSError:
            return False

    def _stamp(self) -> str:
        """Return a fingerprint of the folder and the requirements."""
        parts = [str(self.folder), *(path.read_text(encoding="utf-8") for path in self.requirements)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _make(self) -> None:
        require_space(var(), NEEDED_MEGABYTES if not self.folder.exists() else NEEDED_MEGABYTES // 4)
        report(f"Installing the requirements into {self.folder} (once; this takes a minute or two) …")
        with writing_to(var()):
            if not (self.folder / STAMP).exists() or not _runs(str(self.python), HAS_ITS_PACKAGES):
                shutil.rmtree(self.folder, ignore_errors=True)
                self.log.unlink(missing_ok=True)
                self._create()
            (self.folder / STAMP).unlink(missing_ok=True)
            self._install()
            (self.folder / STAMP).write_text(self._stamp())

    def _create(self) -> None:
        if uv := shutil.which("uv"):
            self._call([uv, "venv", "--python", self.base_python, str(self.folder)])
        elif _runs(self.base_python, "import ensurepip, venv"):
            self._call([self.base_python, "-m", "venv", str(self.folder)])
        else:
            raise Stop(
                f"{self.base_python} has no venv module; install it "
                "(on Debian and Ubuntu: apt install python3-venv) or install uv, and start again."
            )

    def _install(self) -> None:
        files = [argument for path in self.requirements for argument in ("-r", str(path))]
        if uv := shutil.which("uv"):
            self._call([uv, "pip", "install", "--python", str(self.python), *files])
        else:
            quiet = ("--disable-pip-version-check", "--no-input", "--no-compile")
            self._call([str(self.python), "-m", "pip", "install", *quiet, *files])
            subprocess.run([self.python, "-m", "compileall", "-q", "-j", "0", self.folder / "lib"], **QUIET)

    def _call(self, command: list[str]) -> None:
        """Run one step with its output in the log. Raises Stop with the reason if it fails."""
        environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        environment.setdefault("UV_SYSTEM_CERTS", "true")  # a proxy's certificate is known to the system, not to uv
        with self.log.open("ab") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        if done.returncode:
            raise Stop(self._why())

    def _why(self) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace")[-20000:]
        if "No space left on device" in text or "Disk quota exceeded" in text:
            return full_sentence(var())
        if any(sign in text for sign in ("NewConnectionError", "Name or service not known", "ConnectTimeout")):
            return f"The requirements could not be downloaded; check the network and start again (details: {self.log})."
        return f"Installing the requirements failed: {failure_line(text)} (details: {self.log})"


QUIET: dict = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class ExternalEnvironment(Environment):
    """An externally managed environment, named by CHAINRULE_VENV."""

    @property
    def folder(self) -> Path:
        return Path(os.environ["CHAINRULE_VENV"]).expanduser().absolute()

    def ensure(self) -> Path:
        if not _runs(str(self.python), HAS_ITS_PACKAGES):
            raise Stop(f"CHAINRULE_VENV is {self.folder}, which is no virtual environment; make it or unset it.")
        return self.python


def environment(name: str, *requirements: Path, base_python: str = BASE_PYTHON) -> Environment:
    """Return the environment to use: the one named by CHAINRULE_VENV, else our own."""
    kind = ExternalEnvironment if os.environ.get("CHAINRULE_VENV") else Environment
    return kind(name, requirements, base_python)


def report(text: str) -> None:
    """Print progress to stderr; stdout belongs to the command that follows."""
    print(text, file=sys.stderr, flush=True)


def _runs(python: str, code: str) -> bool:
    try:
        return subprocess.run([python, "-I", "-c", code], **QUIET).returncode == 0
    except OSError:
        return False
