"""Families of runs: what a run was forked from, and what was forked from it, as far as a reader may see them.

Relatives are shown unasked. So they are only those that lists show to this reader, and the reader's own: no private
run, and none that is shared by its link.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from bpsandbox import errors, explain
from bpsandbox.models import Attachment, Spec
from bpsandbox.selectors import BRIEF, Brief, RunPage, brief_of

MOST_SHOWN, MOST_LEVELS, MOST_FORKS = 60, 8, 20
MOST_ROWS = 100
"""So many attachments are read of one run, or of its forks: a popular config is in thousands of posts."""
WANTED = ("title", "target_kind", "target_id", "owner", "forked_from", *(f"spec__{name}" for name in BRIEF))


@dataclass(frozen=True)
class Relative:
    """A run of a family. `parent` is the hash of the member it was forked from, empty for the first one; `owner_id`
    is of whoever gave it its title.

    `changes` says what is different from the parent. `has_hidden_parent`: it was forked from a run that this reader
    does not see, whatever the reason.
    """

    brief: Brief
    title: str = ""
    target_kind: str = ""
    target_id: int | None = None
    owner_id: int | None = None
    parent: str = ""
    changes: tuple[str, ...] = ()
    depth: int = 0
    has_hidden_parent: bool = False

    @property
    def spec_hash(self) -> str:
        return self.brief.spec_hash

    @property
    def shown_title(self) -> str:
        return self.title or self.brief.words["title"]


@dataclass(frozen=True)
class Relatives:
    """The parent of a run and its forks. `is_fork` without a `parent`: the reader does not see it, or it is gone.

    `has_more`: there are more forks.
    """

    is_fork: bool = False
    parent: Relative | None = None
    forks: tuple[Relative, ...] = ()
    has_more: bool = False


@dataclass(frozen=True)
class Family:
    """A run with all its relatives, each after its parent. `is_cut`: there are more."""

    focus: str
    members: tuple[Relative, ...]
    is_cut: bool = False


def relatives(page: RunPage, user: Any = None, owner_key: str = "") -> Relatives:
    """Return the parent and the first forks of a run, in a query each."""
    parents = [source.forked_from for source in page.sources if source.forked_from]
    above = _by_hash(_rows(Q(spec__hash__in=parents), user, owner_key)) if parents else {}
    parent = next((above[each] for each in parents if each in above), None)
    forks = tuple(_by_hash(_rows(Q(forked_from=page.card.spec_hash), user, owner_key)).values())
    return Relatives(bool(parents), parent, forks[:MOST_FORKS], len(forks) > MOST_FORKS)


def family(spec_hash: str, user: Any = None, owner_key: str = "") -> Family:
    """Return the family of a run that this person may see. Raises RunNotFound."""
    spec = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash).first()
    if spec is None:
        raise errors.RunNotFound
    rows = list(_wanted(spec.attachments.visible_to(user, owner_key)))
    opened = _by_hash(rows)[spec_hash]
    shown = _by_hash(_rows(Q(spec=spec), user, owner_key)).get(spec_hash, Relative(opened.brief))
    members = {spec_hash: replace(shown, parent=_first_seen(rows, user, owner_key) or opened.parent)}
    first, is_cut_above = _with_ancestors(members, members[spec_hash], user, owner_key)
    is_cut = _with_forks(members, first, user, owner_key)
    changed = _with_changes(members, cut=first if is_cut_above else "")
    return Family(spec_hash, tuple(_in_order(changed, first)), is_cut or is_cut_above)


def _first_seen(rows: Sequence[Attachment], user: Any, owner_key: str) -> str:
    """Return the first parent that lists show to this reader; empty if there is a choice of one or none."""
    parents = list(dict.fromkeys(row.forked_from for row in rows if row.forked_from))
    above = _by_hash(_rows(Q(spec__hash__in=parents), user, owner_key)) if len(parents) > 1 else {}
    return next((each for each in parents if each in above), "")


def _with_ancestors(members: dict[str, Relative], member: Relative, user: Any, owner_key: str) -> tuple[str, bool]:
    """Add what a member was forked from, and that in turn; return the hash of the first one, and whether it has a
    parent that is left out."""
    for level in range(MOST_LEVELS + 1):
        above = _by_hash(_rows(Q(spec__hash=member.parent), user, owner_key)) if member.parent else {}
        if member.parent not in above or member.parent in members:
            return member.spec_hash, False
        if level < MOST_LEVELS:
            members |= above
            member = above[member.parent]
    return member.spec_hash, True


def _with_forks(members: dict[str, Relative], first: str, user: Any, owner_key: str) -> bool:
    """Add what was forked from the first member, level by level, in one query each; return whether there are more."""
    level, seen, is_cut = {first}, {first}, False
    for _level in range(2 * MOST_LEVELS):
        rows = list(_rows(Q(forked_from__in=level), user, owner_key))
        below = _by_hash(rows)
        new = [each for each in below if each not in members]
        room = MOST_SHOWN - len(members)
        is_cut = is_cut or len(new) > room or len(rows) == MOST_ROWS
        members |= {each: below[each] for each in new[: max(0, room)]}
        level = (below.keys() & members.keys()) - seen
        seen |= level
        if not level:
            return is_cut
    return True


def _rows(chosen: Q, user: Any, owner_key: str) -> Any:
    return _wanted(Attachment.objects.shown_to(user, owner_key).filter(chosen))


def _wanted(rows: Any) -> Any:
    return rows.select_related("spec__current_run").only(*WANTED).order_by("pk")[:MOST_ROWS]


def _by_hash(rows: Iterable[Attachment]) -> dict[str, Relative]:
    """Return one relative for each spec: its first title, and its first parent."""
    found: dict[str, Relative] = {}
    for row in rows:
        known = found.get(row.spec.hash)
        if known is None:
            found[row.spec.hash] = Relative(
                brief_of(row.spec), row.title, row.target_kind, row.target_id, row.owner_id, row.forked_from
            )
        elif not known.parent:
            found[row.spec.hash] = replace(known, parent=row.forked_from)
    return found


def _with_changes(members: dict[str, Relative], *, cut: str) -> dict[str, Relative]:
    """Add what each member changed, in one query for all configs, and mark parents that are not among them.

    That of `cut` is left out because there are too many, and is not hidden.
    """
    texts = dict(Spec.objects.filter(hash__in=members).values_list("hash", "canonical"))
    configs = {each: json.loads(text) for each, text in texts.items()}
    made = {}
    for own, member in members.items():
        parent = configs.get(member.parent)
        if parent is None:
            made[own] = replace(member, parent="", has_hidden_parent=bool(member.parent) and own != cut)
        elif "sweep" in parent or "sweep" in configs[own]:
            made[own] = member
        else:
            made[own] = replace(member, changes=explain.changes(parent, configs[own]))
    return made


def _in_order(members: dict[str, Relative], first: str) -> Sequence[Relative]:
    """Return the first member and below each its forks, oldest first, with their depths. A circle is entered once."""
    ordered: list[Relative] = []
    stack, seen = [(first, 0)], set[str]()
    while stack:
        own, depth = stack.pop()
        if own in seen:
            continue
        seen.add(own)
        ordered.append(replace(members[own], depth=depth))
        forks = [each for each, member in members.items() if member.parent == own]
        stack.extend((each, depth + 1) for each in reversed(forks))
    return ordered
