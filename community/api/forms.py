from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from community.api.models import Scope
from community.common.text import one_line


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=60, help_text=_("For example: my notebook"))
    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices, initial=Scope.READ)
    days = forms.TypedChoiceField(
        label=_("Expires after"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
    )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name you will recognise."))
        return name
