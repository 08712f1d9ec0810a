from typing import Any, ClassVar

from django.db import models

from community.accounts import handles


class DerivedFromHandle(models.CharField):
    """A column computed from the row's `handle` on save and on bulk_create."""

    derive: ClassVar[staticmethod]

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = self.derive(model_instance.handle)
        setattr(model_instance, self.attname, value)
        return value


class HandleKeyField(DerivedFromHandle):
    """The key shared by all spellings of one handle."""

    derive = staticmethod(handles.fold)


class HandleSkeletonField(DerivedFromHandle):
    """The skeleton shared by all handles that look alike."""

    derive = staticmethod(handles.skeleton)
