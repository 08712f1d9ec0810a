"""Judged queries over a corpus of our own: the demo community and short threads in two languages.

`queries.tsv` was written before ranking was changed by it, and by the texts rather than by what a search found.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
BREAK = "##### "


class Judged(NamedTuple):
    """A query of a kind, and the grades of threads by the keys of their stories: 3 the best answer, 1 a mention."""

    kind: str
    query: str
    grades: dict[str, int]


def judged() -> list[Judged]:
    found, kind = [], ""
    for line in (FOLDER / "queries.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind = line.removeprefix("## ")
        elif line and not line.startswith("# "):
            query, grades = line.split("\t")
            pairs = (each.rpartition(":") for each in grades.split())
            found.append(Judged(kind, query, {key: int(grade) for key, _, grade in pairs}))
    return found


def corpus() -> list:
    """Return the stories of the corpus, the demo community's first."""
    from community.pages.demo.reading import stories, story_of

    parts = (
        part.partition("\n")
        for path in sorted(FOLDER.glob("threads-*.md"))
        for part in path.read_text(encoding="utf-8").split(BREAK)[1:]
    )
    ours = [story_of(key, text.lstrip("\n")) for key, _, text in parts]
    return [*stories(), *sorted(ours, key=lambda story: story.ago, reverse=True)]


def _note_traits() -> None:
    """Let runs be found by what they are made of, as if each had been trained and nothing had been noticed."""
    from bpsandbox import traits
    from bpsandbox.models import Spec, Trait

    Trait.objects.bulk_create(
        Trait(spec=spec, kind=kind, value=value, final=traits.UNKNOWN_LOSS, parameters=0, steps=0)
        for spec in Spec.objects.all()
        for kind, value in traits.traits_of(traits.parsed(spec.canonical), set())
    )


def count_words() -> None:
    """Count the words that misspelt ones are corrected to, as a worker does each hour."""
    from django.core.cache import cache

    from community.search import spelling

    cache.delete(spelling.COUNTED_AT)
    spelling.renew()


def load() -> dict[int, str]:
    """Write the corpus to an empty database; return the story of each thread."""
    from community.content.models import Post
    from community.pages.demo.accounts import create_accounts
    from community.pages.demo.loading import load_stories, submission_of

    found = corpus()
    load_stories(found, create_accounts())
    _note_traits()
    keys = {submission_of(story.key): story.key for story in found}
    rows = Post.objects.filter(submission__in=keys, number=1).values_list("submission", "thread")
    count_words()
    return {thread: keys[submission] for submission, thread in rows if submission is not None}
