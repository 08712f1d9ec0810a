from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.content import texts
from community.content.forms import EditFields, OpeningForm
from community.content.models import Category, Kind
from community.forum import category_tree


class ThreadForm(OpeningForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.HiddenInput)
    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        if kind in (Kind.QUESTION, Kind.DISCUSSION):
            self.fields["category"].choices = category_tree.choices()  # type: ignore[attr-defined]
        else:
            del self.fields["category"]

    def clean_category(self) -> Category | None:
        slug = self.cleaned_data["category"]
        return Category.objects.filter(slug=slug).first() if slug else None


class EditForm(EditFields, ThreadForm):
    """A new version of a post. Title, category and tags are there for an opening post only."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        del self.fields["kind"], self.fields["submission"]
        if kind == "reply":
            del self.fields["title"], self.fields["tags"]


class StaffForm(forms.Form):
    """What a moderator does with a thread."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("lock", "unlock", "pin", "unpin", "move")])
    category = forms.ModelChoiceField(Category.objects.all(), to_field_name="slug", required=False)
    reason = forms.CharField(max_length=texts.REASON_LENGTH, required=False)
