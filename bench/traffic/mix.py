"""A mixed load: what many visitors and members ask for, some pages far more often than others."""

from __future__ import annotations

import gzip
import random
import re
import uuid
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from bench.traffic.client import Answer, Call
from bench.traffic.forms import form_call, reply_call

WRITING = 0.02  # share of requests; the rest reads
VISITING = 0.7  # share of readers who are not signed in
ASKING_AGAIN = 0.15  # share of pages asked for with the validator of an earlier answer
HOLDING = 0.7  # share of static files asked for with one
READING = {
    "thread": 36, "list": 18, "front": 10, "article": 8, "deep thread": 6, "static": 6, "profile": 5,
    "deep list": 4, "search": 4, "feed": 3,
}  # fmt: skip
OWN = 0.08  # share of a member's pages that are about themselves
ACTS = {"reply": 50, "vote": 35, "thread": 15}
LANGUAGES = ("en", "en", "en", "en", "zh-CN,zh;q=0.9")
LOOKED_AT = 0.2  # share of pages of which it is checked that they are their reader's
OWN_MENU = re.compile(rb'class="menu-head"><b>[^<]*</b><span class="soft">@([^<]+)<')
STATIC = re.compile(rb"(?:href|src)=\"(/(?:static|fonts)/[^\"?#]+)\"")


class Mix:
    """Draws requests. The same seed draws the same ones, but for what answers add: validators and static files.

    Within a kind of page, popularity falls with the rank as in Zipf's law: the hundredth page gets a hundredth of the
    requests of the first.
    """

    def __init__(self, catalogue: dict[str, Any], port: int, seed: int = 1) -> None:
        self.port, self.chance = port, random.Random(seed)
        self.paths: dict[str, Sequence[str]] = catalogue["mix"] | {"static": []}
        self.handles: dict[str, str] = catalogue["members"]
        self.members = list(self.handles)
        self.threads: Sequence[int] = catalogue["threads"]
        self.votable: Sequence[int] = catalogue["votable"]
        self.validators: dict[tuple[str, str, str], str] = {}
        self.written = 0
        self.mistaken: list[str] = []

    def learn_static(self, page: Answer) -> None:
        """Take the files that a page names as the static ones."""
        self.paths = dict(self.paths) | {"static": sorted({found.decode() for found in STATIC.findall(page.body)})}

    def next_call(self) -> Call:
        if self.chance.random() < WRITING:
            return self._writing(self.chance.choice(self.members))
        cookie = "" if self.chance.random() < VISITING else self.chance.choice(self.members)
        return self._reading(cookie)

    def heard(self, call: Call, answer: Answer) -> None:
        """Keep the validator of an answer for a later request of the same reader, and look whose page it is."""
        if call.method == "GET" and answer.status == 200 and (tag := answer.header("ETag")):
            self.validators[self._reader_of(call)] = tag
        if answer.status == 200 and self.chance.random() < LOOKED_AT and "text/html" in answer.header("Content-Type"):
            self._look(call, answer)

    def _look(self, call: Call, answer: Answer) -> None:
        """Note a page that was made for somebody else: its menu names its reader, a visitor has none."""
        is_packed = answer.header("Content-Encoding") == "gzip"
        found = OWN_MENU.search(gzip.decompress(answer.body) if is_packed else answer.body)
        named = found[1].decode() if found else ""
        wanted = self.handles.get(dict(call.headers).get("Cookie", ""), "")
        if named != wanted:
            self.mistaken.append(f"{call.path} for {wanted or 'a visitor'} names {named or 'nobody'}")

    def _reading(self, cookie: str) -> Call:
        kinds = [kind for kind in READING if self.paths[kind]]
        kind = self.chance.choices(kinds, [READING[kind] for kind in kinds])[0]
        if cookie and self.chance.random() < OWN:
            kind = "own"
        path = self.paths[kind][self._rank(len(self.paths[kind]))]
        language = LANGUAGES[crc32(cookie.encode()) % len(LANGUAGES)] if cookie else self.chance.choice(LANGUAGES)
        headers = [("Accept-Encoding", "gzip"), ("Accept-Language", language)]
        headers += [("Cookie", cookie)] if cookie else []
        call = Call(f"{kind}, member" if cookie and kind != "static" else kind, path, tuple(headers))
        again = HOLDING if kind == "static" else ASKING_AGAIN
        tag = self.validators.get(self._reader_of(call), "")
        if tag and self.chance.random() < again:
            return call._replace(headers=(*call.headers, ("If-None-Match", tag)))
        return call

    def _writing(self, cookie: str) -> Call:
        self.written += 1
        act = self.chance.choices(list(ACTS), list(ACTS.values()))[0]
        if act == "vote" and self.votable:
            post = self.votable[self._rank(len(self.votable))]
            value = str(self.chance.choice((1, 1, 1, 0, -1)))
            return form_call("a vote", self.port, f"/posts/{post}/vote/", cookie, {"value": value})
        if act == "thread":
            return form_call("a new thread", self.port, "/write/", cookie, self._thread())
        thread = self.threads[self._rank(len(self.threads))]
        return reply_call(self.port, thread, cookie, self.written)._replace(kind="a reply")

    def _thread(self) -> dict[str, str]:
        return {
            "kind": "discussion",
            "title": f"A thread of the mixed load, number {self.written}",
            "source": f"Something to talk about with $x_{self.written}$ in it.",
            "category": "cat-1",
            "tags": "tag-1 tag-2",
            "submission": str(uuid.uuid4()),  # not drawn: a second load of the same community would send the same ones
        }

    def _rank(self, count: int) -> int:
        """Return a place from 0: log-uniform, which is Zipf's law with exponent 1."""
        return min(count - 1, int((count + 1) ** self.chance.random()) - 1)

    @staticmethod
    def _reader_of(call: Call) -> tuple[str, str, str]:
        headers = dict(call.headers)
        return call.path, headers.get("Cookie", ""), headers.get("Accept-Language", "")
