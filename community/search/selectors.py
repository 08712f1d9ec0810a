from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from community.mutes.selectors import meets_everybody, met_by
from community.search import formulas, language, operators, pinyin, spelling
from community.search.backends import ANY, NAMED_KINDS, Wanted, backend
from community.search.backends import Match as Listed
from community.search.excerpts import marked, no_formulas, place, shown
from community.search.facts import between, fact
from community.search.formulas import Formula, Tokens
from community.search.models import Document
from community.search.operators import KIND, Asked
from community.search.phrases import has_all
from community.search.registry import Hit, Source, finders, known, sources
from community.search.tokens import COMMON, Term, fold, query_terms, query_tokens, telling, without_common

MOST_TOKENS = 24
RANKED = 500  # of the newest matches
TITLED = 200  # of the newest matches in titles, ranked too
NAMED = 20  # of people and tags, among many newer texts
MOST_LOOSE = 8  # words, of which a text may lack one if none has them all
MOST_SOME = 9  # words, of which a text may have only some
MANY = 6  # of them, of which it must have three
MOST_READ = 8_000  # matches, of which a reader sees few
FEW = 3  # matches: there may be more of what was meant
FIRST_FOUND = 3  # runs above the other results
COUNTED = 50  # runs at most, where only the first are shown
FIRST_RANK = -(10**12)
TEXT = "post"  # the source whose rows are of several kinds
CLOSER = 10**9  # in rank: a formula as it is written is above one up to renaming, that above its words

ORDERS = {"relevance": ("rank", "-pk"), "newest": ("-pk",), "score": ("-score", "-pk")}


class Match(NamedTuple):
    """A document that matches and that the reader sees. A lower `rank` is better; `label` is its kind for readers."""

    rank: int
    pk: int
    kind: str
    object_id: int
    label: str = ""
    score: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """A hit with its title and an excerpt, both with the words marked.

    `why` is where its words are: title, text, formula, tag, config; else run or filters.
    """

    hit: Hit
    excerpt: SafeString
    object_id: int
    why: str
    title: SafeString


@dataclass(frozen=True)
class Search:
    """A query and what it means.

    What people wrote whom the reader does not meet is noted in `left_out` while it is searched, its kind by the key of
    its document, unless the search is `of_everybody`. `cut_short` are kinds of which a finder looked at the newest.
    """

    query: language.Query
    asked: Asked = field(default_factory=Asked)
    is_loose: bool = False
    """Whether texts with all words but one are found too."""
    is_some: bool = False
    """Whether texts with a few of the words are found too."""
    meant: tuple[tuple[str, str], ...] = ()
    """Words that nothing has, and what was searched for instead."""
    of_everybody: bool = False
    left_out: dict[int, str] = field(default_factory=dict)
    cut_short: set[str] = field(default_factory=set)

    @cached_property
    def wanted(self) -> Wanted:
        """What the index is asked for, without the kinds."""
        texts = [*self.query.phrases, self.words]  # the last word is the one that is being typed
        terms = without_common(dict.fromkeys(term for text in texts for term in query_terms(text)))
        terms = [*map(_term_of, self.formulas), *terms]
        facts: list[tuple[str, ...]] = [*self.asked.facts]
        if self.asked.since or self.asked.until:
            facts.append(between(self.asked.since, self.asked.until))
        words = tuple(terms)[:MOST_TOKENS]
        return Wanted(
            words=(some_of(words),) if self.is_some else (all_but_one(words),) if self.is_loose else words,
            without=tuple((tokens,) for each in self.query.without if len(tokens := tuple(query_tokens(each))) == 1),
            facts=tuple(facts),
            without_facts=self.asked.without_facts,
        )

    @property
    def formulas(self) -> list[Formula]:
        return self._divided[1]

    @property
    def words(self) -> str:
        """The words outside formulas."""
        return self._divided[0]

    @cached_property
    def _divided(self) -> tuple[str, list[Formula]]:
        return formulas.of_query(self.query.words)

    def closer(self, wanted: Wanted) -> list[Wanted]:
        """Return what the best documents have of what is wanted, the very best last.

        Nothing if there is no formula, no sizes such as 2-3-1 and no name such as `zero_grad`, of which others have the
        letters, numbers and words too.
        """
        precise = [[] if self.is_loose or self.is_some else _precise(term) for term in wanted.words]
        if not any(precise):
            return []
        pairs = list(zip(wanted.words, precise, strict=True))
        steps = (
            tuple((forms[min(step, len(forms) - 1)],) if forms else term for term, forms in pairs) for step in (2, 1, 0)
        )
        return [replace(wanted, words=words) for words in dict.fromkeys(steps)]

    @property
    def can_be_loose(self) -> bool:
        return not (self.is_loose or self.query.phrases) and 3 <= len(self.wanted.words) <= MOST_LOOSE

    @property
    def can_be_some(self) -> bool:
        return not self.query.phrases and len(self.wanted.words) > 3 and bool(some_of(self.wanted.words))

    @cached_property
    def excluded(self) -> tuple[str, ...]:
        """The phrases that no text may have."""
        return tuple(each for each in self.query.without if len(query_tokens(each)) > 1)

    def of_kinds(self, names: Iterable[str]) -> Wanted:
        kinds = tuple(fact(KIND, name) for name in names)
        return replace(self.wanted, facts=(*self.wanted.facts, kinds))


@dataclass(frozen=True)
class Found:
    """Matches that are visible to a reader, in order. With `is_all` they are all there are, but for what is `beyond`.

    `counts` are how many there are of each kind, whichever was asked for; empty if there are too many. `uncounted` are
    kinds of which alone there are too many. `beyond` is how many more there are of kinds of which the first are shown.
    """

    matches: list[Match]
    is_all: bool
    search: Search
    counts: dict[str, int] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()
    beyond: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The query as it was searched for."""
        return language.written(self.search.query)

    @property
    def left_out(self) -> int:
        """How many more, of the kinds asked for, are by people whom the reader does not meet."""
        kinds = self.search.asked.kinds
        return sum(1 for kind in self.search.left_out.values() if not kinds or kind in kinds)


class Elsewhere(NamedTuple):
    """What a finder has: the first keys of what it found, and whether they are all."""

    kind: str
    keys: Sequence[int]
    is_all: bool


def _precise(term: Term) -> list[tuple[str, ...]]:
    """Return the forms of a term that stand for all of it where others stand for its parts, the most precise first."""
    return [form for form in term if len(form) == 1 and (formulas.is_token(form[0]) or len(term[0]) > 1)]


def _term_of(formula: Formula) -> Term:
    """Return what a text must have for a formula: its words, or it, as it is or renamed, or all its parts."""
    words = tuple(term[0][0] for term in without_common(query_terms(formula.latex)) if len(term[0]) == 1)
    found = [words, *((token,) for token in formula.tokens or ()), formula.parts]
    return tuple(filter(None, found))


def all_but_one(words: Sequence[Term]) -> Term:
    """Return one term for texts that have all of some words but one, each in the form that stands for all its forms."""
    forms = [term[-1] for term in words] if len(words) > 1 else []
    return tuple(
        tuple(token for tokens in (*forms[:left], *forms[left + 1 :]) for token in tokens) for left in range(len(forms))
    )


def some_of(words: Sequence[Term]) -> Term:
    """Return one term for texts that have two, or three of many, of those words that say what a query is about.

    One of them is enough if there is no other.
    """
    forms = [term[-1] for term in telling(words)][:MOST_SOME]
    return tuple(
        tuple(token for tokens in chosen for token in tokens)
        for chosen in combinations(forms, min(2 if len(forms) < MANY else 3, len(forms)))
        if chosen
    )


def read(text: str, user: Any, *, kind: str = "", of_everybody: bool = False) -> Search:
    query = operators.read(text)
    query = operators.of_kind(query, kind) if kind else query
    return Search(query, operators.asked_by(query, user), of_everybody=of_everybody)


def find(text: str, user: Any, order: str = "relevance", *, kind: str = "", of_everybody: bool = False) -> Found:
    """Return what matches a query and is visible to this reader, in an order of ORDERS. A `kind` replaces its own.

    Of words in more texts than can be ranked, the newest texts are ranked and the newest with the words in their title,
    so that a search costs the same in any number of posts. Invisible texts are removed before anything is counted.
    """
    search = read(text, user, kind=kind, of_everybody=of_everybody)
    if not (search.wanted or search.asked.kinds or search.asked.asked):
        return Found([], is_all=True, search=search)
    elsewhere, kinds = _found_elsewhere(search, user), search.asked.kinds
    of_finders = _first_of(elsewhere, kinds)
    seen, is_all = _of_any_kind(search, user)
    if not (seen or of_finders) and is_all and (better := _corrected(search)):
        seen, is_all = _of_any_kind(better, user)
        search = better if seen else search
    if not (seen or of_finders) and is_all and search.can_be_loose:
        search = replace(search, is_loose=True)
        seen, is_all = _of_any_kind(search, user)
        search = search if seen else replace(search, is_loose=False)
    if not (seen or of_finders) and is_all and (better := _corrected(search, spelling.corrected_han)):
        seen, is_all = _of_any_kind(better, user)
        search = better if seen else search
    if not (seen or of_finders) and is_all and search.can_be_some:
        seen, is_all = _of_any_kind(some := replace(search, is_some=True), user)
        search = some if seen else search
    counts = Counter(match.label for match in seen) if is_all else Counter()
    if is_all:
        counts.update({each.kind: len(each.keys) for each in elsewhere if each.keys and each.is_all})
    if kinds:
        seen, is_all = _of_kinds(search, user, seen, is_all=is_all)
        is_all = is_all and all(each.is_all for each in elsewhere if each.kind in kinds)
    return Found(
        _sorted(seen, of_finders, search, order),
        is_all,
        search,
        dict(counts),
        uncounted=frozenset(each.kind for each in elsewhere if not each.is_all),
        beyond={} if kinds else {each.kind: more for each in elsewhere if (more := len(each.keys) - FIRST_FOUND) > 0},
    )


def documents_of(kind: str, object_ids: Iterable[int]) -> dict[int, int]:
    """Return the keys of the documents of a few rows of a kind, by those of the rows."""
    rows = Document.objects.filter(kind=kind, object_id__in=list(object_ids))
    return dict(rows.values_list("object_id", "pk"))


def find_among(
    text: str, user: Any, documents: Collection[int], of_finders: Mapping[str, Collection[int]] | None = None
) -> set[tuple[str, int]]:
    """Return kinds and keys of those of a few documents, and of a few rows of finders by their kind, that match a query
    as it is written, and that this reader sees.

    An empty set if an operator has no meaning any more: what the rest of the query finds was not asked for.
    """
    search = read(text, user)
    if search.asked.problems:
        return set()
    kinds = set(search.asked.kinds)
    indexed = sorted(kinds - finders().keys())
    wanted = search.of_kinds(indexed) if indexed else search.wanted
    found: set[tuple[str, int]] = set()
    if wanted and documents and (indexed or not kinds):
        seen = _visible(backend().among(wanted, sorted(documents)), search, user)
        found.update((match.kind, match.object_id) for match in seen)
    for kind, keys in (of_finders or {}).items():
        if kind in kinds and keys:
            found.update((kind, key) for key in finders()[kind].find(search, user, len(keys), keys))
    return found


def watched(text: str) -> list[str]:
    """Return of which sources and finders a query finds rows, without a query of the database.

    Those of the kinds that it asks for; of texts alone if it asks for none.
    """
    asked = operators.values_of(operators.read(text), KIND)
    own = [kind for kind in asked if kind in sources() or kind in finders()]
    return sorted({*own, *([TEXT] if len(own) < len(asked) or not asked else [])})


def having(own: str, search: Search, user: Any) -> tuple[set[int], bool]:
    """Return the keys of the newest rows with a fact that have all that a search asks for but its words, by anybody.

    The second value is whether they are all there are.
    """
    rest = replace(search, query=replace(search.query, words=""), of_everybody=True, left_out={})
    found, is_all = _documents(rest, replace(rest.wanted, facts=(*rest.wanted.facts, (own,))), user)
    return {match.object_id for match in found}, is_all


def _corrected(search: Search, correct: Callable[[str], dict[str, str]] = spelling.corrected) -> Search | None:
    """Return a search for the words that were meant, if some are not known and near to one that is."""
    meant = correct(search.words)
    if not meant:
        return None
    words = spelling.replaced(search.query.words, meant)
    return replace(search, query=replace(search.query, words=words), meant=tuple(meant.items()))


def did_you_mean(found: Found, user: Any) -> language.Query | None:
    """Return a query that finds more, as it is written, than one that found little, if words of that are near to known
    ones.

    Only of a search that was made as it is written, and that has found something: else it is corrected, which is said.
    """
    search = found.search
    if search.meant or search.is_loose or search.is_some or not 0 < len(found.matches) <= FEW or not found.is_all:
        return None
    better = _corrected(search)
    if better is None:
        return None
    instead = find(language.written(better.query), user)
    is_as_written = not (instead.search.meant or instead.search.is_loose or instead.search.is_some)
    return better.query if is_as_written and len(instead.matches) > len(found.matches) else None


def _of_any_kind(search: Search, user: Any) -> tuple[set[Match], bool]:
    if not search.wanted:
        return set(), not search.asked.kinds
    return _documents(search, search.wanted, user)


def _of_kinds(search: Search, user: Any, seen: set[Match], *, is_all: bool) -> tuple[set[Match], bool]:
    """Return the matches of the kinds that are asked for: of all, if they are known, else looked for again."""
    kinds = set(search.asked.kinds)
    if is_all:
        return {match for match in seen if match.label in kinds}, True
    indexed = kinds - finders().keys()
    return _documents(search, search.of_kinds(sorted(indexed)), user) if indexed else (set(), True)


def _documents(search: Search, wanted: Wanted, user: Any) -> tuple[set[Match], bool]:
    """Return the best of the newest documents that are wanted and visible, and whether they are all there are."""
    most, newest = RANKED, backend().newest(wanted, RANKED)
    listed = list(newest)
    if len(newest) == most and wanted.words:
        listed += [*backend().newest(wanted, TITLED, in_titles=True), *backend().newest_named(wanted, NAMED)]
    best: dict[int, Listed] = {}
    for match in sorted(listed, reverse=True):  # a document of several lists has its best rank
        best[match.pk] = match
    # If all matches are known, the closer ones are nearly always some of them, and ranked already.
    closer = [
        {match.pk: match for match in backend().newest(each, RANKED, is_ranked=len(newest) == most)}
        for each in search.closer(wanted)
    ]
    for each in closer:
        best = each | best
    seen, read_so_far = _visible(best.values(), search, user), most
    while len(newest) == most and len(seen) < RANKED // 2 and read_so_far < MOST_READ:
        most, before = 2 * most, newest[-1].pk  # the reader sees few of them: there may be older ones
        newest, read_so_far = backend().newest(wanted, most, before=before), read_so_far + most
        seen |= _visible([match for match in newest if match.pk not in best], search, user)
    if closer:
        seen = {match if search.formulas and match.kind in NAMED_KINDS else _raised(match, closer) for match in seen}
    return seen, len(newest) < most


def _raised(match: Match, closer: Sequence[Collection[int]]) -> Match:
    """Rank a match by how closely it has the formula of a query, and then by its words.

    Who searches for a formula wants what was written about it: people and tags that have it in a line about themselves
    come after.
    """
    return match._replace(rank=match.rank - CLOSER * sum(match.pk in each for each in closer))


def _found_elsewhere(search: Search, user: Any) -> list[Elsewhere]:
    """Return what is not in the index, so much of it as can be counted if it is not asked for."""
    found = []
    for finder in finders().values():
        most = RANKED if finder.kind in search.asked.kinds else COUNTED
        keys = finder.find(search, user, most, None)
        away = sum(kind == finder.kind for kind in search.left_out.values())
        is_all = len(keys) + away < most and finder.kind not in search.cut_short
        found.append(Elsewhere(finder.kind, keys, is_all))
    return found


def _first_of(elsewhere: Iterable[Elsewhere], kinds: Collection[str]) -> list[Match]:
    """Return what is shown of it: the best if no kinds are asked for, else all of those kinds."""
    found: list[Match] = []
    for each in elsewhere:
        if kinds and each.kind not in kinds:
            continue
        keys = each.keys if kinds else each.keys[:FIRST_FOUND]
        places = range(len(found), len(found) + len(keys))
        found += [
            Match(FIRST_RANK + place, ANY - place, each.kind, key, each.kind, -FIRST_RANK - place)
            for place, key in zip(places, keys, strict=True)
        ]
    return found


def _sorted(seen: set[Match], first: list[Match], search: Search, order: str) -> list[Match]:
    """Sort by an order; what was found elsewhere comes first and stays in its own."""
    orders = {
        "relevance": lambda match: (match.rank, -match.pk),
        "newest": lambda match: -match.pk,
        "score": lambda match: (-match.score, -match.pk),
    }
    return [*first, *sorted(seen, key=orders[order])]


def results(matches: Iterable[Match], text: str, user: Any, *, is_drawn: bool = True) -> list[Result]:
    """Load what the page shows, one query per kind. Formulas are drawn, or else text."""
    matches = list(matches)
    ids: dict[str, list[int]] = defaultdict(list)
    for match in matches:
        ids[match.kind].append(match.object_id)
    hits = {kind: known()[kind].resolve(kind_ids, user) for kind, kind_ids in ids.items()}
    rows = Document.objects.filter(pk__in=[match.pk for match in matches]).values_list("pk", "title", "body")
    texts = {pk: (title, body) for pk, title, body in rows}
    tokens, shapes = words_of(text), formulas_of(text)
    found = []
    for match in matches:
        hit = hits[match.kind].get(match.object_id)
        if hit is not None:
            title, body = texts.get(match.pk, ("", ""))
            part = shown(body or hit.words, tokens, hit.draw if is_drawn else no_formulas, shapes=shapes)
            why = _why(match, title, part.place if "<mark>" in part.html else "", tokens, shapes)
            found.append((match.kind, Result(hit, part.html, match.object_id, why, marked(hit.title, tokens))))
    beside = _beside([(kind, result.object_id) for kind, result in found if not result.why])
    return [
        result if result.why else replace(result, why=_why_beside(beside[kind].get(result.object_id, {}), tokens))
        for kind, result in found
    ]


def _why(match: Match, title: str, place_in_body: str, tokens: list[str], shapes: list[Tokens]) -> str:
    """Return where the words of a query are, the best place of several; nothing if neither title nor text has them."""
    if match.kind in finders():
        return "run"
    if not tokens:
        return "filters"
    if place(title, tokens, shapes) or _is_read_like(title, tokens):
        return "title"
    return place_in_body


def _beside(hits: Iterable[tuple[str, int]]) -> dict[str, dict[int, Mapping[str, str]]]:
    """Return what else these hits are found by, by kind and key."""
    keys: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in hits:
        keys[kind].append(object_id)
    return {kind: sources()[kind].beside(of_kind) for kind, of_kind in keys.items()}


def _why_beside(beside: Mapping[str, str], tokens: list[str]) -> str:
    return next((where for where, words in beside.items() if place(words, tokens)), "text")


def _is_read_like(title: str, tokens: list[str]) -> bool:
    wanted = [set(each) for token in tokens for each in pinyin.wanted(token)]
    return bool(wanted) and any(map(set(pinyin.index_tokens(fold(title))).issuperset, wanted))


def words_of(text: str) -> list[str]:
    """Return the words of a query that excerpts mark: the commonest only if there are no others."""
    query = operators.read(text)
    tokens = query_tokens(" ".join([*query.phrases, query.words]))
    return ([token for token in tokens if token not in COMMON] or tokens)[:MOST_TOKENS]


def formulas_of(text: str) -> list[Tokens]:
    """Return the formulas of a query that excerpts mark."""
    found = formulas.of_query(operators.read(text).words)[1]
    return [each.tokens for each in found if each.tokens]


def _visible(matches: Collection[Listed], search: Search, user: Any) -> set[Match]:
    """Return the matches that this reader sees, and that have what the index does not know."""
    seen: set[Match] = set()
    for source in sources().values():
        of_kind = {match.object_id: match for match in matches if match.kind == source.kind}
        if of_kind:
            rows = source.narrowed(source.visible(user).filter(pk__in=backend().listed(of_kind)), search)
            seen.update(Match(*of_kind[pk], label=label, score=score) for pk, label, score in _described(source, rows))
    found = seen if not (search.query.phrases or search.excluded) else set(_with_phrases(seen, search))
    return found if search.of_everybody or meets_everybody(user) else _met(found, search, user)


def _met(matches: set[Match], search: Search, user: Any) -> set[Match]:
    """Leave out people whom this reader does not meet, and what they wrote, in one query for each kind of it."""
    away: set[Match] = set()
    for source in (source for source in sources().values() if source.author):
        of_kind = {match.object_id: match for match in matches if match.kind == source.kind}
        if not of_kind:
            continue
        rows = source.visible(user).filter(~met_by(user, source.author), pk__in=backend().listed(of_kind))
        away.update(of_kind[pk] for pk in rows.values_list("pk", flat=True))
    search.left_out.update({match.pk: match.label for match in away})
    return matches - away


def _described(source: Source, rows: Any) -> Iterable[tuple[int, str, int]]:
    if source.described is not None:
        return source.described(rows)
    return ((pk, source.kind, 0) for pk in rows.values_list("pk", flat=True))


def _with_phrases(matches: Collection[Match], search: Search) -> Iterator[Match]:
    """Yield the matches whose title or text has every phrase and none that is excluded."""
    has = has_all(search.query.phrases, search.excluded)
    rows = Document.objects.filter(pk__in=backend().listed([match.pk for match in matches]))
    texts = {pk: f"{title}\n{body}" for pk, title, body in rows.values_list("pk", "title", "body")}
    return (match for match in matches if has(texts.get(match.pk, "")))
