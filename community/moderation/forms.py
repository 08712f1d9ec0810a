from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from community.audit.actions import Action
from community.content.reasons import Reason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with this post?"), choices=Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note to the moderators"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(forms.Form):
    action = forms.ChoiceField(
        choices=[(Action.HIDE, _("Hide")), (Action.UNHIDE, _("Restore")), (Action.DISMISS, _("Dismiss"))]
    )
    reason = forms.ChoiceField(choices=Reason.choices, required=False)
    note = forms.CharField(required=False, max_length=1000)
