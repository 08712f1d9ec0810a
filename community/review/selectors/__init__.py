"""Reads for pages of threads, and for what waits to be decided."""

from .community import on_posts as community_answers
from .proposals import QuestionReview, ShownProposal, open_proposals, question_review, shown_rows
from .states import of_thread, reader_state
from .suggestions import (
    SuggestionPage,
    approved_edits,
    next_to_review,
    own_undecided,
    seen_among,
    suggested_by,
    suggestion_page,
    to_review,
)

__all__ = [
    "QuestionReview",
    "ShownProposal",
    "SuggestionPage",
    "approved_edits",
    "community_answers",
    "next_to_review",
    "of_thread",
    "open_proposals",
    "own_undecided",
    "question_review",
    "reader_state",
    "seen_among",
    "shown_rows",
    "suggested_by",
    "suggestion_page",
    "to_review",
]
