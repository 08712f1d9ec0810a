"""Story parser: a head of `name: value` lines, the opening text, then further posts after `=== ` lines.

kind: question
title: Why …?
by: demo
ago: 30 h
tags: xor, initialisation

The text …

=== answer by: demo-ada, ago: 29 h, votes: 3, accepted
The answer …

=== comment by: demo, ago: 28 h
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

STORIES = Path(__file__).with_name("stories")
BREAK = "=== "
UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Reply:
    role: str
    by: str
    ago: timedelta
    source: str
    votes: int = 0
    is_accepted: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A story. `key` is the file name: a story loaded twice is one thread."""

    key: str
    kind: str
    title: str
    by: str
    ago: timedelta
    source: str
    language: str
    category: str = ""
    summary: str = ""
    votes: int = 0
    tags: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = field(default=())


def stories() -> list[Story]:
    """Return all stories, oldest first."""
    found = [story_of(path.stem, path.read_text(encoding="utf-8")) for path in sorted(STORIES.glob("*.md"))]
    return sorted(found, key=lambda story: story.ago, reverse=True)


def story_of(key: str, text: str) -> Story:
    head, _, body = text.partition("\n\n")
    facts = dict(_fact(line, ":") for line in head.splitlines())
    opening, *further = _parts(body)
    return Story(
        key=key,
        kind=facts["kind"],
        title=facts.get("title", ""),
        by=facts["by"],
        ago=_age(facts["ago"]),
        source=opening,
        language=facts["language"],
        category=facts.get("category", ""),
        summary=facts.get("summary", ""),
        votes=int(facts.get("votes", 0)),
        tags=tuple(tag.strip() for tag in facts.get("tags", "").split(",") if tag.strip()),
        replies=tuple(_reply(part) for part in further),
    )


def _parts(body: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for line in body.splitlines():
        if line.startswith(BREAK):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines).strip() + "\n" for lines in parts]


def _reply(part: str) -> Reply:
    head, _, source = part.partition("\n")
    role, _, rest = head.removeprefix(BREAK).partition(" ")
    facts = dict(_fact(each, ":") for each in rest.split(","))
    return Reply(
        role=role,
        by=facts["by"],
        ago=_age(facts["ago"]),
        source=source,
        votes=int(facts.get("votes", 0)),
        is_accepted="accepted" in facts,
        language=facts.get("language", ""),
    )


def _fact(text: str, mark: str) -> tuple[str, str]:
    name, _, value = text.partition(mark)
    return name.strip(), value.strip()


def _age(text: str) -> timedelta:
    number, unit = text.split()
    return int(number) * UNITS[unit]
