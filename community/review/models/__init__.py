"""What members propose and others decide."""

from .proposals import Matter, Outcome, Proposal, Vote
from .suggestions import State, SuggestedEdit

__all__ = ["Matter", "Outcome", "Proposal", "State", "SuggestedEdit", "Vote"]
