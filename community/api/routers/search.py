from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from community.api import presenters
from community.api.auth import BearerOrVisitor
from community.api.schemas import FoundKind, FoundOut, Text
from community.common.pagination import list_page
from community.common.text import one_line
from community.search import selectors, sentences

router = Router(tags=["search"])
PAGE = 50


class Search(Schema):
    q: Text = ""  # of any length: what is too much of it is a sentence, as on the page
    kind: FoundKind | None = None
    cursor: Text | None = None


@router.get(
    "",
    response=FoundOut,
    auth=BearerOrVisitor(),
    summary=gettext_noop("Search"),
    description=gettext_noop(
        "Posts, people, tags and runs, best first. `q` is what the search box takes, with operators such as "
        "`tag:xor`, `is:solved` or `layer:LSTM`; `problems` are sentences about what was left out of it. An "
        "`excerpt` is HTML with the words in `<mark>`; `why` says where they are: `title`, `text`, `formula`, `tag` or "
        "`config`."
    ),
)
def search(request: HttpRequest, wish: Query[Search]) -> dict[str, Any]:
    found = selectors.find(one_line(wish.q), request.user, kind=wish.kind or "")
    order = selectors.ORDERS["relevance"]
    page = list_page(found.matches, order=order, size=PAGE, after=wish.cursor)
    results = selectors.results(page.items, found.text, request.user, is_drawn=False)
    return {
        "results": list(map(partial(presenters.found, request), results)),
        "next": page.next_cursor,
        "problems": sentences.about(found.search),
    }
