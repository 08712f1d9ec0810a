"""Notifications about new results of saved searches."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, QuerySet
from django.utils.html import escape
from django.utils.translation import ngettext

from community.accounts.models import User
from community.common.subqueries import MOST_COUNTED, CountUpTo, looked_up, not_looked_up
from community.common.templatetags.ui import up_to
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.notifications.querysets import as_member
from community.notifications.topics import Topic
from community.notifications.verbs import Kind, Target, Verb, register_kind, register_verb
from community.saved.models import NewResult, SavedSearch
from community.search.registry import Finder, Source, known

VERB = "search_results"
KIND = "saved_search"
MOST_TOLD = MOST_COUNTED - 1


def register() -> None:
    register_verb(Verb(VERB, "", "search", Topic.SEARCHES, sentence_of_note=_sentence))
    register_kind(Kind(KIND, searches, _search))


def key_of(pk: int) -> str:
    """Return the key of a saved search's notification: it has one at most."""
    return f"search:{pk}"


def searches(reader: Reader) -> QuerySet[SavedSearch]:
    """Return one's own searches, with the number of new results that one sees no more; none of which all are gone."""
    if not reader.is_authenticated:
        return SavedSearch.objects.none()
    new = NewResult.objects.filter(search=OuterRef("pk"))
    there = new.filter(_is_there(as_member(reader)))
    rows = SavedSearch.objects.filter(not_looked_up(new) | looked_up(there), owner=reader)
    return rows.annotate(gone=CountUpTo(new) - CountUpTo(there))


def _is_there(person: User) -> Q:
    """Match the results that this person still sees, whoever wrote them."""
    return reduce(or_, (_is_there_of(source, person) for source in known().values()))


def _is_there_of(source: Source | Finder, person: User) -> Q:
    rows = source.visible(person).filter(pk=OuterRef("object_id"))
    if isinstance(source, Source) and source.author:
        rows = rows.filter(met_by(person, source.author))
    return Q(kind=source.kind) & looked_up(rows)


def _search(search: SavedSearch) -> Target:
    return Target(search.get_absolute_url(), escape(str(search)), gone=search.gone)  # type: ignore[attr-defined]


def _sentence(note: str, target: Target) -> str:
    """Return the sentence for a number of results, in which the title is still to be put."""
    count = max(1, int(note) - target.gone)
    sentence = ngettext("{count} new result for {title}", "{count} new results for {title}", count)
    return sentence.replace("{count}", up_to(count, MOST_TOLD))
