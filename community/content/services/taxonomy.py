"""What moderators do with tags: name and describe them, put them in order, and make one a synonym of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from community.audit.actions import Action
from community.audit.services import record
from community.common.errors import NotAllowed
from community.common.text import many_lines
from community.content import audience, bodies, policies, tag_search, tasks, texts
from community.content.errors import InvalidText, TagConflict
from community.content.models import Tag
from community.content.tag_tree import MOST_WITHIN, path_to, place_of
from community.rendering import pool
from community.rendering.context import Context

if TYPE_CHECKING:
    from community.accounts.models import User

SUMMARY_LENGTH = 300
ABOUT_LENGTH = 5_000
MOST_SYNONYMS = 40
NAMES = ("name", "name_zh")
ABOUT = {"about": "en", "about_zh": "zh-hans"}


def edit_tag(
    *,
    tag: Tag,
    by: User,
    base_version: int,
    name: str,
    name_zh: str,
    synonyms: str,
    parent: str,
    description: str,
    description_zh: str,
    about: str,
    about_zh: str,
) -> Tag:
    """Change everything that moderators say of a tag. `synonyms` are names separated by commas; `parent` is a name.

    Raises NotAllowed, InvalidText, and TagConflict if another moderator has saved it since `base_version`.
    """
    _refuse_members(by)
    columns = {
        "name": _name(name, "name"),
        "name_zh": _name(name_zh, "name_zh", required=False),
        "description": texts.one_line(description, field="description", longest=SUMMARY_LENGTH),
        "description_zh": texts.one_line(description_zh, field="description_zh", longest=SUMMARY_LENGTH),
        **_about("about", about),
        **_about("about_zh", about_zh),
    }
    wanted = _synonyms(synonyms) | {texts.tag(columns[each])[0]: columns[each] for each in NAMES if columns[each]}
    wanted.pop(tag.slug, None)
    parent_slug = texts.tag(_name(parent, "parent", required=False))[0]
    with transaction.atomic():
        path = _path_of(parent_slug)
        tag = _locked(tag.pk, {*wanted}, path)
        if tag.version != base_version or tag.synonym_of_id is not None or path != _path_of(parent_slug):
            raise TagConflict
        before = _described(tag)
        _take_names(tag, wanted)
        _save(tag, by, columns | {"parent": _parent(tag, path)}, before)
    return tag


@transaction.atomic
def synonym_target(*, tag: Tag, of: str, by: User) -> tuple[Tag, Tag]:
    """Return a tag, and the one that is called `of`, of which it can become a synonym.

    Both are locked while a transaction lasts. Raises NotAllowed, InvalidText, TagConflict.
    """
    _refuse_members(by)
    slug = texts.tag(_name(of, "of", required=False))[0]
    meant = Tag.objects.meant_by(slug) if slug else None
    if meant is None:
        raise InvalidText(_("There is no tag with this name."), field="of")
    tag, target = _both(tag.pk, meant.pk)
    _refuse_too_many(tag, target)
    return tag, target


def make_synonym(*, tag: Tag, of: str, by: User, seen: int | None = None) -> Tag:
    """Make a tag, and its synonyms, synonyms of the tag that is called `of`; a job moves its threads. Returns that tag.

    Who follows or mutes it does so with the other, unless they have a level for that. Raises NotAllowed, InvalidText;
    TagConflict too if `of` means another tag than the one with the key `seen`.
    """
    with transaction.atomic():
        tag, target = synonym_target(tag=tag, of=of, by=by)
        if seen not in (None, target.pk):
            raise TagConflict(_("This name belongs to another tag now. Please look again."))
        _merge(tag, target)
        record(actor=by, action=Action.MERGE_TAG, target=target, changes={"synonyms": ("", tag.name)})
        _names_changed(target)
    return target


def preview(**sources: str) -> dict[str, SafeString]:
    """Return the HTML of texts about a tag, as they would be saved. Raises InvalidText."""
    rendered = [_about(field, source) for field, source in sources.items()]
    return {name: mark_safe(text) for each in rendered for name, text in each.items() if name.endswith("_html")}


def _refuse_members(by: User) -> None:
    if not policies.is_staff(by):
        raise NotAllowed(_("Only moderators can do this."))


def _name(text: str, field: str, *, required: bool = True) -> str:
    """Return a name as people type it in the box for tags, in which spaces separate tags."""
    try:
        slug, shown = texts.tag(text)
    except InvalidText as error:
        raise InvalidText(error.fields[error.field][0], field=field) from error
    if required and not slug:
        raise InvalidText(_("A tag needs a name."), field=field)
    return shown


def _synonyms(text: str) -> dict[str, str]:
    """Return the slugs of names that are separated by commas or spaces, with the names."""
    texts.refuse_too_long(text, MOST_SYNONYMS * (texts.TAG_LENGTH + 2), field="synonyms")
    names = text.replace("，", ",").replace("、", ",").replace(",", " ").split()
    named = [_name(each, "synonyms", required=False) for each in names]
    found = {texts.tag(name)[0]: name for name in named if name}
    if len(found) > MOST_SYNONYMS:
        raise InvalidText(_too_many(), field="synonyms")
    return found


def _too_many() -> str:
    return _("A tag can have at most %(most)d synonyms.") % {"most": MOST_SYNONYMS}


def _about(field: str, source: str) -> dict[str, str]:
    """Render a text about a tag. Never within a transaction, as `bodies.render_post` says."""
    texts.refuse_too_long(source, ABOUT_LENGTH, field=field)
    source = many_lines(source).strip()
    if not source:
        return {field: "", f"{field}_html": ""}
    context = Context(kind="bio", prefix=f"{field}-", known_handles=(), hosts=bodies.own_hosts(), language=ABOUT[field])
    rendered = pool.render(source, context)
    if rendered.notice or not rendered.version:
        sentence = rendered.notice or _("This text could not be rendered just now. Please try again.")
        raise InvalidText(sentence, field=field)
    return {field: source, f"{field}_html": rendered.html}


def _locked(pk: int, slugs: Collection[str], path: Sequence[Tag]) -> Tag:
    """Lock a tag, those with these slugs and those of a path, in the order in which those who count lock them."""
    wanted = Q(pk__in=[pk, *(each.pk for each in path)]) | Q(slug__in=slugs)
    list(Tag.objects.select_for_update(no_key=True).filter(wanted).order_by("slug").values_list("pk"))
    return Tag.objects.select_related("parent").get(pk=pk)


def _both(tag: int, target: int) -> tuple[Tag, Tag]:
    """Lock a tag and what it shall be a synonym of, in one order. Raises InvalidText, TagConflict."""
    if tag == target:
        raise InvalidText(_("A tag cannot be a synonym of itself. Choose another one."), field="of")
    rows = Tag.objects.select_for_update(no_key=True).filter(pk__in=[tag, target]).order_by("slug")
    found = {row.pk: row for row in rows}
    if any(row.synonym_of_id is not None for row in found.values()):
        raise TagConflict(_("One of the two tags has become a synonym in the meantime. Please look again."))
    if found[tag].children.exists():
        sentence = _("There are tags within #%(tag)s. Choose another parent for them first.")
        raise InvalidText(sentence % {"tag": found[tag].label}, field="of")
    return found[tag], found[target]


def _refuse_too_many(tag: Tag, target: Tag) -> None:
    if tag.synonyms.count() + target.synonyms.count() >= MOST_SYNONYMS:
        raise InvalidText(_too_many(), field="of")


def _merge(tag: Tag, target: Tag) -> None:
    """Make a locked tag a synonym of another, with its synonyms, so that none is a synonym of a synonym."""
    _refuse_too_many(tag, target)
    tag.synonyms.update(synonym_of=target)
    tag.synonym_of, tag.parent = target, None
    tag.save(update_fields=["synonym_of", "parent"])
    audience.merge_tags(tag.pk, target.pk)
    tasks.move_tagged.enqueue(tag_id=tag.pk)


def _take_names(tag: Tag, wanted: Mapping[str, str]) -> None:
    """Let a tag have these names besides its slug, and no others. Raises InvalidText if one is another tag's.

    The rows that there are of all of them are locked.
    """
    known = {row.slug: row for row in Tag.objects.filter(slug__in=wanted)}
    for row in known.values():
        _refuse_anothers(row, tag)
    released = list(tag.synonyms.exclude(slug__in=wanted).values_list("pk", flat=True))
    Tag.objects.filter(pk__in=released).update(synonym_of=None)
    tag_search.update(Tag.objects.filter(pk__in=released).prefetch_related("synonyms"))
    for row in known.values():
        if row.synonym_of_id is None:
            _merge(row, tag)
    new = [Tag(slug=slug, name=shown, synonym_of=tag) for slug, shown in wanted.items() if slug not in known]
    Tag.objects.bulk_create(new, ignore_conflicts=True)
    if tag.synonyms.count() != len(wanted):  # somebody has used one of them first
        raise TagConflict


def _refuse_anothers(row: Tag, tag: Tag) -> None:
    if row.synonym_of_id == tag.pk:
        return
    if row.synonym_of_id is not None:
        sentence = _("“%(name)s” is a synonym of another tag. Remove it there first.")
        raise InvalidText(sentence % {"name": row.name}, field="synonyms")
    if row.thread_count or row.children.exists():
        sentence = _("“%(name)s” is another tag with threads. Make that one a synonym of this tag, on its own page.")
        raise InvalidText(sentence % {"name": row.name}, field="synonyms")


def _path_of(slug: str) -> list[Tag]:
    """Return the tag with this slug and those around it. Raises InvalidText if there is none."""
    parent = Tag.objects.meant_by(slug) if slug else None
    if slug and parent is None:
        raise InvalidText(_("There is no tag with this name."), field="parent")
    return path_to(parent) if parent else []


def _parent(tag: Tag, path: Sequence[Tag]) -> Tag | None:
    """Return the tag that a tag is put within, the first of a locked path. Raises InvalidText."""
    if tag in path:
        raise InvalidText(_("A tag cannot be within itself, not even through others."), field="parent")
    added = {tag.pk, *place_of(tag).below}
    if any(len(added | place_of(each).below) > MOST_WITHIN for each in path):
        sentence = _("At most %(most)d tags can be within one. Choose a parent with fewer.")
        raise InvalidText(sentence % {"most": MOST_WITHIN}, field="parent")
    return path[0] if path else None


def _described(tag: Tag) -> dict[str, object]:
    """Return what the audit log compares."""
    fields = (*NAMES, "description", "description_zh", *ABOUT)
    synonyms = ", ".join(tag.synonyms.order_by("slug").values_list("slug", flat=True))
    parent = tag.parent.slug if tag.parent else ""
    return {field: getattr(tag, field) for field in fields} | {"synonyms": synonyms, "parent_tag": parent}


def _save(tag: Tag, by: User, columns: Mapping[str, object], before: Mapping[str, object]) -> None:
    """Save what was changed and record it; nothing if nothing was."""
    for column, value in columns.items():
        setattr(tag, column, value)
    after = _described(tag)
    changes = {field: (before[field], value) for field, value in after.items() if before[field] != value}
    if not changes:
        return
    tag.version += 1
    tag.save(update_fields=["version", *columns])
    record(actor=by, action=Action.EDIT_TAG, target=tag, changes=changes)
    if not {*NAMES, "synonyms"}.isdisjoint(changes):
        _names_changed(tag)


def _names_changed(tag: Tag) -> None:
    """Let searches find the tag and its threads by its names."""
    tag_search.update(Tag.objects.filter(pk=tag.pk).prefetch_related("synonyms"))
    tag_search.remove(tag.synonyms.values_list("pk", flat=True))
    tasks.reindex_tag.enqueue(tag_id=tag.pk, after=0)
