"""Whether a message is by whom it says: the account's address in `From`, and what the receiving mail server found.

The site checks no signature itself: the server that took the message has the connection and the keys of that moment.
Its verdict is a header (`Authentication-Results`, RFC 8601) with a name that the operator gives. Servers remove headers
of their own name from what they take, so only the first one counts, and without a name in the settings none does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from django.conf import settings

from community.accounts.models import User
from community.notifications.inbound.messages import all_headers, sender_of

_METHOD = re.compile(r"\s*(dmarc|dkim|spf)(?:/\d{1,3})?\s*=\s*(\w{1,20})", re.IGNORECASE)
# Up to the next space: what is before the @ is chosen by the sender, and may have almost any sign.
_NAMES = {
    "dmarc": re.compile(r"(?<!\S)header\.from\s*=\s*(\S{1,300})(?!\S)", re.IGNORECASE),
    "dkim": re.compile(r"(?<!\S)header\.(?:d|i)\s*=\s*(\S{1,300})(?!\S)", re.IGNORECASE),
    "spf": re.compile(r"(?<!\S)smtp\.mailfrom\s*=\s*(\S{1,300})(?!\S)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a server found by a method: its result, and the domain that it is about, empty if it does not say."""

    method: str
    result: str
    domain: str


def is_by(person: User, message: Message) -> bool:
    """Return whether a message is by a person, as far as it can be told."""
    sender = sender_of(message)
    if not sender or sender.casefold() != person.email.casefold():
        return False
    names = [name.lower() for name in settings.MAIL_AUTHSERV_IDS]
    return not names or _is_found(message, sender.rpartition("@")[2].lower(), names)


def _is_found(message: Message, domain: str, names: list[str]) -> bool:
    """Return whether the first trusted verdict says that the domain of the sender sent the message."""
    for line in all_headers(message, "Authentication-Results"):
        server, found = findings(line)
        if server in names:
            return _passes(found, domain)
    return False


def _passes(found: list[Finding], domain: str) -> bool:
    """Return whether DMARC passed, or where it says neither yes nor no, a signature or SPF of the sender's domain."""
    policy = {each.result for each in found if each.method == "dmarc" and each.domain in ("", domain)}
    if "pass" in policy or "fail" in policy:
        return "fail" not in policy
    return any(each.result == "pass" and _is_aligned(each.domain, domain) for each in found if each.method != "dmarc")


def _is_aligned(signed: str, sender: str) -> bool:
    """Return whether a domain speaks for the sender's: it is the same one, or above it."""
    return signed == sender or ("." in signed and sender.endswith(f".{signed}"))


def findings(line: str) -> tuple[str, list[Finding]]:
    """Return the server's name, in lower case, and its findings."""
    server, *parts = _without_comments(line).split(";")
    return (server.split() or [""])[0].lower(), [found for part in parts[:50] if (found := _finding(part)) is not None]


def _finding(part: str) -> Finding | None:
    result = _METHOD.match(part)
    if result is None:
        return None
    method = result[1].lower()
    named = _NAMES[method].search(part)
    return Finding(method, result[2].lower(), named[1].lower().rpartition("@")[2] if named else "")


def _without_comments(line: str) -> str:
    """Return a header without what is in parentheses, and without what is quoted but domains need not be."""
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for char in line:
        if is_escaped:
            is_escaped = False
        elif char == "\\":
            is_escaped = True
        elif char == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif char == "(":
            depth += 1
            kept.append(" ")
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
