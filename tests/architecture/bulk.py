"""A site of any size, written by a few INSERT … SELECT statements in seconds, on both databases.

It is unkind on purpose: the newest threads are all hidden, one tag and one category have only the oldest threads, one
person follows two thousand, one is followed by thousands, one has muted thousands, two threads have ten thousand posts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import NOT_PROVIDED, F, Model
from django.db.models.functions import Mod

from bpsandbox.models import Attachment, Run, Spec, Trait
from community.accounts.models import User
from community.audit.models import AuditEntry
from community.blogs.models import Article, Series
from community.blogs.series.services import MOST_PARTS
from community.common.changes.triggers import uninstall
from community.content import listings
from community.content.models import (
    TAG_COLUMNS,
    Category,
    Draft,
    Period,
    Post,
    PostLink,
    ReadPosition,
    Tag,
    TagListing,
    Thread,
    TopListing,
)
from community.content.tag_tree import MOST_WITHIN
from community.lists.models import ListItem, ReadingList
from community.moderation.models import Report
from community.mutes.models import Mute
from community.notifications.models import Notification
from community.review.models import Proposal, SuggestedEdit
from community.social.models import Bookmark, FeedEntry, Follow

READER, STAR, MODERATOR, PROLIFIC, QUIET = 1, 2, 3, 4, 5
NOW = "2026-11-01 12:00:00.500000"
SENTENCE = "'The error of a layer is a sum over the next.'"
WORDS = {"source": SENTENCE, "text": SENTENCE, "excerpt": SENTENCE, "html": f"'<p>' || {SENTENCE} || '</p>'"}


@dataclass(frozen=True)
class Scale:
    """How many rows of each kind; `of_one` are those that belong to one person."""

    people: int = 10_000
    threads: int = 20_000
    replies: int = 2  # in each thread
    long_thread: int = 10_000
    follows: int = 2_000
    of_one: int = 6_000
    tags: int = 500
    runs: int = 3_000


@dataclass
class Bulk:
    """Keys of what the lists are about."""

    scale: Scale
    first_person: int = 0
    long_question: int = 0
    long_discussion: int = 0
    busy_post: int = 0
    reading_list: int = 0
    series: int = 0
    parent: Category | None = None
    old: Category | None = None
    tags: dict[str, int] = field(default_factory=dict)

    def person(self, which: int) -> User:
        return User.objects.get(pk=self.first_person + which)

    def named_tags(self) -> dict[str, Tag]:
        return {name: Tag.objects.get(pk=pk) for name, pk in self.tags.items()}


def numbers(count: int) -> str:
    """Return a derived table n with a column i from 1 to count."""
    return f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"


def ago(minutes: str) -> str:
    """Return a moment some minutes before NOW."""
    if connection.vendor == "postgresql":
        return f"timestamptz '{NOW}+00' - ({minutes}) * interval '1 minute'"
    return f"strftime('%Y-%m-%d %H:%M:%S.500000', '{NOW}', '-' || ({minutes}) || ' minutes')"


def text(prefix: str, number: str) -> str:
    return f"'{prefix}' || ({number})"


def fill(model: type[Model], source: str, /, **columns: str) -> int:
    """Insert a row for each row of `source`; columns without an expression get their default.

    Return the key before the first one.
    """
    names, shown, values = [], [], []
    for column in model._meta.local_concrete_fields:
        if column.column in columns:
            shown.append(columns[column.column].replace("%", "%%"))
        elif column.primary_key:
            continue
        else:
            default = None if column.null and column.default is NOT_PROVIDED else column.get_default()
            shown.append("%s")
            values.append(column.get_db_prep_save(default, connection))
        names.append(connection.ops.quote_name(column.column))
    table, rows = connection.ops.quote_name(model._meta.db_table), source.replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(shown)} FROM {rows}", values)
        written = cursor.rowcount
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)[0]
    return newest - written


def hexadecimal(number: str) -> str:
    """Return 32 hexadecimal digits that look like a hash."""
    if connection.vendor == "postgresql":
        return f"lpad(to_hex({number}), 32, '0')"
    return f"printf('%032x', {number})"


def spread(number: str, count: int, step: int = 7919) -> str:
    """Return a number from 1 to count that looks random."""
    return f"(({number}) * {step} % {count} + 1)"


def build(scale: Scale | None = None) -> Bulk:
    """Write the site and let the database count it. No page that is kept is told of it."""
    bulk = Bulk(scale or Scale())
    uninstall(connection.alias)
    _people(bulk)
    _threads(bulk)
    _replies(bulk)
    _long_threads(bulk)
    _links(bulk)
    _tags(bulk)
    _ties(bulk)
    _mutes(bulk)
    _runs(bulk)
    _moderation(bulk)
    _reviews(bulk)
    listings.relist(Thread.objects.all())
    _periods()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.check_constraints()  # else at the end of each test, for seconds
    return bulk


def _people(bulk: Bulk) -> None:
    handle = text("bulk", "i")
    yes, no = ("true", "false") if connection.vendor == "postgresql" else ("1", "0")
    bulk.first_person = fill(
        User,
        numbers(bulk.scale.people),
        handle=handle,
        handle_key=handle,
        handle_skeleton=handle,
        email=f"{handle} || '@example.org'",
        is_staff=f"CASE WHEN i = {MODERATOR} THEN {yes} ELSE {no} END",
        date_joined=ago("i"),
    )


def _author(bulk: Bulk, number: str) -> str:
    """Return the author: every tenth time the same one, otherwise anybody."""
    anybody = spread(number, bulk.scale.people)
    return f"{bulk.first_person} + CASE WHEN ({number}) % 10 = 3 THEN {PROLIFIC} ELSE {anybody} END"


def _threads(bulk: Bulk) -> None:
    count = bulk.scale.threads
    shelves = list(Category.objects.order_by("pk"))
    bulk.parent = shelves[0]
    Category.objects.filter(pk__in=[each.pk for each in shelves[1:4]]).update(parent=bulk.parent)
    bulk.old = Category.objects.create(slug="old", name="Old", parent=shelves[-1])
    places = " ".join(f"WHEN {n} THEN {each.pk}" for n, each in enumerate(shelves))
    moment = ago(f"{count} - i")
    wave = f"i > {count - count // 20}"  # of spam, all hidden
    before = fill(
        Thread,
        numbers(count),
        kind="CASE WHEN i % 20 < 10 THEN 'question' WHEN i % 20 < 16 THEN 'discussion' "
        "WHEN i % 20 < 18 THEN 'article' ELSE 'note' END",
        title=text("Thread ", "i"),
        title_html=text("Thread ", "i"),
        slug=text("thread-", "i"),
        author_id=_author(bulk, "i"),
        category_id=f"CASE WHEN i % 20 > 15 THEN NULL WHEN i < {count // 20} THEN {bulk.old.pk} "
        f"ELSE CASE i % {len(shelves)} {places} END END",
        created_at=moment,
        published_at=f"CASE WHEN i % 50 = 48 THEN NULL ELSE {moment} END",
        last_post_at=moment,
        hidden_at=f"CASE WHEN i % 50 = 47 OR {wave} THEN {moment} END",
        last_number=str(1 + bulk.scale.replies),
        post_count=str(1 + bulk.scale.replies),
        answer_count=f"CASE WHEN i % 20 < 10 AND i % 4 > 0 THEN {bulk.scale.replies} ELSE 0 END",
        score="i * 31 % 200",
    )
    fill(
        Post,
        f"content_thread t WHERE t.id > {before} ORDER BY t.id",
        **WORDS,
        thread_id="t.id",
        number="1",
        role="'opening'",
        author_id="t.author_id",
        created_at="t.created_at",
        hidden_at="t.hidden_at",
        score="t.score",
    )
    bulk.tags["first"] = before
    fill(Article, "content_thread t WHERE t.kind = 'article'", thread_id="t.id", preview_token=text("token-", "t.id"))
    prolific = str(bulk.first_person + PROLIFIC)
    bulk.series = 1 + fill(Series, numbers(1), owner_id=prolific, title="'By hand'")
    own = f"(SELECT id AS i FROM content_thread WHERE kind = 'article' ORDER BY id LIMIT {MOST_PARTS}) AS n"
    parts = f"INSERT INTO blogs_part (article_id, series_id, position) SELECT i, {bulk.series}, i FROM {own}"
    with connection.cursor() as cursor:
        cursor.execute(parts)


def _replies(bulk: Bulk) -> None:
    first = bulk.tags["first"]
    fill(
        Post,
        f"{numbers(bulk.scale.replies)} CROSS JOIN content_thread t WHERE t.id > {first} ORDER BY t.id, i",
        **WORDS,
        thread_id="t.id",
        number="i + 1",
        role="CASE WHEN t.kind = 'question' THEN 'answer' ELSE 'comment' END",
        author_id=_author(bulk, "t.id * 3 + i"),
        created_at="t.created_at",
        hidden_at="CASE WHEN (t.id + i) % 40 = 5 THEN t.created_at END",
        score="(t.id + i) % 5",
    )


def _long_threads(bulk: Bulk) -> None:
    """Fill a question and a discussion; half of the last thousand comments are under one post."""
    sample = Thread.objects.public().order_by("-pk")
    for kind, role in (("question", "answer"), ("discussion", "comment")):
        thread = sample.filter(kind=kind)[0]
        already = thread.last_number
        more = bulk.scale.long_thread - already
        before = fill(
            Post,
            numbers(more),
            **WORDS,
            thread_id=str(thread.pk),
            number=f"{already} + i",
            role=f"'{role}'",
            author_id=_author(bulk, "i"),
            created_at=ago(f"{more} - i"),
            score="i % 7",
            up_count="i % 7",
            rank="(i % 7 + 2) * 1000000 / (i % 7 + 4)",
        )
        fill(
            Post,
            numbers(1_000),
            **WORDS,
            thread_id=str(thread.pk),
            number=f"{bulk.scale.long_thread} + i",
            role="'comment'",
            parent_id=str(before + 1),
            author_id=_author(bulk, "i"),
            created_at=ago("1000 - i"),
        )
        last = bulk.scale.long_thread + 1_000
        Thread.objects.filter(pk=thread.pk).update(
            last_number=last, post_count=last, answer_count=more if kind == "question" else 0
        )
        setattr(bulk, f"long_{kind}", thread.pk)
        bulk.busy_post = before + 1


def _links(bulk: Bulk) -> None:
    """Every thread links to the long question, and to the post with many comments."""
    opening = Post.objects.get(thread=bulk.long_question, number=1).pk
    for target in (opening, bulk.busy_post):
        fill(PostLink, "content_post AS p WHERE p.role = 'opening'", post_id="p.id", target_id=str(target))


def _feed_and_positions(reader: str) -> None:
    tagged = "FROM content_thread_tags WHERE thread_id = t.id ORDER BY tag_id LIMIT 1"
    fill(
        FeedEntry,
        "content_post p WHERE p.role = 'opening' AND p.hidden_at IS NULL",
        reader_id=reader,
        thread_id="p.thread_id",
        post_id="p.id",
        created_at="p.created_at",
    )
    fill(
        ReadPosition,
        "content_thread t",
        reader_id=reader,
        thread_id="t.id",
        number="CASE WHEN t.id % 3 = 0 THEN 1 ELSE t.last_number END",
        read_at="t.created_at",
        newest="t.last_number",
        last_post_at="t.last_post_at",
        kind="t.kind",
        category_id="t.category_id",
        **{column: f"(SELECT tag_id {tagged} OFFSET {n})" for n, column in enumerate(TAG_COLUMNS)},
    )


def _mutes(bulk: Bulk) -> None:
    """Have one person mute a third of all others, and the most prolific one; another third has blocked them."""
    quiet, others = str(bulk.first_person + QUIET), numbers((bulk.scale.people - 20) // 3)
    moment = ago("i % 100000")
    fill(Mute, others, person_id=quiet, other_id=f"{bulk.first_person} + 10 + 3 * i", created_at=moment)
    fill(Mute, numbers(1), person_id=quiet, other_id=str(bulk.first_person + PROLIFIC))
    fill(
        Mute, others, person_id=f"{bulk.first_person} + 11 + 3 * i", other_id=quiet, is_block=_true(), created_at=moment
    )
    _feed_and_positions(quiet)


def _true() -> str:
    return "true" if connection.vendor == "postgresql" else "1"


def _tags(bulk: Bulk) -> None:
    """Tag every third thread with one tag, the oldest with another, three with a third, and all with one of many.

    Each is also in one of as many tags within a wide one as there may be.
    """
    first, last = bulk.tags["first"], bulk.tags["first"] + bulk.scale.threads
    before = fill(Tag, numbers(bulk.scale.tags), slug=text("tag-", "i"), name=text("tag-", "i"), thread_count="i")
    bulk.tags = {"common": before + 1, "old": before + 2, "rare": before + 3, "wide": before + 4}
    within = range(before + 5, before + 5 + MOST_WITHIN)
    Tag.objects.filter(pk__in=within).update(parent=before + 4)
    through = Thread.tags.through
    ranges = {
        "common": "t.id % 3 = 0",
        "old": f"t.id < {first + bulk.scale.threads // 10}",
        "rare": f"t.id IN ({first + 5}, {first + 6}, {last - 1})",
        "wide": "t.id % 2 = 0",
    }
    for name, wanted in ranges.items():
        fill(
            through,
            f"content_thread t WHERE t.id > {first} AND {wanted}",
            thread_id="t.id",
            tag_id=str(bulk.tags[name]),
        )
    others = before + 4 + MOST_WITHIN
    for tag in (
        f"{within[0]} + t.id % {MOST_WITHIN}",
        f"{others} + {spread('t.id', before + bulk.scale.tags - others)}",
    ):
        fill(through, f"content_thread t WHERE t.id > {first}", thread_id="t.id", tag_id=tag)


def _ties(bulk: Bulk) -> None:
    scale, reader = bulk.scale, str(bulk.first_person + READER)
    others = numbers(min(scale.follows, scale.people - 10))
    fill(Follow, others, follower_id=reader, person_id=f"{bulk.first_person} + 5 + i")
    star = numbers(min(10_000, scale.people - 10))
    fill(Follow, star, follower_id=f"{bulk.first_person} + 5 + i", person_id=str(bulk.first_person + STAR))
    followed = {"tag_id": bulk.tags["old"], "category_id": bulk.parent.pk, "thread_id": bulk.long_question}
    for column, key in followed.items():
        fill(Follow, numbers(1), follower_id=reader, **{column: str(key)})
    posts = f"(SELECT id AS i FROM content_post WHERE number = 2 ORDER BY id LIMIT {scale.of_one}) AS n"
    moment = ago("i % 100000")
    marks = fill(Bookmark, posts, user_id=reader, post_id="i", created_at=moment)
    bulk.reading_list = 1 + fill(ReadingList, numbers(1), owner_id=reader, name="'Read later'", is_public=_true())
    fill(
        ListItem,
        numbers(scale.of_one),
        reading_list_id=str(bulk.reading_list),
        bookmark_id=f"{marks} + i",
        position=spread("i", scale.of_one),
    )
    fill(
        Notification,
        posts,
        recipient_id=reader,
        actor_id=str(bulk.first_person + STAR),
        verb="CASE WHEN i % 3 = 0 THEN 'reply' ELSE 'new_thread' END",
        target_kind="'post'",
        target_id="i",
        key=text("post:", "i"),
        created_at=moment,
        last_at=moment,
    )
    fill(
        Notification,
        numbers(3 * scale.of_one),
        recipient_id=f"{bulk.first_person} + 10 + i % 2000",
        verb="'reply'",
        target_kind="'post'",
        target_id="i",
        key=text("post:", "i"),
        created_at=ago("i % 100000"),
        last_at=ago("i % 100000"),
    )
    _feed_and_positions(reader)
    fill(Draft, numbers(scale.of_one), owner_id=reader, key=text("reply:", "i"), source="'Words'", updated_at=moment)
    Thread.objects.filter(published_at=None, pk__gt=bulk.long_discussion - scale.threads // 2).update(author=reader)


def _periods() -> None:
    """Keep all public threads in each period, and the rows of tags in one of them, whenever this is run."""
    TopListing.objects.all().delete()
    TagListing.objects.update(leaves_at=F("published_at"))
    for place, period in enumerate(Period.values):
        TagListing.objects.alias(place=Mod("thread", 4)).filter(place=place).update(period=period)
        fill(
            TopListing,
            "content_thread t WHERE t.published_at IS NOT NULL AND t.hidden_at IS NULL",
            period=f"'{period}'",
            thread_id="t.id",
            kind="t.kind",
            category_id="t.category_id",
            score="t.score",
            leaves_at="t.published_at",
        )


def _runs(bulk: Bulk) -> None:
    moment = ago(f"{bulk.scale.runs} - i")
    specs = fill(Spec, numbers(bulk.scale.runs), hash=hexadecimal("i"), canonical="'{}'", created_at=moment)
    runs = fill(
        Run,
        numbers(bulk.scale.runs),
        spec_id=f"{specs} + i",
        engine_version="'1'",
        state="'cancelled'",
        cpu_seconds="1",
        result="NULL",
        created_at=moment,
        finished_at=moment,
    )
    Run.objects.filter(pk__gt=runs).update(state="succeeded", result={}, summary=None)
    Spec.objects.filter(pk__gt=specs).update(current_run=F("pk") + (runs - specs))
    traits = {
        "all": "''",
        "data": "'xor'",
        "loss": "'MSELoss'",
        "task": "'xor MSELoss'",
        "optimizer": "CASE WHEN i % 20 = 0 THEN 'Adam' ELSE 'SGD' END",
    }
    for kind, value in traits.items():
        fill(
            Trait,
            numbers(bulk.scale.runs),
            spec_id=f"{specs} + i",
            kind=f"'{kind}'",
            value=value,
            final="i * 1.0",
            parameters="i % 50",
            steps="i % 7",
        )
    posts = Post.objects.public().filter(number=2).order_by("pk").values_list("pk", flat=True)
    start = posts[0]
    fill(
        Attachment,
        numbers(bulk.scale.runs),
        spec_id=f"{specs} + i",
        target_kind="'post'",
        target_id=f"{start} + i",
        owner_id=f"{bulk.first_person} + CASE WHEN i % 2 = 0 THEN {PROLIFIC} ELSE {READER} END",
        visibility="CASE WHEN i % 3 = 0 THEN 'private' ELSE 'public' END",
        created_at=moment,
    )


def _reviews(bulk: Bulk) -> None:
    """Half of all suggestions are for the reader, a third by them; duplicates of one question are in force."""
    reader = bulk.first_person + READER
    some = f"(SELECT id AS i, thread_id AS t FROM content_post ORDER BY id LIMIT {bulk.scale.of_one}) AS n"
    for state, moment in (("open", "NULL"), ("rejected", ago("i % 1000"))):
        fill(
            SuggestedEdit,
            some,
            post_id="i",
            thread_id="t",
            author_id=f"CASE WHEN i % 3 = 0 THEN {reader} ELSE {_author(bulk, 'i')} END",
            receiver_id=f"CASE WHEN i % 2 = 0 THEN {reader} ELSE {_author(bulk, 'i * 7')} END",
            source="'Other words.'",
            reason="'Clearer'",
            base_version="1",
            state=f"'{state}'",
            decided_at=moment,
            created_at=ago("i % 100000"),
        )
    asked = "(SELECT id AS i FROM content_thread WHERE kind = 'question') AS n"
    fill(
        Proposal,
        asked,
        thread_id="i",
        matter="'hold'",
        reason="'unclear'",
        author_id=_author(bulk, "i"),
        vote_count="1",
        created_at=ago("i % 100000"),
    )
    fill(
        Proposal,
        f"(SELECT id AS i FROM content_thread WHERE kind = 'question' AND id <> {bulk.long_question}) AS n",
        thread_id="i",
        matter="'duplicate'",
        outcome="'carried'",
        original_id=str(bulk.long_question),
        author_id=_author(bulk, "i"),
        decided_at=ago("i % 100000"),
        vote_count="3",
        created_at=ago("i % 100000"),
    )


def _moderation(bulk: Bulk) -> None:
    scale, staff = bulk.scale, str(bulk.first_person + MODERATOR)
    some = f"(SELECT id AS i FROM content_post ORDER BY id LIMIT {scale.of_one}) AS n"
    for state, outcome in ((None, ""), ("closed", "dismissed")):
        fill(
            Report,
            some,
            post_id="i",
            reporter_id=_author(bulk, "i"),
            reason="'spam'",
            outcome=f"'{outcome}'",
            closed_at=ago("i % 1000") if state else "NULL",
            created_at=ago("i % 100000"),
        )
    fill(
        AuditEntry,
        some,
        actor_id=staff,
        action="'hide'",
        target_kind="'post'",
        target_id="i",
        created_at=ago("i % 100000"),
    )
