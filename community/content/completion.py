"""What the editor offers while somebody types: people after `@`, emoji after `:`, tags after `#` and in
the box for tags.

Which people and tags have such a name is kept for a minute, as keys; whether they may be named is looked up each time.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, ngettext

from community.accounts import handles
from community.accounts.columns import SHOWN_COLUMNS
from community.accounts.models import User
from community.common.prefixes import Begins
from community.content.emoji import named as emoji_named
from community.content.models import Post, Tag, Thread
from community.content.querysets import Reader
from community.content.tag_search import KIND as TAG
from community.mutes.selectors import standings
from community.search.named import named
from community.search.people import KIND as PERSON
from community.search.tokens import fold

MOST = 8
CANDIDATES = 24  # of whom some may not be named
LONGEST = 40
OF_THREAD = 200  # newest posts, whose authors come first
KEPT_SECONDS = 60


class Choice(NamedTuple):
    """One choice: `value` is written after the mark, `note` is shown beside it, `picture` and `url` are addresses."""

    value: str
    note: str
    picture: str = ""
    url: str = ""


def people(writer: User, typed: str, thread: int | None = None) -> list[Choice]:
    """Return people whom the writer can mention: whose handle is typed, those of a thread, then by handle and by name.

    Closed accounts and people whom the writer muted or blocked, or who blocked the writer, are left out.
    """
    typed = typed[:LONGEST].strip()
    near = _authors_in(writer, thread) if thread else []
    far = _kept(PERSON, typed, _people_named) if typed else []
    known = _mentionable(writer, {*near, *far})
    around = [known[pk] for pk in near if pk in known and _is_meant(known[pk], typed)]
    found = dict.fromkeys([*around, *(known[pk] for pk in far if pk in known)])
    key = handles.fold(typed)
    first = sorted(found, key=lambda person: person.handle_key != key)[:MOST]
    return [Choice(person.handle, person.display_name, person.avatar_url) for person in first]


def emoji(typed: str) -> list[Choice]:
    """Return emoji whose name in English or Chinese is typed, each with its name in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    found = emoji_named(typed[:LONGEST].strip())
    return [Choice(each.character, each.chinese[0] if is_chinese else each.names[0]) for each in found]


def tags(typed: str) -> list[Choice]:
    """Return tags in use that begin with what is typed or have such a word, the most used first.

    The tag that is typed in full is before all others.
    """
    typed = typed[:LONGEST].strip()
    keys = _kept(TAG, typed, _tags_named)
    by_synonym = Exists(Tag.objects.filter(slug=_slug(typed), synonym_of=OuterRef("pk")))
    rows = Tag.objects.used().filter(pk__in=keys).annotate(by_synonym=by_synonym)
    key = _slug(typed)
    found = sorted(
        rows,
        key=lambda tag: (
            not (tag.slug == key or tag.by_synonym),
            not tag.slug.startswith(key),
            -tag.thread_count,
            tag.slug,
        ),
    )
    return [Choice(tag.label, _tag_note(tag), url=tag.get_absolute_url()) for tag in found[:MOST]]


def _tag_note(tag: Tag) -> str:
    return " · ".join(filter(None, (tag.other_name, _threads(tag.thread_count))))


def _kept(kind: str, typed: str, look_up: Callable[[str], list[int]]) -> list[int]:
    name = hashlib.sha256(typed.encode(errors="replace")).hexdigest()
    return cache.get_or_set(f"completion:{kind}:{name}", lambda: look_up(typed), KEPT_SECONDS) or []


def _people_named(typed: str) -> list[int]:
    rows = User.objects.filter(Begins("handle_key", handles.fold(typed)), is_active=True, is_system=False)
    by_handle = rows.order_by("handle_key").values_list("pk", flat=True)[:CANDIDATES]
    return list(dict.fromkeys([*by_handle, *named(PERSON, typed, CANDIDATES)]))


def _tags_named(typed: str) -> list[int]:
    key = _slug(typed)
    most_used = Tag.objects.used().order_by("-thread_count", "slug").values_list("pk", flat=True)
    if not key:
        return list(most_used[:CANDIDATES])
    begun = most_used.filter(Begins("slug", key))[:CANDIDATES]
    synonyms = Tag.objects.filter(Begins("slug", key), synonym_of__isnull=False).order_by("slug")
    of_synonyms = synonyms.values_list("synonym_of", flat=True)[:CANDIDATES]
    exact = Tag.objects.filter(slug=key).values_list(Coalesce("synonym_of", "pk"), flat=True)
    return list(dict.fromkeys([*exact, *begun, *of_synonyms, *named(TAG, typed, CANDIDATES)]))


def _slug(typed: str) -> str:
    """Return what the slugs of the tags meant begin with."""
    joined = "-".join(unicodedata.normalize("NFKC", typed).split())
    return unicodedata.normalize("NFKC", joined.casefold())


def _authors_in(writer: Reader, pk: int | None) -> list[int]:
    """Return who wrote in a thread that the writer sees, the latest first; nobody of one that they do not see."""
    thread = Thread.objects.visible_to(writer).filter(pk=pk).first()
    if thread is None:
        return []
    rows = Post.objects.visible_in(thread, writer).order_by("-number").values_list("author", flat=True)
    return list(dict.fromkeys([*rows[:OF_THREAD], thread.author_id]))


def _mentionable(writer: User, keys: Iterable[int]) -> dict[int, User]:
    wanted = sorted({*keys} - {writer.pk})
    rows = User.objects.filter(pk__in=wanted, is_active=True, is_system=False)
    found = {person.pk: person for person in rows.only(*SHOWN_COLUMNS)}
    apart = standings(writer, found)
    return {pk: person for pk, person in found.items() if pk not in apart}


def _is_meant(person: User, typed: str) -> bool:
    """Return whether the handle begins with what is typed, or a word of the name does."""
    wanted = fold(typed)
    name = fold(person.display_name)
    return person.handle_key.startswith(handles.fold(typed)) or name.startswith(wanted) or f" {wanted}" in f" {name}"


def _threads(count: int) -> str:
    return ngettext("%(count)d thread", "%(count)d threads", count) % {"count": count}
