"""Deterministic texts of a synthetic community: names, categories, posts and who wrote them when.

The same size and seed give the same texts everywhere, so that two programs measured with them show the same pages.
Post texts are Markdown of about 800 characters from a pool, a fifth of them with the word `gradient`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

SEARCH_WORD = "gradient"
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
SPAN = 2 * 365 * 24 * 3600  # seconds from the oldest thread to NOW

_WORDS = """agent reward policy value state action step episode return batch layer weight loss
train test seed noise sample buffer replay target network actor critic entropy clip ratio epoch
model data set split score metric curve plot graph table page post topic reply thread user group
forum blog follow like share note link image code block quote list title draft edit history
server client cache query index row column table schema key value field form token session cookie
the a of to and in is it that for on with as was but are this be at by not or from have an they
which you one we all there can more if will no about out up so when what some would make into time
than only other new could these two may then do first any my now such over our even most through
after should also well where much before right too mean old same tell because turn here why help
set three want air play small end put home read hand large spell add land must big high follow act
change went light kind off need house picture try again animal point mother world near build self
earth father head stand own plant cover food sun four between keep eye never last let thought city
tree cross farm hard start might story saw far sea draw left late run while press close night real
life few north open seem together next white children begin got walk example ease paper always
music those both mark often letter until mile river car feet care second book carry took science
eat room friend began idea fish mountain stop once base hear horse cut sure watch color face wood
main enough plain girl usual young ready above ever red list though feel talk bird soon body dog
family direct pose leave song measure door product black short numeral class wind question happen
complete ship area half rock order fire south problem piece told knew pass since top whole king
space heard best hour better true during hundred five remember early hold west ground interest
reach fast verb sing listen six table travel less morning ten simple several vowel toward war lay
against pattern slow center love person money serve appear road map rain rule govern pull cold
notice voice unit power town fine certain fly fall lead cry dark machine wait plan figure star box
noun rest correct able pound done beauty drive stood contain front teach week final gave green quick
develop ocean warm free minute strong special mind behind clear tail produce fact street inch
multiply nothing course stay wheel full force blue object decide surface deep moon island foot
system busy record boat common gold possible plane stead dry wonder laugh thousand ago ran check
game shape equate hot miss brought heat snow tire bring yes distant fill east paint language among"""
WORDS = list(dict.fromkeys(_WORDS.split()))
_CUMULATIVE = list(accumulate(1.0 / (place + 3) for place in range(len(WORDS))))
_CODE = "```\nfor step in range(100):\n    action = agent.act(state)\n    state, reward = env.step(action)\n```"


@dataclass(frozen=True, slots=True)
class Shape:
    """How much there is. `topics` and `posts` are the forum's; each article is one more of both.

    Topic 0 has `longest` posts, the next `twenties` exactly 20. User 1 has `most_followers`, user 2 follows
    `most_followed`.
    """

    people: int
    topics: int
    posts: int
    longest: int
    twenties: int
    articles: int
    runs: int
    most_followers: int
    most_followed: int
    categories: int = 20
    bodies: int = 2000


SHAPES = {
    "tiny": Shape(12, 60, 400, 120, 5, 10, 2, 11, 10, categories=3, bodies=30),
    "small": Shape(200, 1_000, 10_000, 2_000, 10, 200, 20, 199, 150),
    "large": Shape(200, 10_000, 100_000, 2_000, 100, 2_000, 40, 199, 150),
    "huge": Shape(20_000, 98_000, 998_000, 10_000, 100, 2_000, 2_000, 10_000, 2_000),
}


class Post(NamedTuple):
    """A post: its author and text as numbers, and when."""

    user: int
    body: int
    at: datetime


class Topic(NamedTuple):
    index: int
    category: int
    title: str
    posts: list[Post]


class Texts:
    """The texts of one size: `people`, `categories` (name, description), `bodies`, and `topics()`."""

    def __init__(self, shape: Shape, seed: int = 7) -> None:
        self.shape, self.seed = shape, seed
        chance = random.Random(seed)
        self.people = [f"user{number:03d}" for number in range(shape.people)]
        self.categories = [_category(chance, number) for number in range(shape.categories)]
        self.bodies = [_body(chance, number) for number in range(shape.bodies)]

    def topics(self) -> Iterator[Topic]:
        """Yield the topics, the oldest first; topic 0 lasts from the middle of the time to its end."""
        chance = random.Random(self.seed + 1)
        lengths = self._lengths(chance)
        for index, length in enumerate(lengths):
            yield self._topic(chance, index, length)

    def _lengths(self, chance: random.Random) -> list[int]:
        """Return the number of posts of each topic: most have few, some many, and the sum is exact."""
        shape = self.shape
        rest = shape.topics - 1 - shape.twenties
        posts = shape.posts - shape.longest - 20 * shape.twenties
        raw = [min(chance.paretovariate(1.3), 30.0) for _ in range(rest)]
        scale = (posts - rest) / sum(raw)
        lengths = [1 + int(each * scale) for each in raw]
        for place in range(posts - sum(lengths)):
            lengths[place % rest] += 1
        return [shape.longest, *[20] * shape.twenties, *lengths]

    def _topic(self, chance: random.Random, index: int, length: int) -> Topic:
        shape = self.shape
        rest = shape.topics - 1 - shape.twenties
        place = (index - 1 - shape.twenties) / max(1, rest) if index > shape.twenties else 0.9 + 0.1 * chance.random()
        if index == 0:
            place = 0.5
        created = NOW - timedelta(seconds=SPAN * (1 - place) + chance.random() * 3600 + 3600)
        in_first = index == 0 or chance.random() < 0.4
        category = 0 if in_first else chance.randrange(1, shape.categories)
        title = f"{_sentence(chance, chance.randint(4, 9))[:-1]} {index}"
        life = (NOW - created).total_seconds()
        window = life if index == 0 else min(life, 3 * 24 * 3600)
        offsets = sorted(chance.random() * window for _ in range(length - 1))
        moments = [created, *(created + timedelta(seconds=offset) for offset in offsets)]
        posts = [Post(chance.randrange(shape.people), chance.randrange(shape.bodies), at) for at in moments]
        return Topic(index, category, title, posts)


def _category(chance: random.Random, number: int) -> tuple[str, str]:
    name = f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {number}"
    return name, " ".join(chance.choices(WORDS, k=12))


def _sentence(chance: random.Random, length: int) -> str:
    words = chance.choices(WORDS, cum_weights=_CUMULATIVE, k=length)
    return words[0].capitalize() + " " + " ".join(words[1:]) + "."


def _paragraph(chance: random.Random, sentences: int) -> str:
    return " ".join(_sentence(chance, chance.randint(7, 14)) for _ in range(sentences))


def _body(chance: random.Random, number: int) -> str:
    def word() -> str:
        return chance.choice(WORDS)

    parts = [_paragraph(chance, 4)]
    if number % 3 == 0:
        parts.append("> " + _sentence(chance, 12))
    if number % 5 == 0:
        about = f"The {SEARCH_WORD} of the *{word()}* is **{word()}**"
        parts.append(f"{about}, see [the {word()}](https://example.org/{word()}/{number}).")
    if number % 4 == 0:
        parts.append("\n".join(f"- {word()} `{word()}` {word()} {word()}" for _ in range(4)))
    if number % 7 == 0:
        parts.append(_CODE)
    while sum(len(part) + 2 for part in parts) < 760:
        parts.append(_paragraph(chance, 2))
    return "\n\n".join(parts)
