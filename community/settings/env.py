"""Typed environment variables; reports all errors at once."""

import difflib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from community.common.push_keys import fresh_push_key, is_push_key

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
# Pages read few rows by key. PostgreSQL's default supposes a disk with moving heads, and would rather read
# whole tables. To compile a query takes longer than any of ours runs. `?options=` in a URL replaces both.
POSTGRES_OPTIONS = {"options": "-c random_page_cost=1.1 -c jit=off"}
# A host that is lost says nothing. Linux waits a quarter of an hour for it to take a query, two hours for its answer.
# With these, both are over after ten or twenty seconds.
LOST_HOSTS = {"tcp_user_timeout": "10000", "keepalives_idle": "10", "keepalives_interval": "5"}
# A connection keeps the plans of those queries of `common/prepared.py` that it has run so often.
PREPARED = {"prepare_threshold": 5}
_ORIGIN = re.compile(r"https?://(?:[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_HOST = re.compile(r"\*|\.?[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}|\[[0-9A-Fa-f:.]{2,45}\]", re.ASCII)
_REDIS = re.compile(r"rediss?://[^\s/]{1,500}(?:/[0-9]{0,4})?(?:\?\S{0,500})?|unix://\S{1,500}", re.ASCII)
_MAIL_ADDRESS = re.compile(r"[a-z0-9._-]{1,15}@[a-z0-9.-]{1,200}")
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})
PREFIX = "CHAINRULE_"
ALMOST = 0.85  # HOST and HOSTS are alike, TEST_REDIS_URL and REDIS_URL are not


class Env:
    """Reads `CHAINRULE_*` variables; errors are collected and raised together by `finish()`."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._missing: list[str] = []
        self._wrong: list[str] = []
        self._names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self._names.add(name)
        return self._environ.get(name, default)

    def required(self, name: str) -> str:
        """Return the variable, or record an error and return an empty string."""
        value = self.text(name).strip()
        if not value:
            self._missing.append(name)
        return value

    def integer(self, name: str, default: int) -> int:
        return self._read(name, default, int, "a whole number")

    def number(self, name: str, default: float) -> float:
        return self._read(name, default, float, "a number")

    def flag(self, name: str, default: bool = False) -> bool:
        return self._read(name, default, _flag, "yes or no")

    def words(self, name: str, default: str = "") -> list[str]:
        """Return a comma-separated list without blanks."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Return one of several words in capital letters."""
        value = self.text(name).strip().upper() or default
        if value not in choices:
            self.reject(f"{name} must be one of {', '.join(choices)}, not {value[:40]!r}")
            return default
        return value

    def hosts(self, name: str) -> list[str]:
        """Return host names, at least one, each without a scheme or a port; `.example.org` includes subdomains."""
        found = self.words(name)
        if not found:
            self._missing.append(name)
        for host in found:
            if not _HOST.fullmatch(host):
                self.reject(f"{name} must be names such as chainrule.example, separated by commas, not {host[:80]!r}")
        return found

    def redis(self, name: str) -> str:
        """Return the required URL of a Redis."""
        value = self.required(name)
        if value and not _REDIS.fullmatch(value):
            self.reject(f"{name} must be redis://host:port/number")
        return value

    def origin(self, name: str, default: str) -> str:
        """Return a scheme and a host, such as `https://chainrule.example`, without a slash at the end."""
        value = self.text(name, default).strip().rstrip("/")
        if not _ORIGIN.fullmatch(value):
            self.reject(f"{name} must be a scheme and a host, such as https://chainrule.example")
        return value

    def mail_address(self, name: str, default: str = "") -> str:
        """Return an email address whose name has room for a token after it, or an empty string."""
        value = self.text(name, default).strip().lower()
        if value and not _MAIL_ADDRESS.fullmatch(value):
            self.reject(
                f"{name} must be an address such as reply@chainrule.example, with at most 15 characters before @"
            )
        return value

    def push_key(self, name: str) -> str:
        """Return a private key of P-256 in base64url, or an empty string."""
        value = self.text(name).strip()
        if value and not is_push_key(value):
            self.reject(f"{name} must be a key as `manage.py push_key` prints it")
        return value

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name) or default).expanduser().absolute()

    def database(self, name: str) -> dict[str, Any]:
        """Return a DATABASES entry from a required `postgresql://` URL."""
        address = self.required(name)
        if not address:
            return {}
        entry = postgres_from_url(address)
        if not entry:
            self._wrong.append(f"{name} must be postgresql://user:password@host:port/database")
        return entry

    def databases(self, name: str) -> list[dict[str, Any]]:
        """Return a DATABASES entry for each of several `postgresql://` URLs, separated by spaces; [] without any."""
        entries = [postgres_from_url(address) for address in self.text(name).split()]
        if not all(entries):
            self._wrong.append(f"{name} must be URLs as postgresql://user:password@host:port/database")
        return [entry for entry in entries if entry]

    def reject(self, message: str) -> None:
        """Record an error found by the settings module."""
        self._wrong.append(message)

    def misspelt(self) -> dict[str, str]:
        """Return the variables that nobody reads but are almost named as one that is read, and that one."""
        known = {name.removeprefix(PREFIX): name for name in self._names if name.startswith(PREFIX)}
        others = sorted(name for name in self._environ if name.startswith(PREFIX) and name not in self._names)
        close = {name: difflib.get_close_matches(name.removeprefix(PREFIX), known, 1, ALMOST) for name in others}
        return {name: known[found[0]] for name, found in close.items() if found}

    def finish(self) -> None:
        """Exit with one sentence, and without a traceback, if anything was missing or invalid."""
        problems = list(self._wrong)
        if self._missing:
            problems.insert(0, "set " + ", ".join(dict.fromkeys(self._missing)))
        self._wrong, self._missing = [], []  # they are reported once, also when another module reads on
        if problems:
            raise SystemExit("Chainrule is not fully configured: " + "; ".join(problems) + " (see docs/operating.md).")

    def _read[T](self, name: str, default: T, convert: Callable[[str], T], expected: str) -> T:
        raw = self.text(name).strip()
        if not raw:
            return default
        try:
            return convert(raw)
        except ValueError:
            self._wrong.append(f"{name} must be {expected}, not {raw!r}")
            return default


def _flag(raw: str) -> bool:
    if raw.lower() in TRUE_WORDS:
        return True
    if raw.lower() in FALSE_WORDS:
        return False
    raise ValueError(raw)


def postgres_from_url(address: str) -> dict[str, Any]:
    """Parse `postgresql://user:password@host:port/name?sslmode=…` into a DATABASES entry, or {} if invalid.

    `prepares=no` is for a pooler that gives each transaction another connection, and with it other prepared queries.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return {}
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        return {}
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    prepared = PREPARED if asked.pop("prepares", "yes").lower() in TRUE_WORDS else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": POSTGRES_OPTIONS | LOST_HOSTS | prepared | asked,
    }


def sqlite_at(path: Path) -> dict[str, Any]:
    """Return a DATABASES entry for an SQLite file with concurrent writers.

    IMMEDIATE takes the write lock when a transaction begins, so that it can wait for it; a deferred one that upgrades
    later fails at once with "database is locked".
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=33554432"
            ),
        },
    }


def push_key_at(path: Path) -> str:
    """Return the installation's key for push notifications, created on first use and readable only by its owner."""
    return _created_once(path, fresh_push_key)


def secret_key_at(path: Path) -> str:
    """Return the installation's secret key, created on first use and readable only by its owner."""
    return _created_once(path, lambda: secrets.token_urlsafe(48))


def _created_once(path: Path, make: Callable[[], str]) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(make())
    try:
        os.link(fresh, path)  # the first process wins; the others read its key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
