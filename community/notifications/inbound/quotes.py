"""What the writer of a reply wrote: without the message that they answer, their signature and their device's.

One pass over the lines, in English, Chinese and what a few other languages' clients write above a quote. A quote that
the writer answers line by line is kept, and so is one that no client wrote. Code and formulas between their fences are
the writer's, whatever is in them. What cannot be told from text is kept too: too much is posted rather than too little.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

OWN, QUOTE, HEAD, EMPTY, SIGNATURE = "own", "quote", "head", "empty", "signature"
LONGEST_HEAD = 500
HEAD_LINES = 3
"""Lines over which a client breaks the line above a quote."""
SIGNATURE_LINES = 6
"""Lines of a signature whose dashes have lost their space; before more lines they divide a text."""

_HEADS = (
    ("On ", " wrote", ":"),
    ("At ", " wrote", ":"),
    ("Am ", " schrieb", ":"),
    ("Le ", " écrit", ":"),
    ("El ", " escribió", ":"),
)
_CHINESE_HEADS = ("写道：", "写道:", "寫道：", "寫道:")
_COLONS = (":", "：")
_GOES_ON = ("于", "於", "写道", "寫道", "wrote")
"""What the last line of a head begins with that a client broke before it."""
_NUMBER = re.compile(r"\d+")
_TIME = re.compile(r"\d\s?[:：时時點点h]\s?\d\d")
_ADDRESS = re.compile(r"<\s?[^<>\s@]{1,100}@[^<>\s@]{1,200}>")
_FENCE = re.compile(r" {0,3}(`{3,100}|~{3,100}|\$\$)(.{0,100})")
_SEPARATOR = re.compile(
    r"\s{0,3}(?:[-_]{2,40}(?:\s|&nbsp;)?"
    r"(?:Original Message|Forwarded message|Original|原始邮件|回复的原邮件|原邮件|转发邮件|转发的邮件)"
    r"(?:\s|&nbsp;)?[-_]{2,40}|Begin forwarded message:)\s{0,3}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_\u2014\u2015-]{20,100}")
_FIELD = re.compile(
    r"\*{0,2}(From|Sent|Date|To|Cc|Subject|发件人|发送时间|发送日期|日期|收件人|抄送|主题"
    r"|寄件者|寄件人|寄件日期|傳送時間|收件者|副本|主旨|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet|Enviado|Para|Asunto)"
    r"\*{0,2}\s?[:：]"
)
_SENDERS = frozenset({"From", "发件人", "寄件者", "寄件人", "Von", "De"})
_DEVICES = r"(?:iPhone|iPad|Mac|Android|Outlook|Windows|安卓|手机|华为|荣耀|小米|三星|HUAWEI|Xiaomi|OPPO|vivo|Samsung)"
_DEVICE = re.compile(
    r"(?:Sent from (?:my \w|Mail for|Outlook|Yahoo)|Get Outlook for|获取 ?Outlook).{0,60}"
    rf"|(?:(?:发自|发送自)(?:我的)?|来自我的) ?{_DEVICES}[^，。！？,!?]{{0,20}}"
    rf"|来自 ?{_DEVICES} ?版?(?:邮件)?"
    rf"|从(?:我的)? ?{_DEVICES}[^，。！？,!?]{{0,20}}(?:发送|发出)"
)


def own_words(text: str) -> str:
    """Return what the writer of a reply wrote."""
    lines = text.split("\n")
    fenced = _fenced(lines)
    lines = lines[: _end_before_the_original(lines, fenced)]
    kinds = _kinds(lines, fenced)
    end = _end_of_own(lines, kinds)
    first = _begin_below_one_quote(lines, kinds[:end])
    kept = [
        line for line, kind in zip(lines[first:end], kinds[first:end], strict=True) if kind not in (HEAD, SIGNATURE)
    ]
    return "\n".join(line if line.strip() else "" for line in kept).strip("\n")


def _fenced(lines: Sequence[str]) -> set[int]:
    """Return the places of lines of code and formulas, with their fences. One without an end is none."""
    found: set[int] = set()
    begin, fence = 0, ""
    for place, line in enumerate(lines):
        mark = _FENCE.fullmatch(line[:250].rstrip())
        if mark is None:
            continue
        if not fence:
            is_one = not mark[2] or (mark[1] != "$$" and "`" not in mark[2])
            begin, fence = (place, mark[1]) if is_one else (0, "")
        elif mark[1].startswith(fence) and not mark[2]:
            found.update(range(begin, place + 1))
            fence = ""
    return found


def _end_before_the_original(lines: Sequence[str], fenced: Container[int]) -> int:
    """Return the place of a client's separator, or of the block of headers of the message that is answered."""
    for place, line in enumerate(lines):
        if place in fenced:
            continue
        if _SEPARATOR.fullmatch(line[:200]) or _begins_headers(lines, place):
            return place
        if _RULE.fullmatch(line.strip()[:101]) and _begins_headers(lines, _next_filled(lines, place + 1)):
            return place
    return len(lines)


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


def _kinds(lines: Sequence[str], fenced: Container[int]) -> list[str]:
    """Return what each line is. A signature goes on to the next quote; the head of a quote may be broken over lines."""
    kinds: list[str] = []
    text = OWN
    while len(kinds) < len(lines):
        place = len(kinds)
        if place in fenced:
            kinds.append(text)
        elif lines[place].startswith(">"):
            text = OWN
            kinds.append(QUOTE)
        elif not lines[place].strip():
            kinds.append(EMPTY)
        elif size := _size_of_head(lines, place):
            text = OWN
            kinds += [HEAD] * size
            if not lines[_next_filled(lines, place + size)].startswith(">"):
                return kinds + [QUOTE] * (len(lines) - len(kinds))  # a client that marks no quotes
        else:
            text = SIGNATURE if _begins_signature(lines, place) else text
            kinds.append(text)
    return kinds


def _begins_signature(lines: Sequence[str], place: int) -> bool:
    """Return whether a signature begins here. Without their space, two dashes underline a heading or divide a text.

    So they begin one only above a few lines with nothing of the writer's below.
    """
    if lines[place] != "--":
        return lines[place] == "-- "
    if place == 0 or lines[place - 1].strip():
        return False
    below = place + 1
    while below < len(lines) and lines[below].strip() and below - place <= SIGNATURE_LINES:
        below += 1
    after = _next_filled(lines, below) if below < len(lines) else 0
    is_end = below >= len(lines) or not lines[after].strip()
    is_above_quote = not is_end and (lines[after].startswith(">") or _size_of_head(lines, after) > 0)
    return 1 < below - place <= SIGNATURE_LINES + 1 and (is_end or is_above_quote)


def _size_of_head(lines: Sequence[str], place: int) -> int:
    """Return how many lines from here are the head of a quote, 0 if it is none.

    A quote comes after it, or nothing; or it has an address in brackets, as only clients write them.
    """
    parts: list[str] = []
    while len(parts) < HEAD_LINES and place + len(parts) < len(lines):
        parts.append(lines[place + len(parts)].strip()[: LONGEST_HEAD + 1])
        if not parts[-1]:
            return 0
        if not parts[-1].endswith(_COLONS):
            continue
        after = _next_filled(lines, place + len(parts))
        is_end = place + len(parts) >= len(lines) or not lines[after].strip()
        is_above_quote = not is_end and lines[after].startswith(">")
        head = " ".join(parts)
        is_one = _is_head(head) and (is_end or is_above_quote or _ADDRESS.search(head) is not None)
        if not is_one and not (is_above_quote and _is_foreign_head(head)):
            continue
        return 0 if _begins_below(parts) else len(parts)
    return 0


def _begins_below(parts: Sequence[str]) -> bool:
    """Return whether the last of some lines are a head without those above."""
    below = [" ".join(parts[first:]) for first in range(1, len(parts))]
    return any(not each.startswith(_GOES_ON) and (_is_head(each) or _is_foreign_head(each)) for each in below)


def _is_head(words: str) -> bool:
    """Return whether words are a client's: it writes the time of the day, or an address.

    People who quote a paper write its year and its page.
    """
    if len(words) > LONGEST_HEAD or not ("@" in words or _TIME.search(words)):
        return False
    return words.endswith(_CHINESE_HEADS) or any(
        words.startswith(begin) and verb in words and words.endswith(end) for begin, verb, end in _HEADS
    )


def _is_foreign_head(words: str) -> bool:
    """Return whether words above a quote are a client's in some other language: both a day and an address."""
    return (
        len(words) <= LONGEST_HEAD
        and words.endswith(_COLONS)
        and _ADDRESS.search(words) is not None
        and len(_NUMBER.findall(words)) > 1
    )


def _end_of_own(lines: Sequence[str], kinds: Sequence[str]) -> int:
    """Return where the last line is that the writer wrote, plus one: after it are a quote and a device's line.

    A quote below a colon is the writer's, unless a client wrote that line.
    """
    end = len(lines)
    while end and (kinds[end - 1] != OWN or _DEVICE.fullmatch(lines[end - 1].strip()[:200])):
        end -= 1
    if end and lines[end - 1].rstrip().endswith(_COLONS):
        while end < len(lines) and kinds[end] in (QUOTE, EMPTY):
            end += 1
    return end


def _begin_below_one_quote(lines: Sequence[str], kinds: Sequence[str]) -> int:
    """Return where what the writer wrote begins, if all of it is below the whole message that they answer; else 0.

    A client wrote above that message, or in its first lines, whose it is.
    """
    first = kinds.index(OWN) if OWN in kinds else 0
    if QUOTE in kinds[first:]:
        return 0
    if HEAD in kinds[:first]:
        return first
    quoted = [line.lstrip("> ") for line, kind in zip(lines[:first], kinds[:first], strict=True) if kind == QUOTE]
    has_head = any(_is_head(" ".join(quoted[:size])) for size in range(1, HEAD_LINES + 1))
    return first if has_head else 0
