"""Questions like one that is being asked, by the words of its title, and by the formulas and configs of its text."""

from __future__ import annotations

import re

from community.content import embeds
from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.search import formulas
from community.search.alike import alike
from community.search.tokens import Term, query_terms

MOST = 5
CANDIDATES = 20  # of which the asker may not see some
LEAST = 0.5
LONGEST = 20_000  # characters of a draft that are read
MOST_FORMULAS, SMALLEST = 6, 5
MOST_NAMES = 8
NAME = re.compile(r"\b(?:name|type|activation|dataset|loss|optimizer)\s*:\s*[\"']?([A-Za-z_]\w{1,30})")
ANYWHERE = frozenset({"Linear", "Flatten"})  # in nearly every config


def similar_questions(title: str, asker: Reader, draft: str = "", *, to: Thread | None = None) -> list[Thread]:
    """Return public questions by people whom the asker meets, the most alike first, but the one that they are `to`."""
    keys = [each.object_id for each in alike(title, [Kind.QUESTION], CANDIDATES, least=LEAST, beside=_evidence(draft))]
    if not keys:
        return []
    rows = Post.objects.public().filter(met_by(asker, "author"), pk__in=keys)
    found = {post.pk: post.thread for post in rows.select_related("thread").only("pk", "thread")}
    return [found[key] for key in keys if key in found and found[key] != to][:MOST]


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
