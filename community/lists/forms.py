from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.common.errors import DomainError
from community.common.text import one_line
from community.lists.models import NAME_LENGTH, ReadingList
from community.lists.services import BOTTOM, DOWN, TOP, UP

NONE = "none"


class ActingForm(forms.Form):
    """A form that shows why an action was refused."""

    def act(self, service: Callable[..., Any], **values: Any) -> Any:
        """Return the service's result, or None if it was refused; the form then says why."""
        try:
            return service(**values)
        except DomainError as refusal:
            self.add_error(None, str(refusal))
            return None


class NameField(forms.CharField):
    """A name of a list: one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=NAME_LENGTH, **options)

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class ListForm(ActingForm):
    """A list's name and who sees it. `base_name` and `was_public` are as it was when the form was opened."""

    name = NameField(label=_("Name"))
    is_public = forms.BooleanField(
        label=_("Everyone can see it"),
        required=False,
        help_text=_("At an address of its own, with a link from your profile. Your notes stay yours."),
    )
    base_name = forms.CharField(required=False, max_length=NAME_LENGTH, widget=forms.HiddenInput)

    was_public = forms.NullBooleanField(widget=forms.HiddenInput)

    def begin_from(self, name: str) -> None:
        """Let the form, when it is sent again, be about a list of this name."""
        self.data = {**dict(self.data.items()), "base_name": name}


class ChoiceForm(ActingForm):
    """The list that a bookmark is to be in; a name makes a new one."""

    into = forms.ChoiceField(label=pgettext_lazy("of bookmarks", "List"), required=False, widget=forms.RadioSelect)
    new_name = NameField(
        label=_("Or a new list"), required=False, help_text=_("Only you see it, unless you change that later.")
    )

    def __init__(self, data: Any = None, *, lists: Sequence[ReadingList], current: ReadingList | None) -> None:
        self.lists = {str(each.pk): each for each in lists}
        initial = {"into": str(current.pk) if current else NONE}
        if not lists:
            initial["new_name"] = str(_("Read later"))
        super().__init__(data, initial=initial)
        if not lists:
            self.fields["new_name"].label = _("New list")
        named = [(key, each.name) for key, each in self.lists.items()]
        self.fields["into"].choices = [(NONE, _("No list")), *named]  # type: ignore[attr-defined]
        self.fields["into"].error_messages["invalid_choice"] = _(
            "This list was deleted in the meantime. Choose another one."
        )

    @property
    def chosen(self) -> ReadingList | None:
        """The list, after the form was found valid; None for none or a new one."""
        return self.lists.get(self.cleaned_data["into"])


class PlaceForm(forms.Form):
    to = forms.ChoiceField(choices=[(place, place) for place in (UP, DOWN, TOP, BOTTOM)])
