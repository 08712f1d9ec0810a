from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import In
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext, pgettext

from community.accounts.columns import shown_columns
from community.accounts.models import User
from community.common.drawn import Plain, draw, number_hole
from community.common.lines import line_of
from community.common.pagination import Page, PreparedList
from community.common.prepared import Prepared, padded, place, place_of_key
from community.common.subqueries import MOST_COUNTED
from community.common.templatetags.ui import ago
from community.mutes.selectors import any_reader, told_of_none
from community.notifications import verbs
from community.notifications.models import Notification
from community.notifications.querysets import NotificationQuerySet
from community.rendering.chars import HAN

PAGE = 30
ORDER = ("-last_at", "-pk")
ANY_LINE = number_hole("line_key")
MOST_NUMBERED = 3
MOST_NAMED = 100
_AFTER_MANY = re.compile(rf"\{{actor\}} (?=[{HAN}])")
"""A space sets off a name, not "Ada 和其他 2 人", which ends in Chinese."""
OF_EVENTS = ("target_kind", "target_id", "note", "created_at", "line", *shown_columns("actor"))


@dataclass(frozen=True, slots=True)
class Notice:
    """A line as shown to its reader, led by its newest event; `sentence` is safe HTML, `note` is text.

    `events` are those that the reader may see, the newest first, `targets` those of the newest MOST_NUMBERED.
    """

    line: Notification
    events: Sequence[Notification]
    targets: Sequence[verbs.Target]

    @property
    def target(self) -> verbs.Target:
        return self.targets[0]

    @property
    def at(self) -> datetime:
        return self.events[0].created_at

    @property
    def day(self) -> date:
        """Date of the line in the reader's time zone."""
        return timezone.localdate(self.line.last_at)

    @property
    def icon(self) -> str:
        return self._verb.icon

    @property
    def sentence(self) -> SafeString:
        people = list(dict.fromkeys(event.actor for event in self.events if event.actor))
        sentence = self._verb.sentence if len(people) < 2 else self._verb.sentence_of_many or self._verb.sentence
        if self._verb.sentence_of_note:
            sentence = self._verb.sentence_of_note(self.events[0].note, self.target)
        title = format_html("<cite>{}</cite>", mark_safe(self.target.title))
        sentence = str(sentence) if len(people) < 2 else _AFTER_MANY.sub("{actor}", str(sentence))
        return format_html(sentence, actor=_named(people), title=title)

    @property
    def note(self) -> str:
        note = self.events[0].note
        return self._verb.read_note(note) if note and not self._verb.sentence_of_note else ""

    @property
    def numbers(self) -> str:
        """The numbers of the newest posts that it is about, such as "#9, #7, #5 …"."""
        found = pgettext("list", ", ").join(f"#{target.number}" for target in self.targets if target.number > 1)
        return f"{found} …" if found and len(self.events) > len(self.targets) else found

    def drawn(self, group: str) -> SafeString:
        """Draw the line for a list of this group."""
        target, numbers, note = self.target, self.numbers, self.note
        shown: dict[str, Plain] = {
            "icon": self.icon,
            "is_unread": not self.line.is_read,
            "line": ANY_LINE,
            "group": group,
            "language": target.language,
            "has_numbers": bool(numbers),
            "has_note": bool(note),
            "has_lead": bool(target.lead),
        }
        words = {"url": target.url, "numbers": numbers, "note": line_of(note), "lead": mark_safe(target.lead)}
        holes = {name: conditional_escape(each) for name, each in words.items()}
        more = {"sentence": self.sentence, "time": ago(self.at), "line_key": str(self.line.pk)}
        return draw("notifications/notice.html", shown, **holes, **more)

    @property
    def _verb(self) -> verbs.Verb:
        return verbs.verb(self.line.verb)


def _named(people: Sequence[User]) -> SafeString:
    """Return "Ada", or "Ada and 2 others"."""
    if not people:
        return SafeString("")
    first = format_html('<b class="name"><bdi>{}</bdi></b>', people[0].visible_name)
    others = len(people) - 1
    if not others:
        return first
    return format_html(
        ngettext("{actor} and {count} other", "{actor} and {count} others", others), actor=first, count=others
    )


def has_unread_rows() -> Exists:
    """Return whether a person has any, without a look at what they are about."""
    return Exists(Notification.objects.shown().filter(recipient=OuterRef("pk"), read_at=None, line=None))


def unread_count(user: User) -> int:
    """Return how many lines of the person's list are unread, at most MOST_COUNTED."""
    if not user.is_authenticated:
        return 0
    return len(_unread(user.is_staff).run(reader=user.pk))


def unread_lines(user: User) -> list[int]:
    """Return the keys of a person's unread lines, the newest MOST_NAMED, as far as a device may show them."""
    rows = Notification.objects.lines_mailed_to(user, Q(read_at=None)).unread()
    return list(rows.order_by("-last_at", "-pk").values_list("pk", flat=True)[:MOST_NAMED])


@cache
def _unread(is_staff: bool) -> Prepared:
    """Return the query for the first unread lines, which depends on nothing else of the reader."""
    reader = User(pk=place_of_key("reader"), is_staff=is_staff)
    rows = Notification.objects.lines_of(reader).unread().order_by()
    return Prepared(lambda: rows.values_list("pk")[:MOST_COUNTED])


def new_lines(user: User, since: int, group: verbs.Group | None) -> int:
    """Return how many unread lines of the person's list, or of a group, have a visible event later than this key.

    That is the newest on an open page. What is new is among the MOST_COUNTED newest lines.
    """
    joined = Notification.objects.of(user).filter(line=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    [unread] = Notification.objects.parts_of(user, None, is_unread=True)
    rows = unread.order_by(*ORDER).values_list("verb", "pk", Subquery(joined))[:MOST_COUNTED]
    shown = verbs.verbs_of(group)
    return sum(max(pk, last or 0) > since for verb, pk, last in rows if verb in shown)


def line_page(
    request: HttpRequest, reader: User, group: verbs.Group | None, *, is_unread: bool = False
) -> Page[Notification]:
    """Return a page of the lines of a person's list: of one group, or all, or all unread ones."""
    kept = _lines_of(group, is_unread=is_unread, is_staff=reader.is_staff, is_sifted=not told_of_none(reader))
    return kept.keyset_page(request=request, reader=reader.pk)


@cache
def _lines_of(
    group: verbs.Group | None, *, is_unread: bool, is_staff: bool, is_sifted: bool
) -> PreparedList[Notification]:
    reader = _any_reader(is_staff=is_staff, is_sifted=is_sifted)
    parts = Notification.objects.parts_of(reader, group, is_unread=is_unread)
    return PreparedList(Notification.objects.select_related("actor"), order=ORDER, size=PAGE, parts=parts)


def _any_reader(*, is_staff: bool, is_sifted: bool) -> User:
    reader = any_reader(is_sifted=is_sifted)
    reader.is_staff = is_staff
    return reader


def notices(lines: Sequence[Notification], reader: User, told: NotificationQuerySet | None = None) -> list[Notice]:
    """Load the events of lines, in one query if any has several, and their targets, in one query a kind.

    `told` are the notifications that may be among them, if not all that the reader's list shows.
    """
    events = _events(lines, reader, told)
    targets = _targets([event for each in events.values() for event in each[:MOST_NUMBERED]], reader)
    found = [_notice(line, events.get(line.pk, ()), targets) for line in lines]
    return [notice for notice in found if notice.targets]


def _events(
    lines: Iterable[Notification], reader: User, told: NotificationQuerySet | None
) -> dict[int, list[Notification]]:
    """Return the events of each line, by its key, the newest first."""
    found = {line.pk: [line] for line in lines if line.size == 1}
    several = [line.pk for line in lines if line.size > 1]
    for event in _joined(several, reader, told) if several else ():
        found.setdefault(event.line_id or event.pk, []).append(event)
    return found


def _joined(keys: list[int], reader: User, told: NotificationQuerySet | None) -> Iterable[Notification]:
    """Return the events of these lines, the newest first."""
    if told is not None:
        return _newest_first(told.filter(Q(pk__in=keys) | Q(line__in=keys)))
    given = padded("line", keys)
    kept = _joined_of(len(given), is_staff=reader.is_staff, is_sifted=not told_of_none(reader))
    return kept.run(reader=reader.pk, **given)


@lru_cache(maxsize=100)
def _joined_of(count: int, *, is_staff: bool, is_sifted: bool) -> Prepared:
    keys = [place(f"line{n}") for n in range(count)]
    told = Notification.objects.of(_any_reader(is_staff=is_staff, is_sifted=is_sifted))
    rows = _newest_first(told.filter(Q(In(F("pk"), keys)) | Q(In(F("line"), keys))))
    return Prepared(lambda: rows, keeps_plan=False)


def _newest_first(events: NotificationQuerySet) -> NotificationQuerySet:
    return events.select_related("actor").only(*OF_EVENTS).order_by("-created_at", "-pk")


type Targets = Mapping[tuple[str, int], verbs.Target]


def _targets(events: Iterable[Notification], reader: User) -> Targets:
    ids: dict[str, set[int]] = defaultdict(set)
    for event in events:
        ids[event.target_kind].add(event.target_id)
    return {(kind, pk): target for kind in ids for pk, target in verbs.resolve(kind, ids[kind], reader).items()}


def _notice(line: Notification, events: Sequence[Notification], targets: Targets) -> Notice:
    shown = [targets.get((event.target_kind, event.target_id)) for event in events[:MOST_NUMBERED]]
    return Notice(line, events, [target for target in shown if target is not None])
