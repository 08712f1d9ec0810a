"""Authentication by handle, in any spelling, or by email address."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from community.accounts import selectors, session_store
from community.accounts.models import User


class HandleOrEmailBackend(AuthenticationBackend):
    def _authenticate(self, request, **credentials) -> User | None:
        login = credentials.get("username") or credentials.get("handle") or credentials.get("email") or ""
        password = credentials.get("password") or ""
        for user in selectors.people_signing_in(login):
            if self._check_password(user, password):
                return user
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session without another query if they were read together with it."""
        user = session_store.person(user_id)
        if user is None:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user) -> bool:
        """Reject inactive accounts, and demo accounts on a site others can reach; this ends their sessions too."""
        return super().user_can_authenticate(user) and not is_closed_demo(user)


def is_closed_demo(user) -> bool:
    return user.is_demo and not settings.CHAINRULE_DEMO_SIGN_IN
