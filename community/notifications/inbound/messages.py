"""Messages as they come: broken, huge or hostile, read within limits.

The headers are read alone first. The rest is parsed only for who has a valid address to write to.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings

from community.common.invisible import CONTROL, SURROGATE
from community.common.text import NEWLINES
from community.notifications.inbound.html import as_text

READ_BYTES = 2_000_000
"""What is beyond is not read: attachments, which come after the text."""
MOST_LINES = 40_000
"""Parsing takes its time by the line. A file of READ_BYTES has fewer of them, as clients encode it."""
HEADER_BYTES = 200_000
LONGEST_HEADER = 4_000
MOST_HEADERS = 20  # of one name
MOST_ADDRESSES = 50
MOST_BOUNDARIES = 20
"""Each line of a part is compared with those of all around it."""
MOST_PARTS = 100
MOST_HOPS = 50
LONGEST_TEXT = 200_000

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r\n?|\n")
# As a parameter, after a semicolon: people who write of decision boundaries do so in code too.
_BOUNDARY = re.compile(rb";[\s\x1c-\x1f]*boundary[\s\x1c-\x1f]*[*=]", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}>")  # visible ASCII: an answer repeats it
_TEXT_CODECS = ("utf-8", "utf-16", "utf-32", "ascii", "iso8859", "iso2022", "cp", "gb", "big5", "hz", "euc", "shift",
                "koi8", "mac")  # fmt: skip
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_BY_MACHINES = ("List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Loop")
_SUBJECTS = ("automatic reply:", "autoreply:", "auto-reply:", "auto reply:", "auto:", "out of office", "自动回复",
             "自動回覆", "自動返信", "automatische antwort:", "réponse automatique",
             "respuesta automática")  # fmt: skip
_DAEMONS = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@")


class Unreadable(Exception):
    """No message, or one that would take too long to parse."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a message. It `is_cut` if not all of it was read or kept."""

    words: str
    has_attachments: bool
    is_cut: bool


def within_limits(raw: bytes) -> tuple[bytes, bool]:
    """Return as much of a message as is parsed, and whether there is more of it."""
    read = raw[:READ_BYTES]
    last = next(islice(_LINE_END.finditer(read), MOST_LINES - 1, None), None)
    kept = read if last is None else read[: last.end()]
    return kept, len(kept) < len(raw)


def headers_of(raw: bytes) -> Message:
    """Parse the headers alone."""
    head = raw[:HEADER_BYTES]
    end = _END_OF_HEADERS.search(head)
    try:
        return BytesHeaderParser(policy=compat32).parsebytes(head[: end.start()] if end else head)
    except Exception as error:  # the parser raises many kinds
        raise Unreadable from error


def header(message: Message, name: str) -> str:
    """Return a header on one line; empty if it is missing."""
    return next(iter(all_headers(message, name)), "")


def all_headers(message: Message, name: str) -> list[str]:
    found = (message.get_all(name) or [])[:MOST_HEADERS]
    return [" ".join(str(value)[:LONGEST_HEADER].split()) for value in found]


def sender_of(message: Message) -> str:
    """Return the address of who wrote a message; empty if it names nobody, or more than one."""
    named = _addresses(all_headers(message, "From"))
    return named[0] if len(named) == 1 and len(message.get_all("From") or []) == 1 else ""


def recipients_of(message: Message) -> list[str]:
    """Return the addresses that a message was sent to, those first that the receiving server noted."""
    return _addresses(line for name in _DELIVERED for line in all_headers(message, name))[:MOST_ADDRESSES]


def _addresses(lines: Iterable[str]) -> list[str]:
    try:
        return [address for _name, address in getaddresses(list(lines))]
    except Exception:  # RecursionError, for nested comments
        return []


def message_id(message: Message) -> str:
    found = _MESSAGE_ID.search(header(message, "Message-ID"))
    return found[0] if found else ""


def is_automatic(message: Message) -> bool:
    """Return whether a program wrote a message, or it is one of ours or goes round in circles: nobody answers it."""
    if header(message, "Auto-Submitted").lower() not in ("", "no"):
        return True
    if header(message, "Precedence").lower() in _BULK or any(message.get(name) for name in _BY_MACHINES):
        return True
    if header(message, "Return-Path") == "<>" or message.get_content_type() == "multipart/report":
        return True
    if _is_ours(message_id(message)) or _subject(message).lower().startswith(_SUBJECTS):
        return True
    return sender_of(message).lower().startswith(_DAEMONS) or len(message.get_all("Received") or []) > MOST_HOPS


def _is_ours(named: str) -> bool:
    """Return whether a message has the id of a letter or digest. Others of the same host may be by people."""
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    return named.startswith(("<notification-", "<digest-")) and named.endswith(f"@{host}>")


def _subject(message: Message) -> str:
    try:
        return str(make_header(decode_header(header(message, "Subject"))))
    except Exception:  # of a broken header
        return ""


def parsed(raw: bytes) -> Message:
    """Parse a whole message. Raises Unreadable for one that has more nested parts than people send."""
    if len(_BOUNDARY.findall(raw)) > MOST_BOUNDARIES:
        raise Unreadable
    try:
        return BytesParser(policy=compat32).parsebytes(raw)
    except Exception as error:  # the parser raises many kinds, RecursionError among them
        raise Unreadable from error


def leaves(message: Message) -> list[Message]:
    """Return the parts that have no parts, in order; a forwarded message is one of them."""
    waiting = [message]
    found: list[Message] = []
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting += reversed([each for each in inner if isinstance(each, Message)])
        else:
            found.append(part)
    return found


def text_of(raw: bytes, *, is_cut: bool) -> Text:
    """Return the text of a message: its plain parts, or what its HTML says. `is_cut` says that there is more of it."""
    parts = leaves(parsed(raw))
    attached = [part for part in parts if _is_attached(part)]
    plain = [part for part in parts if part.get_content_type() == "text/plain" and part not in attached]
    html = [part for part in parts if part.get_content_type() == "text/html" and part not in attached]
    words = "\n\n".join(map(_plain_words, plain)).strip()
    used = plain if words else html
    if not words:
        words = "\n\n".join(as_text(_decoded(part)) for part in html)
    is_last_cut = is_cut and bool(parts) and parts[-1] in used
    has_attachments = bool(attached) or any(part.get_content_maintype() == "message" for part in parts)
    return Text(_storable(words[:LONGEST_TEXT]), has_attachments, is_last_cut or len(words) > LONGEST_TEXT)


def _is_attached(part: Message) -> bool:
    """Return whether a part is a file: some clients show one among the text, and say `inline` of it."""
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:  # of a broken header
        return False


def _plain_words(part: Message) -> str:
    words = NEWLINES.sub("\n", _decoded(part))
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _unflowed(words, str(part.get_param("delsp", "")).lower() == "yes") if is_flowed else words


def _unflowed(words: str, deletes_space: bool) -> str:
    """Join the lines that a client broke to send them (RFC 3676): they end in a space."""
    pieces: list[str] = []
    goes_on = False
    for line in words.split("\n"):
        shown = line[1:] if line.startswith(" ") else line
        if pieces:
            pieces.append("" if goes_on and not shown.startswith(">") else "\n")
        goes_on = shown.endswith(" ") and shown != "-- " and not shown.startswith(">")
        pieces.append(shown[:-1] if goes_on and deletes_space else shown)
    return "".join(pieces)


def _decoded(part: Message) -> str:
    """Return a part's text, whatever it says of its encoding."""
    try:
        payload = part.get_payload(decode=True)
        named = str(part.get_content_charset("ascii"))
    except Exception:  # of a broken header
        payload, named = part.get_payload(), "ascii"
    raw = payload if isinstance(payload, bytes) else str(payload or "").encode("utf-8", "replace")
    guesses = ("utf-8",) if named == "utf-8" else ("utf-8", "gb18030")
    for charset in (*_text_codec(named), *guesses):
        try:
            return raw.decode(charset)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def _text_codec(named: str) -> Iterable[str]:
    """Yield a codec that is for text, and the larger one that clients mean; `idna` and its kin take long."""
    try:
        name = codecs.lookup(named).name
    except (LookupError, ValueError, UnicodeError):
        return
    if name in {"gb2312", "gbk"}:
        name = "gb18030"
    if name.startswith(_TEXT_CODECS):
        yield name


def _storable(words: str) -> str:
    return SURROGATE.sub("\ufffd", CONTROL.sub("", NEWLINES.sub("\n", words)))
