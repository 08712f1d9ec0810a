"""Handles: the name in a person's address, `/@handle/`."""

import unicodedata


def fold(handle: str) -> str:
    """Return what two spellings of one handle share: NFKC, then casefold, then NFKC again."""
    folded = unicodedata.normalize("NFKC", handle).casefold()
    return unicodedata.normalize("NFKC", folded)


def skeleton(handle: str) -> str:
    """Return what two handles that look alike share."""
    return fold(handle)
