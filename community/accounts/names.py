"""Display names: any text that is visible and unambiguous."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.common import invisible

LONGEST = 60
_READ_LIMIT = 10 * LONGEST  # longer input is rejected unread
_STACKED_MARKS = re.compile("M{5}")


def visible_name(user) -> str:
    return user.visible_name


def check(name: str) -> str:
    """Return the name in NFC with single spaces. Raises ValidationError with one message."""
    if len(name) > _READ_LIMIT:
        _refuse_length(name)
    invisible.refuse(name, joiners=True)
    tidied = unicodedata.normalize("NFC", " ".join(name.split()))
    _refuse_length(tidied)
    if _STACKED_MARKS.search("".join(unicodedata.category(char)[0] for char in tidied)):
        raise ValidationError(_("One letter of this name carries too many accent marks."), code="marks")
    return tidied


def _refuse_length(name: str) -> None:
    if len(name) > LONGEST:
        raise ValidationError(
            _("A name can have at most %(longest)d characters; this one has %(length)d."),
            code="length",
            params={"longest": LONGEST, "length": len(name)},
        )
