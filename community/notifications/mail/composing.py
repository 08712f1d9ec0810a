"""Messages: headers, a part in plain text and one in HTML, in the reader's language and time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import User
from community.common.addresses import address_of
from community.common.text import one_line
from community.notifications import verbs
from community.notifications.inbound import addresses
from community.notifications.inbound.html import as_text
from community.notifications.mail import stopping
from community.notifications.mail.moments import zone_of
from community.notifications.mail.sections import Item
from community.notifications.models import Notification
from community.notifications.selectors import Notice
from community.notifications.topics import Topic
from community.rendering import feed_html, leading_blocks
from community.rendering.feeds import MAIL_STYLE, mail_line
from community.rendering.plain import plain, with_characters
from community.rendering.readable import readable_words

if TYPE_CHECKING:
    from community.notifications.inbound.answers import Answer

MOST_WORDS = 3_000
"""Characters of a post in a letter, give or take a paragraph."""
LONGEST_SUBJECT = 150
_UNREADABLE = re.compile(r"^(/(?:t|articles)/\d+/)[^/?#]*%[89A-F][^/?#]*/")
SIGNATURE = "-- "
"""What begins a signature, space included: replies leave out what follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a digest with what the templates show of it."""

    notice: Notice

    @property
    def url(self) -> str:
        return absolute(self.notice.target.url)

    @property
    def short_url(self) -> str:
        return absolute(short(self.notice.target.url))

    @property
    def sentence(self) -> SafeString:
        return mark_safe(mail_line(self.notice.sentence))

    @property
    def words(self) -> str:
        return as_words(self.notice.sentence)


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of a digest about one thing, such as a thread."""

    notices: Sequence[Notice]

    @property
    def lines(self) -> list[Line]:
        return [Line(notice) for notice in self.notices]

    @property
    def title(self) -> str:
        """The title of the thread, as words; for all else, what happened."""
        first = self.notices[0]
        return as_words(first.target.title if first.line.subject and first.target.title else first.sentence)


@dataclass(frozen=True, slots=True)
class Shown:
    """An item of a section with what the templates show of it."""

    item: Item

    @property
    def url(self) -> str:
        return absolute(self.item.url)

    @property
    def short_url(self) -> str:
        return absolute(short(self.item.url))

    @property
    def picture(self) -> str:
        return absolute(self.item.picture) if self.item.picture else ""

    @property
    def title(self) -> SafeString:
        return mark_safe(mail_line(self.item.title))

    @property
    def words(self) -> str:
        return as_words(self.item.title)


@dataclass(frozen=True, slots=True)
class Told:
    """A section of a digest with its items."""

    title: Any
    items: Sequence[Shown]


def letter(person: User, event: Notification, target: verbs.Target, *, is_last: bool = False) -> EmailMultiAlternatives:
    """Return the email about one notification, with the post that it is about.

    One that `is_last` says that there are no more of its kind on this day.
    """
    with as_read_by(person):
        notice = Notice(event, [event], [target])
        topic = verbs.verb(event.verb).topic
        html, is_whole = _body(event, target)
        reply_to = addresses.reply_address(person, event.target_kind, event.target_id) if event.actor else ""
        context = {
            "takes_replies": bool(reply_to),
            "line": Line(notice),
            "body": mark_safe(feed_html(html, base=absolute(target.url), mathml=False)),
            "words": as_text(with_characters(html)),
            "is_whole": is_whole,
            "most": settings.MAIL_MOST_A_DAY if is_last else 0,
            "list_url": absolute(address_of("notifications:list")),
        }
        scope = topic.value if topic else stopping.ALL
        return _message(
            person,
            template="letter",
            subject=_subject(event, target, notice),
            context=context | {"what": topic.label if topic else ""},
            scope=scope,
            headers=_of_thread(event),
            sender=event.actor.visible_name if event.actor else "",
            reply_to=reply_to,
        )


def digest(person: User, parts: Sequence[Part], told: Sequence[Told], *, more: int, key: str) -> EmailMultiAlternatives:
    """Return a digest. `more` is the number of lines that it leaves out, `key` names it for good."""
    with as_read_by(person):
        titles = [part.title for part in parts]
        titles += [shown.words for section in told for shown in section.items]
        others = len(titles) - 1 + more
        first = _shortened(titles[0])
        subject = (
            ngettext("{title} and {count} more", "{title} and {count} more", others).format(title=first, count=others)
            if others
            else first
        )
        return _message(
            person,
            template="digest",
            subject=_("Digest: {titles}").format(titles=subject),
            context={"parts": parts, "told": told, "more": more, "today": timezone.localdate()},
            scope=stopping.DIGESTS,
            headers={"Message-ID": f"<digest-{key}@{host()}>"},
        )


def answer(person: User, answer: Answer, *, in_reply_to: str) -> EmailMultiAlternatives:
    """Return the email back about one that came in, in the language that is spoken now."""
    context = {
        "language": translation.get_language(),
        "style": SafeString(MAIL_STYLE),
        "dashes": SIGNATURE,
        "answer": answer,
        "url": absolute(answer.path) if answer.path else "",
        "kept_url": absolute(answer.kept) if answer.kept else "",
    }
    threading = {"In-Reply-To": in_reply_to, "References": in_reply_to} if in_reply_to else {}
    message = EmailMultiAlternatives(
        subject=_("Your reply by email"),
        body=_text(render_to_string("notifications/mail/answer.txt", context)),
        to=[person.email],
        headers={**threading, "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(render_to_string("notifications/mail/answer.html", context), "text/html")
    return _with_way_back(message, person)


def absolute(path: str) -> str:
    return urljoin(f"{settings.SITE_ADDRESS}/", path)


def short(path: str) -> str:
    """Return a path for plain text without the words of a title that are not of ASCII letters: `-` leads there too."""
    return _UNREADABLE.sub(r"\1-/", path)


def host() -> str:
    """Return the site's name in message ids, without a port."""
    return urlsplit(settings.SITE_ADDRESS).hostname or "localhost"


def as_words(html: str) -> str:
    """Return safe HTML as a line of text, its formulas readable."""
    return one_line(readable_words(plain(html)))


@contextmanager
def as_read_by(person: User) -> Iterator[None]:
    """Speak a person's language, the site's if they chose none, and tell times of their zone."""
    language = person.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone_of(person)):
        yield


def _body(event: Notification, target: verbs.Target) -> tuple[str, bool]:
    """Return the beginning of the post as HTML, and whether that is all of it."""
    body = verbs.body(event.target_kind, event.target_id)
    html, is_whole = leading_blocks(body, MOST_WORDS)
    return (html, is_whole) if html or not target.excerpt else (f"<p>{escape(target.excerpt)}</p>", False)


def _subject(event: Notification, target: verbs.Target, notice: Notice) -> str:
    """Return the title of the thread, as a reply to it unless it is new; for all else, what happened."""
    if not event.subject or not target.title:
        return _shortened(as_words(notice.sentence))
    title = _shortened(as_words(target.title))
    return f"Re: {title}" if target.number != 1 else title


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_SUBJECT else f"{words[: LONGEST_SUBJECT - 1]}…"


def _of_thread(event: Notification) -> dict[str, str]:
    """Return headers by which clients show letters about one thread together."""
    own = f"<notification-{event.pk}@{host()}>"
    root = f"<thread-{event.subject}@{host()}>"
    return {"Message-ID": own} | ({"In-Reply-To": root, "References": root} if event.subject else {})


def _message(
    person: User,
    *,
    template: str,
    subject: str,
    context: Mapping[str, Any],
    scope: str,
    headers: Mapping[str, str],
    sender: str = "",
    reply_to: str = "",
) -> EmailMultiAlternatives:
    stop = absolute(stopping.path_for(person, scope))
    common = {
        "language": translation.get_language(),
        "site": settings.SITE_ADDRESS,
        "style": SafeString(MAIL_STYLE),
        "dashes": SIGNATURE,
        "stop_url": stop,
        "stop_all_url": absolute(stopping.path_for(person, stopping.ALL)),
        "settings_url": absolute(address_of("notifications:settings")),
    }
    whole = {**common, **context}
    message = EmailMultiAlternatives(
        subject=subject,
        body=_text(render_to_string(f"notifications/mail/{template}.txt", whole)),
        from_email=_sender(sender),
        to=[person.email],
        reply_to=[reply_to] if reply_to else None,
        headers={
            **headers,
            "List-Id": _list_id(scope),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Precedence": "list",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(render_to_string(f"notifications/mail/{template}.html", whole), "text/html")
    return _with_way_back(message, person)


def _with_way_back(message: EmailMultiAlternatives, person: User) -> EmailMultiAlternatives:
    """Let mail servers report a failed delivery to an address of this person: the sender of the envelope."""
    way_back = addresses.bounce_address(person)
    if way_back:
        message.extra_headers["From"] = message.from_email
        message.from_email = way_back
    return message


def _text(words: str) -> str:
    """Return a plain part without the empty lines that a template leaves."""
    lines = [line if line == SIGNATURE else line.rstrip() for line in words.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or lines[place - 1]]
    return "\n".join(kept) + "\n"


def _sender(name: str) -> str:
    """Return the sender: the site's address, with the name of who wrote."""
    site, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if not name:
        return settings.DEFAULT_FROM_EMAIL
    shown = one_line(name)[:60]
    return formataddr((_("{name} on {site}").format(name=shown, site=site or "Chainrule"), address))


def _list_id(scope: str) -> str:
    names = {topic.value: f"Chainrule {topic.value}" for topic in Topic}
    return f'"{names.get(scope, f"Chainrule {scope}")}" <{scope}.notifications.{host()}>'
