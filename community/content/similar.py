"""Threads like a question that is being asked, by the words and formulas of its title and the formulas and configs of
its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from community.content import embeds
from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader
from community.content.texts import TITLE_LENGTH
from community.mutes.selectors import met_by
from community.search import formulas
from community.search.alike import alike
from community.search.tokens import Term, query_terms

MOST = 5
MOST_OTHERS = 3
CANDIDATES = 60  # of which the asker may not see some
LEAST = 0.5
LONGEST = 20_000  # characters of a draft that are read
MOST_FORMULAS, SMALLEST = 6, 5
MOST_NAMES = 8
NAME = re.compile(r"\b(?:name|type|activation|dataset|loss|optimizer)\s*:\s*[\"']?([A-Za-z_]\w{1,30})")
OTHERS = (Kind.DISCUSSION, Kind.ARTICLE, Kind.NOTE)
ANYWHERE = frozenset({"Linear", "Flatten"})  # in nearly every config


def similar_threads(title: str, asker: Reader, draft: str = "") -> list[Thread]:
    """Return public threads by people whom the asker meets: questions, then others, each the most alike first."""
    found = _found(title, asker, draft, [Kind.QUESTION, *OTHERS])
    questions = [thread for thread in found if thread.kind == Kind.QUESTION]
    others = [thread for thread in found if thread.kind != Kind.QUESTION]
    return [*questions[:MOST], *others[:MOST_OTHERS]]


def similar_questions(title: str, asker: Reader, draft: str = "", *, to: Thread) -> list[Thread]:
    """Return the questions alone, but the one that they are similar `to`."""
    return [thread for thread in _found(title, asker, draft, [Kind.QUESTION]) if thread != to][:MOST]


def _found(title: str, asker: Reader, draft: str, kinds: Sequence[Kind]) -> list[Thread]:
    words, _formulas = formulas.of_query(title[:TITLE_LENGTH])
    beside = _evidence(f"{title}\n\n{draft}")
    keys = [each.object_id for each in alike(words or title, kinds, CANDIDATES, least=LEAST, beside=beside)]
    if not keys:
        return []
    rows = Post.objects.public().filter(met_by(asker, "author"), pk__in=keys)
    found = {post.pk: post.thread for post in rows.select_related("thread").only("pk", "thread")}
    return [found[key] for key in keys if key in found]


def _evidence(draft: str) -> Term:
    """Return what a like question has one of: a formula of the draft, renamed or not, or all names of its config."""
    draft = draft[:LONGEST].replace("\r\n", "\n")
    found = [(token,) for token in formulas.largest(draft, SMALLEST, MOST_FORMULAS)]
    names = _names(draft)
    return tuple([*found, names] if len(names) > 1 else found)


def _names(draft: str) -> tuple[str, ...]:
    """Return the words of the first config's data, layers, loss and optimiser."""
    fence = re.search(
        rf"^```(?:{'|'.join(map(re.escape, embeds.fences()))})\n(.*?)(?:^```|\Z)", draft, re.DOTALL | re.M
    )
    names = [name for name in dict.fromkeys(NAME.findall(fence[1])) if name not in ANYWHERE] if fence else []
    return tuple(dict.fromkeys(token for name in names[:MOST_NAMES] for term in query_terms(name) for token in term[0]))
