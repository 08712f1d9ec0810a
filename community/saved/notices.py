"""Notifications about new results of saved searches."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.translation import ngettext

from community.common.subqueries import MOST_COUNTED
from community.common.templatetags.ui import up_to
from community.content.querysets import Reader
from community.notifications.topics import Topic
from community.notifications.verbs import Kind, Target, Verb, register_kind, register_verb
from community.saved.models import SavedSearch

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
    return SavedSearch.objects.filter(owner=reader) if reader.is_authenticated else SavedSearch.objects.none()


def _search(search: SavedSearch) -> Target:
    return Target(search.get_absolute_url(), escape(str(search)))


def _sentence(note: str) -> str:
    """Return the sentence for a number of results, in which the title is still to be put."""
    count = int(note)
    sentence = ngettext("{count} new result for {title}", "{count} new results for {title}", count)
    return sentence.replace("{count}", up_to(count, MOST_TOLD))
