"""A person's bio: Markdown with formulas, rendered once when it is saved."""

import re
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from community.accounts import handles
from community.accounts.models import User
from community.common.text import many_lines
from community.rendering import mention_candidates, pool
from community.rendering.context import Context, Rendered

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


def render_again(*, user_id: int) -> bool:
    """Render a saved bio again after a renderer upgrade or failure. Returns False if rendering fails again."""
    person = User.objects.filter(pk=user_id).exclude(bio="").first()
    if person is None:
        return True
    with override(person.language or settings.LANGUAGE_CODE):
        rendered = pool.render(person.bio, _context(person.bio))
    if rendered.version:
        _store(person, rendered)
    return bool(rendered.version)


@transaction.atomic
def _store(person: User, rendered: Rendered) -> None:
    """Save what a bio looks like, unless it was changed meanwhile."""
    if User.objects.select_for_update().filter(pk=person.pk, bio=person.bio).exists():
        person.bio_html, person.bio_html_version = rendered.html, rendered.version
        person.save(update_fields=["bio_html", "bio_html_version"])


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
