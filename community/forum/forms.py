from __future__ import annotations

from django import forms

from community.content import texts
from community.content.models import Category


class StaffForm(forms.Form):
    """What a moderator does with a thread."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("lock", "unlock", "pin", "unpin", "move")])
    category = forms.ModelChoiceField(Category.objects.all(), to_field_name="slug", required=False)
    reason = forms.CharField(max_length=texts.REASON_LENGTH, required=False)
