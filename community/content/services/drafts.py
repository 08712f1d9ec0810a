from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Func, IntegerField, Q, Sum, Value
from django.db.models.functions import Length, StrIndex
from django.utils import timezone
from django.utils.translation import gettext as _

from community.common import housekeeping
from community.content import texts
from community.content.ask_template import without_hints
from community.content.errors import DraftConflict, InvalidText
from community.content.models import DiscardedDraft, Draft, Kind

if TYPE_CHECKING:
    from community.accounts.models import User

DRAFTS_A_PERSON = 200
BYTES_A_PERSON = 4_000_000  # of the texts of all drafts together, in UTF-8
DRAFT_LENGTH = 200_000
DISCARDED_FIELDS = ("key", "title", "source", "fields", "base_version")
DISCARDED_FOR = timedelta(days=30)
FIELD_LENGTH = 400
NEW = ("new:", "reply:", "comment:")
"""How the boxes of posts begin that are not there yet."""


class Octets(Func):
    """The number of bytes of a text, which neither database reads for it."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **more)


@transaction.atomic
def save_draft(
    *,
    owner: User,
    key: str,
    source: str,
    title: str = "",
    fields: dict[str, Any] | None = None,
    version: int = 0,
    base_version: int = 0,
) -> Draft | None:
    """Save text while it is typed. `version` is the one this tab last saved or loaded, 0 for none.

    An empty text deletes the draft. Raises InvalidText, and DraftConflict when another tab saved a different text.
    """
    _refuse(key, title, source)
    draft = _locked(owner, key)
    if not source.strip() and not title.strip():
        _forget(draft, version)
        return None
    _refuse_too_large(owner, key, source, before=draft.source if draft else "")
    draft = draft or _begun(owner, key)
    if draft.version and (draft.title, draft.source) != (title, source) and draft.version != version:
        raise DraftConflict(draft)
    draft.title, draft.source, draft.fields = title, source, _small(fields or {})
    draft.base_version, draft.version = base_version, draft.version + 1
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, owner: User, key: str) -> None:
    """Delete a draft, if there is one, and keep it as the one that can be restored, instead of an earlier one."""
    draft = _locked(owner, key) if key.isprintable() else None
    if draft is None:
        return
    text = {name: getattr(draft, name) for name in DISCARDED_FIELDS}
    DiscardedDraft.objects.update_or_create(owner=owner, defaults=text | {"discarded_at": timezone.now()})
    Draft.objects.filter(pk=draft.pk).delete()


@transaction.atomic
def restore_discarded(*, owner: User) -> Draft | None:
    """Restore the draft that a person discarded last; None if there is none."""
    discarded = DiscardedDraft.objects.select_for_update().filter(owner=owner).first()
    if discarded is None:
        return None
    discarded.delete()
    return restore_draft(owner=owner, **{name: getattr(discarded, name) for name in DISCARDED_FIELDS})


def sweep_discarded() -> int:
    return housekeeping.delete_batch(DiscardedDraft.objects.filter(discarded_at__lt=timezone.now() - DISCARDED_FOR))


def drop_posted(*, owner: User, key: str, source: str, title: str = "", version: int | None = None) -> None:
    """Delete the draft that a text was posted from, and those of other tabs with nothing that was not posted.

    Of a new post, these are all that the text begins with. The draft of an edit may be meant to cut the text short, so
    it has to be equal. `version` is the one that this tab last saved or loaded: what another tab has saved in the same
    draft since is such a draft of another tab, unless it is the same text: then a save was on its way.
    """
    if not key:
        return
    box = key.partition("~")[0]
    within: dict[str, Any] = {
        "title_at": StrIndex(Value(title), F("title")),
        "source_at": StrIndex(Value(source), F("source")),
        "length": Length("source"),
    }
    posted = Q(title_at=1, source_at=1)
    if not box.startswith(NEW):
        posted &= Q(title=title, length__gte=len(source.rstrip()), fields={})
    of_box = Q(key=box) | Q(key__startswith=f"{box}~")
    if box == f"new:{Kind.QUESTION}":
        others = Draft.objects.filter(of_box, owner=owner).only("title", "source")
        posted |= Q(pk__in=[each.pk for each in others if _is_begun_with(title, source, each)])
    posted_from = (
        Q(key=key) if version is None else Q(key=key) & (Q(version__lte=version) | Q(title=title, source=source))
    )
    Draft.objects.alias(**within).filter(posted_from | (of_box & posted), owner=owner).delete()


def _is_begun_with(title: str, source: str, draft: Draft) -> bool:
    """Return whether a question begins with a draft but for the hints of the template, which are not posted."""
    return title.startswith(draft.title) and source.startswith(without_hints(draft.source).rstrip())


@transaction.atomic
def keep_draft(*, owner: User, key: str, source: str, version: int) -> Draft | None:
    """Save a text that leaves its form, beside what another tab saved of that form."""
    try:
        return save_draft(owner=owner, key=key, source=source, version=version)
    except DraftConflict:
        return restore_draft(owner=owner, key=key, source=source)


@transaction.atomic
def restore_draft(*, owner: User, key: str, **text: Any) -> Draft | None:
    """Restore a discarded draft, as an alternative version if its form has a new draft."""
    if _locked(owner, key) is not None:
        key = f"{key.partition('~')[0]}~{secrets.token_hex(2)}"
    return save_draft(owner=owner, key=key, **text)


def _locked(owner: User, key: str) -> Draft | None:
    return Draft.objects.select_for_update().filter(owner=owner, key=key).first()


def _begun(owner: User, key: str) -> Draft:
    """Return a new draft of version 0, or one created concurrently by another tab."""
    _refuse_too_many(owner)
    Draft.objects.bulk_create([Draft(owner=owner, key=key, version=0)], ignore_conflicts=True)
    return Draft.objects.select_for_update().get(owner=owner, key=key)


def _forget(draft: Draft | None, version: int) -> None:
    if draft is not None and draft.version == version:
        draft.delete()


def _refuse(key: str, title: str, source: str) -> None:
    if not key or len(key) > 60 or not key.isprintable():
        raise InvalidText(_("This draft cannot be saved under this name."), field="key")
    texts.refuse_too_long(source, DRAFT_LENGTH, field="source")
    texts.refuse_too_long(title, texts.TITLE_LENGTH, field="title")
    texts.refuse_unwritable(source, field="source")
    texts.refuse_unwritable(title, field="title")


def _refuse_too_many(owner: User) -> None:
    if Draft.objects.filter(owner=owner).count() >= DRAFTS_A_PERSON:
        raise InvalidText(
            _("You already have {limit} drafts. Please discard some first.").format(limit=DRAFTS_A_PERSON),
            field="source",
        )


def _refuse_too_large(owner: User, key: str, source: str, *, before: str) -> None:
    """Refuse a draft that grows beyond what one person may keep. One that is cut short is saved in any case."""
    size = len(source.encode())
    if size <= len(before.encode()):
        return
    others = Draft.objects.filter(owner=owner).exclude(key=key).aggregate(size=Sum(Octets("source")))["size"] or 0
    if size + others > BYTES_A_PERSON:
        raise InvalidText(_("Your drafts are too large together. Please discard some first."), field="source")


def _small(fields: dict[str, Any]) -> dict[str, str]:
    """Return the form's other fields, as short strings."""
    kept = {str(name)[:40]: str(value)[:FIELD_LENGTH] for name, value in list(fields.items())[:12]}
    for name, value in kept.items():
        texts.refuse_unwritable(name + value, field="source")
    return kept
