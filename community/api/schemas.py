"""API schemas. Every object has `id` (an integer) and `url` (its page, absolute)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool

from community.common.text import is_storable


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError(_("The text contains a character that cannot be stored (NUL or an incomplete character)."))
    return text


def _number(value: Any) -> Any:
    """Reject values that pydantic would coerce to a number: `true` and quoted digits."""
    if isinstance(value, bool | str):
        raise ValueError(_("Please enter a whole number."))
    return value


Whole = Annotated[int, BeforeValidator(_number)]
Text = Annotated[str, AfterValidator(_storable)]
Kind = Literal["question", "discussion", "article", "note"]
Order = Literal["latest", "new", "top", "unanswered"]


class Strict(Schema):
    """Base schema that rejects unknown fields, so that misspellings are noticed."""

    model_config = ConfigDict(extra="forbid")


class Linked(Schema):
    id: int
    url: str


class PersonOut(Linked):
    handle: str
    name: str


class CategoryOut(Linked):
    slug: str
    name: str


class TagOut(Linked):
    slug: str
    name: str
    name_zh: str = Field(description="Empty if it has no name in Chinese.")


class ThreadIn(Strict):
    kind: Kind
    title: Text = ""
    source: Text
    category: Text | None = None
    tags: list[Text] = Field(default_factory=list, max_length=20)
    language: Literal["en", "zh-hans"] | None = None
    publish: StrictBool = False


class ThreadOut(Linked):
    kind: Kind
    title: str
    language: str
    published: bool
    author: PersonOut
    category: CategoryOut | None
    tags: list[TagOut]
    created_at: datetime
    published_at: datetime | None
    last_post_at: datetime
    posts: int
    answers: int
    score: int
    solved_post: int | None


class ThreadDetail(ThreadOut):
    source: str
    html: str
    opening_post: int


class PostIn(Strict):
    thread: Whole
    source: Text
    role: Literal["answer", "comment"] = "comment"
    parent: Whole | None = None


class PostChange(Strict):
    source: Text
    base_version: Whole
    reason: Text = ""


class PostOut(Linked):
    thread: int
    number: int
    role: str
    parent: int | None
    author: PersonOut
    source: str
    html: str
    version: int
    score: int
    community: bool = Field(description="Whether established members edit this answer without review.")
    muted: bool
    created_at: datetime
    edited_at: datetime | None


class SuggestionIn(Strict):
    """`seen` is the version of your open suggestion for the same post, if there is one: this replaces it."""

    post: Whole
    source: Text
    reason: Text
    base_version: Whole
    title: Text = ""
    seen: Whole = 0


class ReadVersions(Strict):
    """What was read before deciding: `version` of the suggestion and `base_version` of the post."""

    version: Whole
    base_version: Whole


class Improvement(ReadVersions):
    source: Text
    title: Text = ""


class Rejection(Strict):
    version: Whole
    reason: Text


class SuggestionOut(Linked):
    """`reason` is its author's, `answer` that of who rejected it."""

    post: int
    thread: int
    author: PersonOut
    reason: str
    state: Literal["open", "approved", "improved", "rejected", "withdrawn", "expired"]
    version: int
    created_at: datetime
    decided_at: datetime | None
    answer: str


class SuggestionDetail(SuggestionOut):
    """`merged_source` is what approving makes of the post, null if its own changes are in the same lines.

    `filing` is what else approving changes, as it was and as it is suggested: `tags`, `category` or `summary`.
    `post_version` is null if you cannot see the post any more.
    """

    title: str
    source: str
    filing: dict[str, tuple[str, str]]
    base_version: int
    post_version: int | None
    merged_title: str | None
    merged_source: str | None
    can_decide: bool
    decided_by: PersonOut | None


class ProposalIn(Strict):
    """`original` is the thread that a duplicate repeats, `reason` is for a hold."""

    thread: Whole
    matter: Literal["duplicate", "hold", "reopen"]
    original: Whole | None = None
    reason: Literal["needs_config", "unclear", "several", "opinion", "off_topic"] | None = None


class ProposalOut(Linked):
    thread: int
    matter: Literal["duplicate", "hold", "reopen"]
    original: int | None
    reason: str
    state: Literal["open", "carried", "undone", "dropped", "expired"]
    votes: int
    votes_needed: int
    voted: bool
    can_vote: bool
    created_at: datetime


class RunIn(Strict):
    """`visibility` without a value leaves a run as it was, and a new one private; `unlisted` opens its address."""

    config: Text
    title: Text = Field(default="", max_length=120)
    visibility: Literal["private", "unlisted"] | None = None


class CertificateOut(Schema):
    """How the site's own repetition of a run compared. `same_until` is a step; stale: of another engine."""

    state: Literal["identical", "agrees", "differs"]
    engine: str
    same_until: int | None
    last_step: int | None
    largest_difference: float | None
    checked_at: datetime | None
    stale: bool


class RunOut(Linked):
    status: Literal["queued", "running", "succeeded", "diverged", "failed", "cancelled"]
    spec_hash: str
    title: str
    engine: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    certificate: CertificateOut | None


class FindingOut(Schema):
    """Something wrong with a run, as `train --json` has it."""

    kind: str
    seeds: list[int]
    layer: int | None
    step: int | None
    evidence: dict[str, Any]


class RunDetail(RunOut):
    seeds: list[int]
    final: dict[str, list[float | None]] | None
    best: dict[str, list[float | None]] | None
    stop: list[dict[str, Any]] | None
    findings: list[FindingOut] | None
    failure: str


class RelativeOut(Schema):
    """A run of a family. `id` is null for a config that was never run; `url` is its page.

    `parent` is the spec hash of the member it was forked from, null for the first one; `hidden_parent`: it was forked
    from a run that you cannot see. `changes` are sentences on what is different from the parent.
    """

    id: int | None
    url: str
    spec_hash: str
    title: str
    status: Literal["queued", "running", "succeeded", "diverged", "failed", "cancelled", "none"]
    parent: str | None
    hidden_parent: bool
    changes: list[str]


class FamilyOut(Schema):
    """`members` are each after its parent; `cut`: there are more."""

    members: list[RelativeOut]
    cut: bool


class RunPostOut(Linked):
    """A post that shows a run or links to it; `title` is its thread's."""

    thread: int
    number: int
    role: str
    title: str
    author: PersonOut


class RunPostsOut(Schema):
    """`showing` are the posts that contain the run, `linking` the newest others that link to it."""

    showing: list[RunPostOut]
    linking: list[RunPostOut]


class PictureOut(Schema):
    """A picture of a run. `epoch` and `seed` are those of a state, null for a record of the whole training."""

    name: str
    title: str
    url: str
    epoch: int | None
    seed: int | None


class PicturesOut(Schema):
    pictures: list[PictureOut]


class StepIn(Strict):
    sample: Annotated[Whole, Field(ge=0, lt=2**31)]
    step: Annotated[Whole, Field(ge=0, lt=2**31)]
    seed: Annotated[Whole, Field(ge=0, lt=2**63)]


class StepState(Schema):
    """`state` is `ready` once the step can be read at `url`, `waiting` while it is trained."""

    state: Literal["ready", "waiting"]
    url: str


class EquationOut(Schema):
    """One equation: `formula` in symbols and `numbers` with the run's numbers, in LaTeX; `value` is what it gives.

    `value` is null where it is large, or where there is no equation.
    """

    id: str
    phase: Literal["forward", "loss", "backward", "update"]
    layer: int | None
    title: str
    formula: str
    numbers: str
    value: Any
    notes: list[str]


class WorkedOut(Schema):
    """A worked step. `tensors` are the parameters `before` and `after`, and the `gradient`, by their names."""

    sample: int
    step: int
    epoch: int
    seed: int
    equations: list[EquationOut]
    tensors: dict[str, dict[str, Any]]
    notes: list[str]


class MeOut(Linked):
    handle: str
    name: str
    email: str
    language: str
    scope: str
    token_expires_at: datetime


FoundKind = Literal["question", "discussion", "article", "note", "answer", "comment", "person", "tag", "run"]


class FoundItem(Linked):
    """Something that a search found. `excerpt` is HTML; `why` is where the words are.

    A `formula` or `config` is one of its text, a `tag` one of its thread; `run` and `filters` have no words.
    """

    kind: FoundKind
    thread: int | None
    title: str
    excerpt: str
    why: Literal["title", "text", "formula", "tag", "config", "run", "filters"]


class FoundOut(Schema):
    """A page of what a search found; `problems` are sentences about what was left out of its query."""

    results: list[FoundItem]
    next: str | None
    problems: list[str]


class Items[T](Schema):
    """A page of a list; `next` is the cursor of the next page, null on the last one."""

    items: list[T]
    next: str | None


class ErrorBody(Schema):
    code: str
    message: str
    fields: dict[str, list[str]] | None = None
    problems: list[dict[str, Any]] | None = None


class ErrorOut(Schema):
    error: ErrorBody
