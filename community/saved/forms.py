from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.common.text import one_line
from community.saved.models import NAME_LENGTH
from community.search.language import LONGEST


class LineField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class SaveForm(forms.Form):
    query = LineField(label=_("Search terms"), max_length=LONGEST, required=False)
    name = LineField(label=_("Name"), max_length=NAME_LENGTH, required=False)
