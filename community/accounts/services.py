"""Changes people make to their own account."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction

from community.accounts.access import end_access, session_kept
from community.accounts.bio import Bio
from community.accounts.errors import LinksUnconfirmed
from community.accounts.models import Theme, User
from community.accounts.policies import can_write, refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.accounts.tasks import finish_bio


@transaction.atomic
def update_profile(*, user: User, display_name: str, bio: Bio, links: str | None = None) -> None:
    """Change the display name, the bio and, unless None, the links. Raises LinksUnconfirmed."""
    if (bio.has_external_links or links) and not can_write(user):
        raise LinksUnconfirmed
    user.display_name = display_name
    user.bio, user.bio_html, user.bio_html_version = bio
    changed = ["display_name", "bio", "bio_html", "bio_html_version"]
    if links is not None:
        user.links = links
        changed.append("links")
    user.save(update_fields=changed)
    finish_bio(user)


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


def choose_picture(*, person: User, picture: str) -> None:
    """Set the file of a person's own avatar, or none: then it is drawn. Raises EmailUnconfirmed for a file."""
    if picture:
        refuse_unconfirmed(person)
    User.objects.filter(pk=person.pk).update(picture=picture)
    person.picture = picture
