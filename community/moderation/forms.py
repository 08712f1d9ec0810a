from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from community.moderation.models import Reason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with this post?"), choices=Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note to the moderators"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(forms.Form):
    act = forms.ChoiceField(choices=[("hide", _("Hide")), ("restore", _("Restore")), ("dismiss", _("Dismiss"))])
    note = forms.CharField(required=False, max_length=1000)
