"""What fragments show of people and posts, as the plain values they are drawn from (`community.common.drawn`).

The outline of each has holes for what differs from one to the next and is only printed, so that a page of twenty posts
is drawn from one fragment or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import User
from community.common.drawn import draw, hole, number_hole
from community.common.templatetags.ui import ago
from community.content import policies
from community.content.discussion import BEST, FLAT, OPENING
from community.content.kind_words import KIND_WORDS, KindWords
from community.content.models import Category, Kind, Post, Role, Thread
from community.content.querysets import Reader
from community.mutes.selectors import NOTHING, Standing

type Standings = Mapping[int, Standing]

NO_STANDINGS: Standings = {}


class ShownPerson(NamedTuple):
    key: int
    visible_name: str
    handle: str
    url: str
    avatar_url: str


ANYBODY = ShownPerson(
    number_hole("person_key"), hole("visible_name"), hole("handle"), hole("person_url"), hole("avatar_url")
)
ANY_KEY, ANY_NUMBER = number_hole("key"), number_hole("number")
ANY_URL, ANY_TITLE, ANY_TIME, ANY_EDIT = hole("url"), hole("title"), hole("time"), hole("edit_time")
ANY_VOTES = hole("votes")
WORDS_OF_ABOVE = 80
TAGS_OF_ROW = 2


class Rights(NamedTuple):
    """The reader's permissions on one post, for its buttons. `reply` is to the thread, `comment` to this post,
    `block` is of its author."""

    own: bool
    block: bool
    reply: bool
    comment: bool
    vote: bool
    agree: bool
    edit: bool
    delete: bool
    restore: bool


class ShownAbove(NamedTuple):
    """The post that a comment replies to: its author and first words; neither for a reader who does not see it."""

    is_gone: bool
    number: int
    language: str
    url: str
    name: str
    words: str

    def outline(self) -> ShownAbove:
        return self._replace(
            number=ANY_ABOVE, url=hole("above_url"), name=hole("above_name"), words=hole("above_words")
        )


ANY_ABOVE = number_hole("above")


class ShownPost(NamedTuple):
    """A post as one reader sees it, without its text. Times are ready texts, `edited` empty for a post never edited.

    `is_new` is as `Thread.is_new` says, `begins` as `Post.begins` does to those who can welcome the author.
    `standing` is between the reader and the author, `is_excerpted` if it is shown away from its place in the thread.
    """

    pk: int
    number: int
    role: str
    kind: str
    language: str
    url: str
    author: ShownPerson
    created: SafeString
    edited: SafeString
    score: int
    up: int
    down: int
    agreed: int
    is_deleted: bool
    is_hidden: bool
    is_accepted: bool
    is_community: bool
    is_marked: bool
    is_new: bool
    begins: bool
    signed_in: bool
    render_notice: str
    rights: Rights
    standing: Standing
    above: ShownAbove | None
    is_excerpted: bool

    def outline(self) -> ShownPost:
        edited = ANY_EDIT if self.edited else self.edited
        above = self.above.outline() if self.above else None
        return self._replace(
            pk=ANY_KEY, number=ANY_NUMBER, url=ANY_URL, author=ANYBODY, created=ANY_TIME, edited=edited, above=above
        )

    @property
    def is_away(self) -> bool:
        return self.is_deleted or self.is_hidden

    @property
    def is_opening(self) -> bool:
        return self.role == Role.OPENING

    @property
    def is_statement(self) -> bool:
        """Whether one can agree with it: not with a question."""
        return not (self.is_opening and self.words.has_answers)

    @property
    def role_words(self) -> str:
        return str(Role(self.role).label)

    @property
    def words(self) -> KindWords:
        return KIND_WORDS[self.kind]

    @property
    def anchor(self) -> str:
        return f"post-{self.number}"


def shown_person(person: User) -> ShownPerson:
    return ShownPerson(person.pk, person.visible_name, person.handle, person.get_absolute_url(), person.avatar_url)


def rights_on(post: Post, reader: Reader, standings: Standings) -> Rights:
    """`thread` must be loaded."""
    own, apart = policies.is_own(reader, post), standings.get(post.author_id, NOTHING).is_apart
    reply = policies.can_reply(reader, post.thread) and not standings.get(post.thread.author_id, NOTHING).is_apart
    return Rights(
        own=own,
        block=reader.is_authenticated and not (policies.is_staff(reader) or post.author.is_staff),
        reply=reply and not post.thread.is_held,
        comment=reply and post.is_visible and not apart,
        vote=not own and not apart,
        agree=reader.is_authenticated and not own and not apart,
        edit=policies.can_edit(reader, post),
        delete=policies.can_delete(reader, post),
        restore=policies.can_restore(reader, post),
    )


def shown_post(
    post: Post, reader: Reader, *, marked: int | None = None, view: str = "", standings: Standings = NO_STANDINGS
) -> ShownPost:
    """`author` and `thread` must be loaded, and on comments what they reply to; with a view, `parent` too.

    `marked` is the number of the post that the page points at. `standings` are those of the post's author, of the
    thread's, and of who wrote what it replies to.
    """
    rights = rights_on(post, reader, standings)
    return ShownPost(
        pk=post.pk,
        number=post.number,
        role=post.role,
        kind=post.thread.kind,
        language=post.language,
        url=_url_in(post.thread, post.number, view),
        author=shown_person(post.author),
        created=ago(post.created_at),
        edited=ago(post.edited_at),
        score=post.score,
        up=post.up_count,
        down=post.down_count,
        agreed=post.agree_count,
        is_deleted=post.deleted_at is not None,
        is_hidden=post.hidden_at is not None,
        is_accepted=post.thread.solved_post_id == post.pk,
        is_community=post.is_community,
        is_marked=post.number == marked,
        is_new=post.number != marked and post.thread.is_new(post, reader),
        begins=reader.is_authenticated and not rights.own and post.begins,
        signed_in=reader.is_authenticated,
        render_notice=post.render_notice if rights.own else "",
        rights=rights,
        standing=standings.get(post.author_id, NOTHING),
        above=_shown_above(post, reader, view, standings),
        is_excerpted=view == BEST and not post.is_opening,
    )


def _url_in(thread: Thread, number: int, view: str) -> str:
    """Return the address of a post in the view that shows it; of one of the best, in its place among all."""
    if number == OPENING:
        return thread.get_absolute_url() + (f"?view={view}" if view == FLAT else "")
    if view == BEST:
        return thread.address_in_time(number)
    return thread.address_of_post(number, view=view) if view else thread.address_of_post(number)


def post_above(post: Post, view: str) -> Post | None:
    """Return what a comment replies to, unless it stands right below that."""
    if post.parent_id is None:
        return None
    above = post.reply_to or (post.parent if view else None)
    return None if above is None or (above.pk == post.parent_id and not view) else above


def _shown_above(post: Post, reader: Reader, view: str, standings: Standings) -> ShownAbove | None:
    above = post_above(post, view)
    if above is None or standings.get(above.author_id, NOTHING).is_hidden:
        return None
    if not (above.is_visible or policies.is_own(reader, above) or policies.is_staff(reader)):
        return ShownAbove(True, 0, "", "", "", "")
    words, url = Truncator(above.excerpt).chars(WORDS_OF_ABOVE), _url_in(post.thread, above.number, view)
    return ShownAbove(False, above.number, above.language, url, above.author.visible_name, words)


class ShownCategory(NamedTuple):
    """A category in the reader's language. `thread_count` is None where it is not shown."""

    label: str
    url: str
    tone: int
    is_inner: bool = False
    is_current: bool = False
    thread_count: int | None = None


class RowCount(NamedTuple):
    """The number at the head of a row, with its word. `state` says that it is solved or accepted, or is empty."""

    number: int
    word: str
    state: str


def count_of_thread(thread: Thread) -> RowCount:
    """Return how many answers or replies a thread has."""
    return RowCount(thread.answers_or_replies, thread.reply_word, str(_("solved")) if thread.is_solved else "")


def count_of_post(post: Post) -> RowCount | None:
    """Return the count of its thread for an opening post, for an answer its votes; comments have none."""
    if post.is_opening:
        return count_of_thread(post.thread)
    if post.role != Role.ANSWER:
        return None
    is_accepted = post.pk == post.thread.solved_post_id
    word = ngettext("vote", "votes", abs(post.score))
    return RowCount(post.score, word, str(_("accepted")) if is_accepted else "")


class ShownThread(NamedTuple):
    """A thread in a list; `person` and `at` are of the event shown. An untitled note shows its first words.

    `person` is None if the reader does not meet them, and where all rows would name the same one; `category` where all
    rows would name the same.
    """

    kind: str
    language: str
    url: str
    title_html: SafeString
    first_words: str
    is_pinned: bool
    is_locked: bool
    is_held: bool
    row_count: RowCount
    category: ShownCategory | None
    person: ShownPerson | None
    verb: str
    at: SafeString
    votes: str
    has_spark: bool
    is_titled: bool = True

    def outline(self) -> ShownThread:
        """An untitled note keeps its words, of which the template shows a few."""
        person = ANYBODY if self.person else None
        votes = ANY_VOTES if self.votes else ""
        drawn = self._replace(url=ANY_URL, person=person, at=ANY_TIME, votes=votes)
        return drawn._replace(title_html=ANY_TITLE, first_words="") if self.title_html else drawn

    @property
    def kind_words(self) -> str:
        return str(Kind(self.kind).label)


def title_of(thread: Thread) -> SafeString:
    """Return a thread's title with its formulas, or the first words of an untitled note."""
    return mark_safe(thread.title_html) if thread.title_html else conditional_escape(thread.title)


def unread_mark(thread: Thread) -> SafeString:
    """Draw how many posts are unread, for the hole of a row; nothing if `find_unread` found none."""
    if thread.unread is None:
        return SafeString("")
    return draw("content/unread_mark.html", {"total": thread.unread.total}, url=conditional_escape(thread.unread.url))


def tags_of_row(thread: Thread) -> SafeString:
    """Draw the first tags of a thread, for the hole of a row, if `find_tags` found any."""
    tags = tuple((tag.name, tag.url) for tag in thread.listed_tags[:TAGS_OF_ROW])
    return draw("components/row_tags.html", {"tags": tags}) if tags else SafeString("")


def last_visit_line(thread: Thread) -> SafeString:
    """Draw what follows the last thread of a list that is newer than the reader's last visit; nothing after others."""
    if thread.last_visit is None:
        return SafeString("")
    return draw("content/last_visit.html", {}, time=ago(thread.last_visit))


def shown_category(category: Category, *, is_current: bool = False, count: int | None = None) -> ShownCategory:
    is_inner = category.parent_id is not None
    return ShownCategory(category.label, category.get_absolute_url(), category.tone, is_inner, is_current, count)


def shown_thread(thread: Thread, *, by_date: str = "", within: Category | None = None) -> ShownThread:
    """Return the row of a thread of `for_rows` with `spark`.

    It shows who began it and when if `by_date` is "new", on a page of one person's only when if it is "own", else who
    wrote last: then `last_poster` must be set. The category that the list is `within` is not named in each row. Who has
    begun to read goes on at the first post that is unread.
    """
    is_new = by_date in ("new", "own")
    person = (thread.author if by_date == "new" else None) if is_new else thread.last_poster
    return ShownThread(
        kind=thread.kind,
        language=thread.language,
        url=thread.unread.url if thread.unread else thread.get_absolute_url(),
        title_html=title_of(thread),
        first_words=thread.first_words or "",
        is_pinned=thread.pinned_at is not None,
        is_locked=thread.is_locked,
        is_held=thread.is_held,
        row_count=count_of_thread(thread),
        category=shown_category(thread.category) if thread.category and thread.category != within else None,
        person=shown_person(person) if person else None,
        verb=str(thread.words.began) if is_new else thread.last_verb,
        votes=thread.votes,
        at=ago(thread.published_at if is_new else thread.last_post_at),
        has_spark=bool(thread.spark),
        is_titled=bool(thread.title),
    )
