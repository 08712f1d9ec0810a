"""Forms of the small buttons. Invalid values are forged, not mistyped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content.models import Category, Tag, Thread
from community.content.querysets import Reader
from community.social.levels import Level
from community.social.models import TARGETS


class VoteForm(forms.Form):
    value = forms.TypedChoiceField(coerce=int, choices=[(1, "+1"), (0, "0"), (-1, "-1")])


class SwitchForm(forms.Form):
    """On or off."""

    on = forms.TypedChoiceField(coerce=lambda text: text == "1", choices=[("1", "on"), ("0", "off")])


class LevelForm(forms.Form):
    """The level for one target."""

    level = forms.TypedChoiceField(coerce=lambda text: Level(int(text)), choices=Level.choices)
    kind = forms.ChoiceField(choices=[(target, target) for target in TARGETS])
    id = forms.IntegerField(min_value=1, max_value=2**62)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"kind", "id"} <= cleaned.keys():
            cleaned["target"] = self._target(cleaned["kind"], cleaned["id"])
        return cleaned

    def _target(self, kind: str, pk: int) -> Any:
        rows = {
            "person": User.objects.filter(is_active=True),
            "tag": Tag.objects.filter(Q(thread_count__gt=0) | Q(follows__follower=self.reader)),
            "category": Category.objects.all(),
            "thread": Thread.objects.visible_to(self.reader),
        }[kind]
        found = rows.filter(pk=pk).first()
        if found is None:
            raise forms.ValidationError(_("What you wanted to follow or mute no longer exists."))
        return found
