"""What a suggestion changes beside title and text: tags, the category of a thread, the summary of an article.

Each is text: tags by their names with commas between, a category by its slug.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from community.content import diffs, texts
from community.content.history import line_rows
from community.content.models import Category, Post, Tag
from community.content.services.tags import canonical
from community.content.writing import plan_of

TAGS, CATEGORY, SUMMARY = "tags", "category", "summary"

type Filing = Mapping[str, str]
type Changes = dict[str, list[str]]
"""What was there and what is suggested instead, by field."""


def filing_of(post: Post) -> dict[str, str]:
    """Return what an opening post has, of those fields that its form has; nothing of a reply."""
    if not post.is_opening:
        return {}
    plan, thread = plan_of(post), post.thread
    fields = plan.edit_form.base_fields  # type: ignore[attr-defined]
    found = {TAGS: _joined(dict(thread.tags.values_list("slug", "name")))}
    if CATEGORY in fields:
        found[CATEGORY] = thread.category.slug if thread.category else ""
    if SUMMARY in fields:
        found[SUMMARY] = plan.extra(post)[SUMMARY]
    return found


def tags_text(written: str) -> str:
    """Return tags as `filing_of` has them, of a line that a person wrote. Raises InvalidText."""
    names = canonical(texts.tags_in(written))
    return _joined(names | dict(Tag.objects.filter(slug__in=names).values_list("slug", "name")))


def changes_between(before: Filing, after: Filing) -> Changes:
    return {name: [before[name], after[name]] for name in before if after.get(name, before[name]) != before[name]}


def still_wanted(changes: Changes, now: Filing) -> dict[str, str] | None:
    """Return what changes make of a post as it is now; None if somebody else has changed the same otherwise."""
    wanted = {name: after for name, (_before, after) in changes.items() if name in now and now[name] != after}
    return wanted if all(now[name] == changes[name][0] for name in wanted) else None


def arguments(wanted: Filing, now: Filing) -> dict[str, Any]:
    """Return what the service that edits the post is given. It refuses what somebody has changed since `now`."""
    given: dict[str, Any] = {}
    if TAGS in wanted:
        given |= {"tags": wanted[TAGS].split(", "), "base_tags": now[TAGS].split(", ")}
    if CATEGORY in wanted:
        given["category"] = Category.objects.filter(slug=wanted[CATEGORY]).first()
    if SUMMARY in wanted:
        given |= {"summary": wanted[SUMMARY], "base_summary": now[SUMMARY]}
    return given


def read(sent: str) -> dict[str, str]:
    """Return the filing that a form was made with; nothing if it is none."""
    try:
        found = json.loads(sent or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def written(filing: Filing) -> str:
    return json.dumps(filing, ensure_ascii=False)


def rows(before: Filing, after: Filing) -> list[diffs.Row]:
    """Return what differs as rows of a diff, each with the name of its field."""
    changed = changes_between(before, after)
    lines = [(_line(name, old), _line(name, new)) for name, (old, new) in changed.items()]
    return [row for old, new in lines for row in line_rows(old, new)]


def _line(name: str, value: str) -> str:
    label = {TAGS: _("Tags"), CATEGORY: _("Category"), SUMMARY: _("Summary")}[name]
    if name == CATEGORY:
        category = Category.objects.filter(slug=value).first()
        value = category.label if category else value
    return _("{label}: {value}").format(label=label, value=value or _("none"))


def _joined(names: Mapping[str, str]) -> str:
    return ", ".join(name for _slug, name in sorted(names.items()))
