"""Rows for tests, inserted directly: the code under test is called through services and pages."""

from tests.factories.content import (
    AnswerFactory,
    CommentFactory,
    PostFactory,
    QuestionFactory,
    ThreadFactory,
    VoterFactory,
)
from tests.factories.people import ModeratorFactory, NewcomerFactory, PersonFactory

__all__ = [
    "AnswerFactory",
    "CommentFactory",
    "ModeratorFactory",
    "NewcomerFactory",
    "PersonFactory",
    "PostFactory",
    "QuestionFactory",
    "ThreadFactory",
    "VoterFactory",
]
