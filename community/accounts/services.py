"""What a person does to the own account."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F

from community.accounts.bio import Bio
from community.accounts.models import Theme, User
from community.accounts.requests import MemberRequest


@transaction.atomic
def update_profile(*, user: User, display_name: str, bio: Bio) -> None:
    """Change the name and the text about a person."""
    user.display_name = display_name
    user.bio, user.bio_html, user.bio_html_version = bio
    user.save(update_fields=["display_name", "bio", "bio_html", "bio_html_version"])


def update_preferences(*, user: User, **chosen: str) -> None:
    """Change any of language, theme, time_zone, vectors and loss_form."""
    for name, value in chosen.items():
        setattr(user, name, value or (Theme.AUTO if name == "theme" else ""))
    user.save(update_fields=list(chosen))


def sign_out_elsewhere(*, request: MemberRequest) -> None:
    """End every session of the person but the one that asks."""
    user = request.user
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)
