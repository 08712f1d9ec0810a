from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.blogs.models import ABOUT_LENGTH, TITLE_LENGTH, Series
from community.blogs.series.errors import ChangedMeanwhile, SeriesGone
from community.blogs.series.services import DOWN, UP
from community.common import invisible
from community.common.errors import DomainError
from community.common.text import one_line
from community.content.forms import ServiceForm

NONE = "none"


class LineField(forms.CharField):
    """One line. The browser counts characters as Python does, except those that take two units."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class VisibleLineField(LineField):
    """A line that shows what it contains: no invisible characters, and not blank ones alone."""

    def to_python(self, value: Any) -> str:
        line = super().to_python(value)
        invisible.refuse(line, joiners=True)
        if line and invisible.is_blank(line):
            raise forms.ValidationError(_("This contains no visible characters."), code="blank")
        return line


class SeriesForm(ServiceForm):
    """Title and description. `base_title` and `base_about` are as both were when the form was opened."""

    title = VisibleLineField(label=_("Title"), max_length=TITLE_LENGTH)
    about = VisibleLineField(
        label=_("Description"),
        required=False,
        max_length=ABOUT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What a reader learns in this series, in a sentence or two."),
    )
    base_title = LineField(required=False, max_length=TITLE_LENGTH, widget=forms.HiddenInput)
    base_about = LineField(required=False, max_length=ABOUT_LENGTH, widget=forms.HiddenInput)

    @property
    def base(self) -> tuple[str, str]:
        return self.cleaned_data["base_title"], self.cleaned_data["base_about"]

    def begin_from(self, series: Series) -> None:
        """Let the form, when it is sent again, replace this title and description."""
        self.put("base_title", series.title)
        self.put("base_about", series.about)

    def _refused(self, error: DomainError) -> None:
        if isinstance(error, ChangedMeanwhile):
            now = Series.objects.filter(pk=self.series.pk).first()
            if now is None:
                error = SeriesGone()
            else:
                self.begin_from(now)
        super()._refused(error)

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series


class ChoiceForm(ServiceForm):
    """The series that an article is to be in; a title makes a new one."""

    into = forms.ChoiceField(label=_("Series"), required=False, widget=forms.RadioSelect)
    new_title = VisibleLineField(label=_("Or a new series"), required=False, max_length=TITLE_LENGTH)

    def __init__(self, data: Any = None, *, own: Sequence[Series], current: int | None) -> None:
        self.own = {str(each.pk): each for each in own}
        super().__init__(data, initial={"into": str(current) if current else NONE})
        named = [(key, each.title) for key, each in self.own.items()]
        self.fields["into"].choices = [(NONE, _("No series")), *named]  # type: ignore[attr-defined]
        self.fields["into"].error_messages["invalid_choice"] = _(
            "This series was deleted in the meantime. Choose another one."
        )

    @property
    def chosen(self) -> Series | None:
        """The series, after the form was found valid; None for none or a new one."""
        return self.own.get(self.cleaned_data["into"])


class PlaceForm(forms.Form):
    to = forms.ChoiceField(choices=[(place, place) for place in (UP, DOWN)])


class SwitchForm(forms.Form):
    on = forms.TypedChoiceField(coerce=lambda text: text == "1", choices=[("1", "on"), ("0", "off")])
