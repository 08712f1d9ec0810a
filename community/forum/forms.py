from __future__ import annotations

from django import forms

from community.audit.actions import Action
from community.content import texts
from community.content.models import Category

THREAD_ACTIONS = (Action.LOCK, Action.UNLOCK, Action.PIN, Action.UNPIN, Action.MOVE)


class StaffForm(forms.Form):
    """Form for a moderator's action on a thread."""

    action = forms.ChoiceField(choices=[(name.value, name.label) for name in THREAD_ACTIONS])
    category = forms.ModelChoiceField(Category.objects.all(), to_field_name="slug", required=False)
    reason = forms.CharField(max_length=texts.REASON_LENGTH, required=False)
