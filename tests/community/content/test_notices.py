"""What notifications say of a post."""

import pytest

from community.content import notices
from tests.factories.content import AnswerFactory, QuestionFactory

WORDS = "The gradient vanishes " * 12


@pytest.mark.django_db
def test_an_excerpt_ends_after_a_word_with_an_ellipsis():
    answer = AnswerFactory(thread=QuestionFactory(), excerpt=WORDS.strip())
    shown = notices._post(answer).excerpt
    assert len(shown) <= 140 and shown.endswith("…")
    assert shown[:-1].split() == WORDS.split()[: len(shown.split())]
    answer.excerpt = "Short."
    assert notices._post(answer).excerpt == "Short."
