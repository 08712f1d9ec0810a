from __future__ import annotations

from django import forms


class MoveForm(forms.Form):
    """One place up or down."""

    by = forms.TypedChoiceField(coerce=int, choices=[("-1", "up"), ("1", "down")])
