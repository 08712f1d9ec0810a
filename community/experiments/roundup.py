"""Section of digests: one run of a thread in the reader's feed, as a picture with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy

from bpsandbox import api
from community.accounts.models import User
from community.notifications.mail.sections import Item, Section, register
from community.rendering import readable_words
from community.social.feeds import entries_of

from . import pictures, states

MOST_READ = 20


def connect() -> None:
    register(Section(gettext_lazy("A run"), one_run, is_reason=False), place=3)


def one_run(reader: User, since: datetime) -> Sequence[Item]:
    """Return the run of the newest thread that has one with a result which everybody may see, or nothing.

    Threads by closed accounts are left out.
    """
    entries = entries_of(reader).filter(created_at__gt=since, thread__author__is_active=True)
    entries = entries.exclude(thread__lead_embed="")
    newest = entries.select_related("thread").order_by("-created_at", "-pk")[:MOST_READ]
    threads = {entry.thread.lead_embed: entry.thread for entry in reversed(newest)}
    states = api.card_states(threads, AnonymousUser()) if threads else {}
    for key in reversed(threads):
        card = states.get(key)
        if card is not None and card.has_result and card.series:
            return [_item(card, str(threads[key]))]
    return []


def _item(card: api.Card, thread: str) -> Item:
    is_written = pictures.can_write(card.words["line"])  # in the reader's language
    return Item(
        url=reverse("experiments:run", args=[card.spec_hash]),
        title=escape(card.words["title"]),
        excerpt=card.words["line"],
        by=readable_words(thread),
        picture=reverse("experiments:card-png", args=[card.spec_hash]) + ("" if is_written else "?words=none"),
        facts=states.numbers(card),
    )
