from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager

from community.accounts import handles
from community.common import invisible
from community.common.prepared import Prepared, place

if TYPE_CHECKING:
    from community.accounts.models import User


class UserManager(BaseUserManager["User"]):
    def by_handle(self, handle: str) -> User:
        """Return the person with this handle in any spelling. Raises User.DoesNotExist."""
        if any(map(invisible.is_invisible, handle)):
            raise self.model.DoesNotExist
        rows = _with_handle(self.model).run(handle=handles.fold(handle))
        if not rows:
            raise self.model.DoesNotExist
        return rows[0]

    def by_handle_or_none(self, handle: str) -> User | None:
        try:
            return self.by_handle(handle)
        except self.model.DoesNotExist:
            return None

    def get_by_natural_key(self, username: str | None) -> User:
        return self.by_handle(username or "")

    def create_user(self, handle: str, email: str = "", password: str | None = None, **fields: Any) -> User:
        """Create a person with a confirmed address; the caller has validated the handle."""
        user = self.model(handle=handles.normalise(handle), email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, handle: str, email: str = "", password: str | None = None, **fields: Any) -> User:
        return self.create_user(handle, email, password, **{"is_staff": True, "is_superuser": True, **fields})


@cache
def _with_handle(model: type[User]) -> Prepared:
    return Prepared(lambda: model.objects.filter(handle_key=place("handle")))
