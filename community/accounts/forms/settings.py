from typing import Any, cast

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from community.accounts import bio, links, names
from community.accounts.bio import Bio
from community.accounts.models import Language, LossForm, Theme, Vectors
from community.accounts.preferences import Preferences
from community.accounts.time_zones import listed_time_zones, time_zones


def _time_zone_choices() -> list:
    """Group the listed time zones by region."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in listed_time_zones():
        region, _slash, place = name.partition("/")
        groups.setdefault(region, []).append((name, (place or region).replace("_", " ")))
    return [("", _("Automatic (browser)")), *groups.items()]


class TimeZoneField(forms.ChoiceField):
    """A select with one name per place. Aliases chosen earlier or elsewhere are valid too."""

    def valid_value(self, value: str) -> bool:
        return value in time_zones()


class ProfileForm(forms.Form):
    """Profile form: the name as text, the bio as a rendered `Bio`, links as `links.clean` returns them."""

    display_name = forms.CharField(
        label=_("Display name"),
        help_text=_("What you would like to be called. If empty, your handle is shown."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": 2 * names.LONGEST}),
    )
    bio = forms.CharField(
        label=_("About you"),
        help_text=_("Markdown and LaTeX, up to 2,000 characters."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": bio.LONGEST}),
    )

    links = forms.CharField(
        label=_("Links"),
        help_text=_("Up to four addresses, one a line: your site, your code, your papers."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": links.LONGEST_TOGETHER, "inputmode": "url"}),
    )

    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def clean_links(self) -> str:
        return links.clean(self.cleaned_data["links"])

    def clean_display_name(self) -> str:
        return names.check(self.cleaned_data["display_name"])

    def clean_bio(self) -> Bio:
        return bio.render(self.cleaned_data["bio"])


class PreferencesForm(forms.Form):
    """Language, theme, time zone and formula notation. Fields missing from the request are left unchanged."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, required=False, widget=forms.RadioSelect)
    time_zone = TimeZoneField(label=_("Time zone"), choices=lazy(_time_zone_choices, list), required=False, initial="")

    vectors = forms.ChoiceField(label=_("Vectors in formulas"), choices=Vectors.choices, required=False)
    loss_form = forms.ChoiceField(label=_("Losses in formulas"), choices=LossForm.choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["time_zone"].value()
        if chosen in time_zones() and chosen not in listed_time_zones():
            cast(TimeZoneField, self.fields["time_zone"]).choices = [*_time_zone_choices(), (chosen, chosen)]

    @property
    def sent(self) -> dict[str, str]:
        """Return only the choices included in the request."""
        return {name: self.cleaned_data[name] for name in Preferences._fields if name in self.data}
