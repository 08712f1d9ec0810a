"""Reads for pages of threads, and for what waits to be decided."""

from .community import on_posts as community_answers
from .proposals import QuestionReview, open_proposals, question_review, questions_seen
from .states import of_thread, reader_state
from .suggestions import SuggestionPage, own_undecided, seen_among, suggested_by, suggestion_page, to_review

__all__ = [
    "QuestionReview",
    "SuggestionPage",
    "community_answers",
    "of_thread",
    "open_proposals",
    "own_undecided",
    "question_review",
    "questions_seen",
    "reader_state",
    "seen_among",
    "suggested_by",
    "suggestion_page",
    "to_review",
]
