"""Changes people make to their own account."""

from collections.abc import Mapping
from hashlib import sha256

from django.contrib.auth import update_session_auth_hash
from django.db import transaction

from community.accounts.access import end_access, session_kept
from community.accounts.bio import Bio
from community.accounts.errors import LinksUnconfirmed, ProfileChanged
from community.accounts.models import Theme, User
from community.accounts.policies import can_write, refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.accounts.tasks import finish_bio

PROFILE = ("display_name", "bio", "links")


@transaction.atomic
def update_profile(*, user: User, display_name: str, bio: Bio, links: str | None = None, base: str = "") -> None:
    """Change the display name, the bio and, unless None, the links.

    `base` is what `profile_marks` returned when the form was opened: what was not changed in it stays as it is by now.
    Raises LinksUnconfirmed, and ProfileChanged if something else was saved meanwhile in place of what was changed.
    """
    if (bio.has_external_links or links) and not can_write(user):
        raise LinksUnconfirmed
    sent = {"display_name": display_name, "bio": bio.source} | ({} if links is None else {"links": links})
    columns: dict[str, object] = dict(_changed(user, sent, base))
    if "bio" in columns:
        columns |= {"bio": bio.source, "bio_html": bio.html, "bio_html_version": bio.version}
    for name, value in columns.items():
        setattr(user, name, value)
    user.save(update_fields=list(columns))
    finish_bio(user)


def profile_marks(person: User) -> str:
    """Return short stand-ins for the texts of a profile."""
    return " ".join(_mark(getattr(person, name)) for name in PROFILE)


def _changed(user: User, sent: Mapping[str, str], base: str) -> dict[str, str]:
    """Return those of these texts that were changed in a form, all without a base. Raises ProfileChanged."""
    begun = dict(zip(PROFILE, base.split(), strict=False))
    saved = User.objects.select_for_update(no_key=True).only(*PROFILE).get(pk=user.pk)
    changed = {name: text for name, text in sent.items() if _mark(text) != begun.get(name)}
    for name, text in changed.items():
        if name in begun and getattr(saved, name) != text and _mark(getattr(saved, name)) != begun[name]:
            raise ProfileChanged
    return changed


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def update_preferences(*, user: User, **chosen: str) -> None:
    """Change any of language, theme, time_zone, vectors and loss_form."""
    for name, value in chosen.items():
        setattr(user, name, value or (Theme.AUTO if name == "theme" else ""))
    user.save(update_fields=list(chosen))


def sign_out_elsewhere(*, request: MemberRequest) -> None:
    """End all API tokens of the person and all sessions except the current one."""
    end_access(request.user)
    update_session_auth_hash(request, request.user)
    session_kept.send(sender=User, request=request, user=request.user)


def choose_tracking(*, person: User, on: bool) -> None:
    """Choose whether threads that a person reads for some minutes are tracked."""
    User.objects.filter(pk=person.pk).update(tracks_read=on)
    person.tracks_read = on


def choose_suggestions(*, person: User, on: bool) -> None:
    """Choose whether the front page suggests what a person might follow, while they follow little."""
    User.objects.filter(pk=person.pk).update(wants_suggestions=on)
    person.wants_suggestions = on


def choose_picture(*, person: User, picture: str) -> None:
    """Set the file of a person's own avatar, or none: then it is drawn. Raises EmailUnconfirmed for a file."""
    if picture:
        refuse_unconfirmed(person)
    User.objects.filter(pk=person.pk).update(picture=picture)
    person.picture = picture
