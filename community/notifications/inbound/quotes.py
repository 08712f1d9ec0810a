"""What the writer of a reply wrote: without the message that they answer, their signature and their device's.

One pass over the lines, in English, Chinese and what a few other languages' clients write above a quote. A quote that
the writer answers line by line is kept. What cannot be told from text is kept too: too much is posted rather than too
little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

OWN, QUOTE, HEAD, EMPTY = "own", "quote", "head", "empty"
LONGEST_HEAD = 500
HEAD_LINES = 3
"""Lines over which a client breaks the line above a quote."""

_HEADS = (
    ("On ", " wrote", ":"),
    ("Am ", " schrieb", ":"),
    ("Le ", " écrit", ":"),
    ("El ", " escribió", ":"),
)
_CHINESE_HEADS = ("写道：", "写道:", "寫道：", "寫道:")
_SEPARATOR = re.compile(
    r"\s{0,3}(?:[-_]{2,40} ?"
    r"(?:Original Message|Forwarded message|Original|原始邮件|回复的原邮件|原邮件|转发邮件|转发的邮件)"
    r" ?[-_]{2,40}|Begin forwarded message:)\s{0,3}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_\u2014\u2015-]{20,100}")
_FIELD = re.compile(
    r"\*{0,2}(From|Sent|Date|To|Cc|Subject|发件人|发送时间|发送日期|日期|收件人|抄送|主题)\*{0,2} ?[:：]"
)
_SENDERS = frozenset({"From", "发件人"})
_DEVICE = re.compile(
    r"(?:Sent from (?:my \w|Mail for|Outlook|Yahoo)|Get Outlook for|获取 ?Outlook|(?:发自|发送自|来自|从)(?:我的)? ?"
    r"(?:iPhone|iPad|Mac|Android|Outlook|Windows|安卓|手机|华为|荣耀|小米|三星|HUAWEI|Xiaomi|OPPO|vivo|Samsung)).{0,60}"
)


def own_words(text: str) -> str:
    """Return what the writer of a reply wrote."""
    lines = _without_signature(_before_the_original(text.split("\n")))
    kinds = _kinds(lines)
    end = _end_of_own(lines, kinds)
    first = _begin_below_one_quote(kinds[:end])
    kept = [line for line, kind in zip(lines[first:end], kinds[first:end], strict=True) if kind != HEAD]
    return "\n".join(line if line.strip() else "" for line in kept).strip("\n")


def _before_the_original(lines: Sequence[str]) -> list[str]:
    """Return the lines before a client's separator, or before the block of headers of the message that is answered."""
    for place, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line[:200]) or _begins_headers(lines, place):
            return list(lines[:place])
        if _RULE.fullmatch(line.strip()[:101]) and _begins_headers(lines, _next_filled(lines, place + 1)):
            return list(lines[:place])
    return list(lines)


def _begins_headers(lines: Sequence[str], place: int) -> bool:
    """Return whether a sender begins here, followed by at least two more headers."""
    first = _FIELD.match(lines[place].strip()[:40])
    if first is None or first[1] not in _SENDERS:
        return False
    return sum(bool(_FIELD.match(line.strip()[:40])) for line in lines[place : place + 5]) >= 3


def _next_filled(lines: Sequence[str], place: int) -> int:
    while place < len(lines) - 1 and not lines[place].strip():
        place += 1
    return min(place, len(lines) - 1)


def _without_signature(lines: Sequence[str]) -> list[str]:
    """Return the lines before a signature; without its space, two dashes underline a heading in Markdown."""
    for place, line in enumerate(lines):
        if line == "-- " or (line == "--" and place and not lines[place - 1].strip()):
            return list(lines[:place])
    return list(lines)


def _kinds(lines: Sequence[str]) -> list[str]:
    """Return what each line is. The head of a quote may be broken over a few lines."""
    kinds: list[str] = []
    while len(kinds) < len(lines):
        place = len(kinds)
        if lines[place].startswith(">"):
            kinds.append(QUOTE)
        elif not lines[place].strip():
            kinds.append(EMPTY)
        elif size := _size_of_head(lines, place):
            kinds += [HEAD] * size
            if not lines[_next_filled(lines, place + size)].startswith(">"):
                return kinds + [QUOTE] * (len(lines) - len(kinds))  # a client that marks no quotes
        else:
            kinds.append(OWN)
    return kinds


def _size_of_head(lines: Sequence[str], place: int) -> int:
    """Return how many lines from here are the head of a quote, 0 if it is none.

    A quote comes after it, or nothing; or it has an address, as only clients write them.
    """
    head = ""
    for size in range(1, HEAD_LINES + 1):
        if place + size > len(lines) or not lines[place + size - 1].strip():
            return 0
        head = f"{head} {lines[place + size - 1].strip()[:LONGEST_HEAD]}".strip()
        if _is_head(head):
            after = _next_filled(lines, place + size)
            is_end = place + size >= len(lines) or not lines[after].strip()
            return size if is_end or lines[after].startswith(">") or "@" in head else 0
    return 0


def _is_head(words: str) -> bool:
    if len(words) > LONGEST_HEAD:
        return False
    if words.endswith(_CHINESE_HEADS):
        return any(char.isdigit() for char in words) or "在" in words or "于" in words
    return any(words.startswith(begin) and verb in words and words.endswith(end) for begin, verb, end in _HEADS)


def _end_of_own(lines: Sequence[str], kinds: Sequence[str]) -> int:
    """Return where the last line is that the writer wrote, plus one: after it are a quote and a device's line."""
    end = len(lines)
    while end and (kinds[end - 1] != OWN or _DEVICE.fullmatch(lines[end - 1].strip()[:200])):
        end -= 1
    return end


def _begin_below_one_quote(kinds: Sequence[str]) -> int:
    """Return where what the writer wrote begins, if all of it is below the whole message that they answer; else 0."""
    first = kinds.index(OWN) if OWN in kinds else 0
    return 0 if QUOTE in kinds[first:] else first
