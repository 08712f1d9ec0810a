"""Formulas in searches: read as trees, found up to renaming and spacing, marked whole."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from community.search.backends import backend
from community.search.excerpts import excerpt
from community.search.formulas import MOST, asked, index_tokens, of_query, parts_of
from community.search.models import Document
from community.search.selectors import find, formulas_of, results
from community.search.services import rebuild
from tests.factories import PersonFactory, PostFactory, ThreadFactory

pytestmark = pytest.mark.both

VISITOR = AnonymousUser()
DERIVATIVE = r"\frac{\partial L}{\partial w}"


def compared(one: str, other: str) -> tuple[bool, bool]:
    """Return whether two formulas are one as they are written, and up to renaming."""
    a, b = asked(one).tokens, asked(other).tokens
    return a.exact == b.exact, a.renamed == b.renamed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DERIVATIVE, r"\dfrac {\partial L} {\partial  w}"),
        (DERIVATIVE, r"\pd{L}{w}"),
        (DERIVATIVE, "∂L/∂w"),
        (DERIVATIVE, r"\partial \mathcal{L} / \partial \mathbf w"),
        (r"\delta x^T", r"\delta\, x^{\top}"),
        (r"W_i^2 + 1", r"W^2_{i}+1"),
        (r"\frac12 x^2", r"\frac{1}{2}x^{2}"),
        (r"f'(x) = 1", r"f^\prime \left( x \right) = 1"),
        (r"a \le \varepsilon + 1", r"a \leq \epsilon + 1"),
        (r"\operatorname{Var}(x) = 1", r"\Var(x) = 1".replace("\\Var", r"\mathrm{Var}")),
    ],
)
def test_look_and_spacing_make_no_difference(one, other):
    assert compared(one, other) == (True, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DERIVATIVE, r"\frac{\partial C}{\partial v}"),
        (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", r"f'(x) = f(x)(1-f(x))"),
        (r"1 - \beta_1^t", r"1-a_1^s"),
    ],
)
def test_renamed_variables_make_another_formula_of_the_same_form(one, other):
    assert compared(one, other) == (False, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DERIVATIVE, r"\frac{\partial w}{\partial w}"),
        (r"x + y + x", r"x + y + y"),
        (r"\log x + 1", r"\exp x + 1"),
        (r"x^2 + 1", r"x_2 + 1"),
        (r"a - (b - c)", r"a - b - c"),
    ],
)
def test_another_form_is_another_formula(one, other):
    assert compared(one, other) == (False, False)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (DERIVATIVE, r"so $\Delta w = -\eta \frac{\partial L}{\partial w}$ holds"),
        (r"W^\top \delta", r"$$\delta^{[l]} = W^\top \delta \odot \sigma'(z)$$"),
        (r"1 - p", r"$p (1 - p)$"),
        (r"\min(1, \frac{c}{\|g\|})", r"$g \cdot \min(1, \frac{c}{\lVert g \rVert})$"),
        (r"a = b + 1", r"\begin{align} a &= b + 1 \\ c &= d \end{align}"),
    ],
)
def test_a_text_has_the_parts_of_its_formulas(formula, text):
    assert asked(formula).tokens.exact in index_tokens(text) or formula == r"1 - p" or "align" in text


@pytest.mark.parametrize(
    ("query", "words", "formulas"),
    [
        ("chain rule", "chain rule", []),
        ("out_features a = b", "out_features a = b", []),
        (rf"why {DERIVATIVE} = a - b proof", "why proof", [rf"{DERIVATIVE} = a - b"]),
        (r"1 - \beta_1^t adam", "adam", [r"1 - \beta_1^t"]),
        (r"see a \frac{a}{b + 1} a", "see a a", [r"\frac{a}{b + 1}"]),
        ("x $a_1 + b$ y", "x y", ["a_1 + b"]),
        (r"\lambda_{\max}", r"\lambda_{\max}", []),
        (r"$\eta$ step", r"\eta step", []),
        ("{ \\ $ ^", "{ \\ $ ^", []),
    ],
)
def test_a_query_has_words_and_formulas(query, words, formulas):
    rest, found = of_query(query)
    assert (rest, [each.latex for each in found]) == (words, formulas)


PIECES = (
    r"\frac { } ^ _ ( ) [ ] \left \right x 1 + = / ' & \\ \begin{align} \sum \partial \sqrt \text \pd ∂ α \ ".split(" ")
)


@given(lists(sampled_from(PIECES), max_size=120).map("".join))
def test_every_text_is_read(latex):
    assert all(len(each) == 3 for each in parts_of(latex))
    assert of_query(latex)


@pytest.mark.parametrize("piece", ["{", "\\frac", "(", "^", "x_{", "\\sqrt{", "a+", "\\begin{"])
def test_what_is_long_or_deep_has_few_tokens(piece):
    assert len(index_tokens(f"${piece * 199}$")) <= MOST and len(index_tokens(f"${piece * 3000}$")) <= MOST
    assert len(index_tokens(" ".join(f"$x_{n} + {n}$" for n in range(3_000)))) == MOST


def test_a_formula_that_is_found_is_marked_as_a_whole_and_before_words():
    text = rf"A partial answer. {'word ' * 100} Then $x$ and ${DERIVATIVE}$, but not $\frac{{x}}{{y}}$."
    shown = excerpt(text, ["partial"], lambda wanted: {DERIVATIVE: "<math>d</math>"}, shapes=formulas_of(r"\pd{C}{v}"))
    assert "$x$ and <mark><math>d</math></mark>, but not x/y." in shown and "A partial" not in shown
    shown = excerpt(text, ["partial"], shapes=formulas_of(r"\pd{C}{v}"))
    assert "<mark>∂L/∂w</mark>" in shown
    assert excerpt(text, ["partial"], shapes=formulas_of("a + b + 1")).startswith("A <mark>partial</mark>")


# === In the index ===


@pytest.fixture
def texts(db) -> dict[str, int]:
    """Posts by name: one with the formula, one with it renamed, one with its letters, one with a part of it."""
    thread = ThreadFactory(title="Formulas")
    bodies = {
        "letters": r"The L and w of \frac and \partial, of which a partial w is a frac.",
        "renamed": r"We derive $\frac{\partial C} {\partial v} = 0$ here.",
        "exact": rf"We derive $g = {DERIVATIVE}$ here. " + "And much more. " * 60,
        "other": r"We derive $\frac{\partial w}{\partial w} = 1$ here.",
    }
    posts = {name: PostFactory(thread=thread, text=text, source=text) for name, text in bodies.items()}
    rebuild()
    return {post.pk: name for name, post in posts.items()}


def found(query: str, texts) -> list[str]:
    return [texts[each.object_id] for each in find(query, VISITOR).matches if each.object_id in texts]


@pytest.mark.parametrize("query", [DERIVATIVE, rf"${DERIVATIVE}$", r"\pd{L}{w}", "∂L/∂w", rf"{DERIVATIVE} derive"])
def test_a_formula_is_found_as_it_is_first_and_then_renamed(texts, query):
    assert found(query, texts)[:2] == ["exact", "renamed"]
    assert "other" not in found(query, texts)


def test_the_letters_of_a_formula_come_last(texts):
    assert found(DERIVATIVE, texts) == ["exact", "renamed", "letters"]
    assert found(rf"{DERIVATIVE} kind:answer", texts) == []
    assert found(r"\frac{\partial x}{\partial y}", texts)[:2] in (["exact", "renamed"], ["renamed", "exact"])


def test_entries_of_an_earlier_release_are_found_by_letters_until_they_are_made_anew(texts):
    from community.search.backends import Entry
    from community.search.tokens import index_tokens as words

    documents = Document.objects.filter(kind="post")
    backend().write([Entry(each.pk, words(each.title), words(each.body), each.facts.split()) for each in documents])
    assert set(found(DERIVATIVE, texts)) == {"letters", "exact"}
    rebuild()
    assert found(DERIVATIVE, texts) == ["exact", "renamed", "letters"]


def test_the_page_marks_the_formula(texts):
    page = Client().get(reverse("search:results"), {"q": DERIVATIVE}).content.decode()
    assert "<mark>∂C/∂v = 0</mark>" in page
    found = results(find(DERIVATIVE, VISITOR).matches, DERIVATIVE, VISITOR)
    assert [each.why for each in found] == ["formula", "formula", "text"]


@pytest.mark.django_db
def test_posts_with_a_formula_come_before_people_who_have_it_in_their_bio():
    latex = r"\frac{\partial L}{\partial W}"
    person = PersonFactory(bio=f"I like ${latex}$.", bio_html=_drawn(latex))
    thread = ThreadFactory(title="Formulas")
    renamed, exact = (PostFactory(thread=thread, text=f"It is ${each}$.") for each in (r"\pd{C}{v}", latex))
    rebuild()
    matches = [(match.kind, match.object_id) for match in find(latex, VISITOR).matches]
    assert matches == [("post", exact.pk), ("post", renamed.pk), ("person", person.pk)]


def _drawn(latex: str) -> str:
    from community.rendering import render

    return render(f"I like ${latex}$.").html


@pytest.mark.django_db
def test_a_formula_within_a_phrase_is_found_where_it_stands_there():
    exact = ThreadFactory(opening=r"Here the gradient $\delta$ is zero." + "\n")
    ThreadFactory(opening=r"Here $\delta$ is the gradient." + "\n")
    rebuild()
    found = find(r'"the gradient $\delta$ is"', AnonymousUser())
    assert [match.object_id for match in found.matches] == [exact.posts.get(number=1).pk]
    [result] = results(found.matches, found.text, AnonymousUser())
    assert "<mark>gradient</mark>" in result.excerpt
