from typing import Any, ClassVar

from django.db import models

from community.accounts import handles


class DerivedFromHandle(models.CharField):
    """A column that always follows the row's `handle`, on save and on bulk_create alike."""

    derive: ClassVar[staticmethod]

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = self.derive(model_instance.handle)
        setattr(model_instance, self.attname, value)
        return value


class HandleKeyField(DerivedFromHandle):
    """What two spellings of one handle share."""

    derive = staticmethod(handles.fold)


class HandleSkeletonField(DerivedFromHandle):
    """What two handles that look alike share."""

    derive = staticmethod(handles.skeleton)
