"""A person's bio: Markdown with formulas, rendered once when it is saved."""

import re
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from community.accounts import handles
from community.accounts.models import User
from community.common.text import many_lines
from community.rendering import mention_candidates, pool
from community.rendering.context import Context

LONGEST = 2000
_READ_LIMIT = 10 * LONGEST  # longer input is rejected unread
_EXTERNAL_LINK = re.compile(r'href="(?!#|/(?!/))')


class Bio(NamedTuple):
    """Source, HTML and renderer version; version 0 means rendering failed and will be retried."""

    source: str = ""
    html: str = ""
    version: int = 0

    @property
    def has_external_links(self) -> bool:
        """Whether the bio links to another site, or might once it is rendered."""
        return bool(_EXTERNAL_LINK.search(self.html)) or (not self.version and "//" in self.source)


def render(source: str) -> Bio:
    """Render a bio. Raises ValidationError with a message when it exceeds a limit."""
    if len(source) > _READ_LIMIT:
        _refuse_length(source)
    source = many_lines(source).strip()
    if not source:
        return Bio()
    _refuse_length(source)
    rendered = pool.render(source, _context(source))
    if rendered.notice and rendered.version:
        raise ValidationError(rendered.notice, code="rendering")
    return Bio(source, rendered.html, rendered.version)


def _refuse_length(source: str) -> None:
    if len(source) > LONGEST:
        raise ValidationError(
            _("This text can have at most %(longest)d characters; yours has %(length)d."),
            code="length",
            params={"longest": LONGEST, "length": len(source)},
        )


def _context(source: str) -> Context:
    return Context(
        kind="bio",
        prefix="bio-",
        known_handles=_known_handles(source),
        hosts=tuple(host for host in settings.ALLOWED_HOSTS if "*" not in host),
        language=(get_language() or settings.LANGUAGE_CODE).lower(),
    )


def _known_handles(source: str) -> tuple[str, ...]:
    keys = {handles.fold(handle) for handle in mention_candidates(source)}
    return tuple(User.objects.filter(handle_key__in=keys, is_active=True).values_list("handle_key", flat=True))
