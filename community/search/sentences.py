"""What a search says about a query beside its results: what was left out, and what to write instead."""

from __future__ import annotations

from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.search.language import LONGEST, Code, Problem
from community.search.registry import finders
from community.search.selectors import MOST_TOKENS, Search
from community.search.tokens import is_common, query_terms

SENTENCES = {
    Code.QUOTE: gettext_lazy("A quotation mark has no partner, so its words were searched for one by one."),
    Code.BOOLEAN: gettext_lazy(
        "“%(words)s” was left out: searches have no AND, OR, NOT or NEAR. Write -word to exclude a word. To search for "
        "“%(words)s”, quote it."
    ),
    Code.NO_VALUE: gettext_lazy(
        "“%(words)s:” has no value, so it was left out. Write the value right after the colon."
    ),
    Code.MANY_OPERATORS: gettext_lazy("A search takes %(words)s filters; those after them were left out."),
    Code.MANY_PHRASES: gettext_lazy("A search takes %(words)s phrases; those after them were left out."),
    Code.MANY_WITHOUT: gettext_lazy("A search excludes %(words)s words; those after them were left out."),
}


def about(search: Search) -> list[str]:
    """Return the sentences about a query, the most important first."""
    found = [_sentence(problem) for problem in search.query.problems]
    of_finders = [each.about(search) for each in finders().values() if search.asked.kinds == (each.kind,)]
    return [*found, *search.asked.problems, *chain.from_iterable(of_finders), *_of_words(search)]


def _sentence(problem: Problem) -> str:
    if problem.code == Code.LONG:
        return _("Only the first %(count)d characters were read.") % {"count": LONGEST}
    return str(SENTENCES[problem.code]) % {"words": problem.words}


def _of_words(search: Search) -> list[str]:
    query, wanted = search.query, search.wanted
    if query.without and not (wanted or search.asked.kinds or search.asked.asked):
        return [_("This query only excludes. Add a word or a filter of what to search for.")]
    if query.words and not (wanted or search.asked.kinds or search.asked.asked):
        return [_("This query has no letters or digits, so there is nothing to search for.")]
    if is_common(query.words) and not (query.phrases or wanted.facts):
        return [_("These words are in nearly every text. Add one that is about your question.")]
    found = [
        _("Nothing was found with “%(word)s”, so “%(meant)s” was searched for.") % {"word": word, "meant": meant}
        for word, meant in search.meant
    ]
    if search.is_some:
        found.append(_("No text has nearly all of these words. These have some of them."))
    elif search.is_loose:
        found.append(_("No text has every one of these words. These have all but one."))
    if len(query_terms(query.words)) > MOST_TOKENS:
        found.append(_("Only the first %(count)d words were searched for.") % {"count": MOST_TOKENS})
    return found
