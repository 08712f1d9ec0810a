"""Review services. Keyword-only, one transaction each; rendering happens before the transaction."""

from .community import give_to_community, take_from_community, tell_of_community_edit
from .proposals import after_edit, expire_proposals, propose_duplicate, propose_hold, reopen, take_back, vote
from .suggestions import approve, expire_suggestions, improve, reject, suggest_edit, withdraw

__all__ = [
    "after_edit",
    "approve",
    "expire_proposals",
    "expire_suggestions",
    "give_to_community",
    "improve",
    "propose_duplicate",
    "propose_hold",
    "reject",
    "reopen",
    "suggest_edit",
    "take_back",
    "take_from_community",
    "tell_of_community_edit",
    "vote",
    "withdraw",
]
