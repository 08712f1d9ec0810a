"""Handles: the name in `/@handle/`, its syntax, and which handles count as equal."""

import hashlib
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from community.accounts import confusables, reserved, scripts
from community.common import invisible

SHORTEST, LONGEST = 2, 30
MARKS_ON_ONE_LETTER = 4
SKELETON_LENGTH = 240

_READ_LIMIT = 10 * LONGEST  # longer input is rejected unread
_SEPARATORS = "_-."
_TWO_SEPARATORS = re.compile(r"[_.\-]{2}")
# matched against the first letters of the characters' Unicode categories
_STACKED_MARKS = re.compile(r"(?P<letter>L?)(?P<marks>M+)")


def normalise(handle: str) -> str:
    """Return the stored form: NFKC, without surrounding spaces or a pasted `@`."""
    return unicodedata.normalize("NFKC", handle.strip().removeprefix("@"))


def fold(handle: str) -> str:
    """Return the key that all spellings of a handle share: NFKC, then casefold, then NFKC again."""
    return unicodedata.normalize("NFKC", normalise(handle).casefold())


def skeleton(handle: str) -> str:
    """Return the skeleton that look-alike handles share, at most SKELETON_LENGTH characters."""
    looks = confusables.skeleton(normalise(handle))
    if len(looks) <= SKELETON_LENGTH:
        return looks
    return hashlib.sha256(looks.encode()).hexdigest()


def check(handle: str, *, reserved_too: bool = False) -> str:
    """Return the normalised handle if it can be assigned. Raises ValidationError with one message.

    `reserved_too` allows handles that only staff can assign.
    """
    if len(handle) > _READ_LIMIT:
        _refuse_length(handle)
    invisible.refuse(handle.strip())
    tidied = normalise(handle)
    _refuse_length(tidied)
    _refuse_characters(tidied)
    _refuse_separators(tidied)
    _refuse_marks(tidied)
    _refuse_mixture(tidied)
    if not reserved_too:
        _refuse_reserved(tidied)
    return tidied


def validate(handle: str) -> None:
    """Reject handles that nobody can have, even from staff: the model validator, for forms and `createsuperuser`."""
    check(handle, reserved_too=True)


def _refuse_length(handle: str) -> None:
    if SHORTEST <= len(handle) <= LONGEST:
        return
    raise ValidationError(
        ngettext_lazy(
            "A handle must have %(shortest)d to %(longest)d characters; this one has %(length)d.",
            "A handle must have %(shortest)d to %(longest)d characters; this one has %(length)d.",
            "length",
        ),
        code="length",
        params={"shortest": SHORTEST, "longest": LONGEST, "length": len(handle)},
    )


def _refuse_characters(handle: str) -> None:
    for char in handle:
        if char.isspace():
            raise ValidationError(_("A handle cannot contain spaces. You can put _ or - between words."), code="space")
        if char not in _SEPARATORS and not _is_letter_mark_or_digit(char):
            raise ValidationError(
                _("A handle can contain letters and digits, with _ - . between them; “%(char)s” is not allowed."),
                code="character",
                params={"char": char},
            )


def _is_letter_mark_or_digit(char: str) -> bool:
    """Return whether a handle can contain the character; a letter of no script is a disguised apostrophe or tick."""
    category = unicodedata.category(char)
    if category.startswith("L"):
        return scripts.has_script(char)
    return category in {"Mn", "Mc", "Nd"}


def _refuse_separators(handle: str) -> None:
    if handle[0] in _SEPARATORS or handle[-1] in _SEPARATORS:
        raise ValidationError(_("A handle must begin and end with a letter or a digit."), code="edge")
    if _TWO_SEPARATORS.search(handle):
        raise ValidationError(_("Put only one of _ - . between two letters."), code="separators")


def _refuse_marks(handle: str) -> None:
    """Reject the combining marks UTS 39 rejects: without a letter, repeated, or stacked too high."""
    decomposed = unicodedata.normalize("NFD", handle)
    for tower in _STACKED_MARKS.finditer("".join(unicodedata.category(char)[0] for char in decomposed)):
        marks = decomposed[slice(*tower.span("marks"))]
        if not tower["letter"] or len(set(marks)) < len(marks) or len(marks) > MARKS_ON_ONE_LETTER:
            raise ValidationError(
                _("This handle has a repeated accent mark, or one that is not on a letter."), code="mark"
            )


def _refuse_mixture(handle: str) -> None:
    mixture = scripts.mixture(handle)
    if mixture is None:
        return
    raise ValidationError(
        _(
            "A handle must use one script, or Chinese with Latin letters; “%(one)s” is %(one_script)s and "
            "“%(other)s” is %(other_script)s."
        ),
        code="scripts",
        params={
            "one": mixture.one,
            "one_script": scripts.name(mixture.one),
            "other": mixture.other,
            "other_script": scripts.name(mixture.other),
        },
    )


def _refuse_reserved(handle: str) -> None:
    if reserved.is_reserved(fold(handle)) or reserved.is_reserved(_fold_lookalikes(handle), of=_fold_lookalikes):
        raise ValidationError(_("This handle is reserved. Please choose another."), code="reserved")


def _fold_lookalikes(handle: str) -> str:
    """Fold `l` and `i` together on top of the skeleton, so that `Adm1n` is compared as `admin`."""
    return skeleton(handle).replace("l", "i")
