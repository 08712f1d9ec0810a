from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.content import texts
from community.content.forms import Line, Text, WritingForm, errors_as_field, source_box
from community.content.models import Kind, Post, Thread
from community.content.shown import title_of
from community.review.reasons import HoldReason, hold_note

LARGEST = 2**31 - 1
ADDRESS_LENGTH = 500


class TextForm(WritingForm):
    """Title, if the post opens a thread, and text. `seen` is the version of the suggestion that the page showed."""

    title = Line(label=_("Title"))
    source = Text(label=_("Text"), widget=source_box())
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST)
    unsaved = ()

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["submission"]
        self.post, self.kind = post, post.thread.kind if post.is_opening else "reply"
        self.fields["title"].widget.attrs |= {"maxlength": texts.TITLE_LENGTH, "autocomplete": "off"}
        if not post.is_opening:
            del self.fields["title"]

    @errors_as_field
    def clean_title(self) -> str:
        return texts.title(self.cleaned_data["title"], required=self.kind != Kind.NOTE)

    @errors_as_field
    def clean_source(self) -> str:
        return texts.source(self.cleaned_data["source"], kind=self.kind)


class SuggestForm(TextForm):
    reason = Line(
        label=_("What did you change, and why?"), help_text=_("The author reads it, and the history shows it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs |= {"maxlength": texts.REASON_LENGTH, "required": True}

    @errors_as_field
    def clean_reason(self) -> str:
        return texts.reason(self.cleaned_data["reason"])


class DecisionForm(WritingForm):
    """The buttons below a suggestion. `seen` and `base_version` are of the suggestion and the post that were shown."""

    action = forms.ChoiceField(label=_("Action"), choices=[("approve", _("Approve")), ("reject", _("Reject"))])
    seen = forms.IntegerField(min_value=0, max_value=LARGEST)
    base_version = forms.IntegerField(min_value=1, max_value=LARGEST)
    reason = Line(label=_("Reason, if you reject it"), help_text=_("Their author reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs |= {"maxlength": texts.REASON_LENGTH, "autocomplete": "off"}


class DuplicateForm(WritingForm):
    """Which question this one duplicates: chosen among similar ones, or by address or number."""

    chosen = forms.TypedChoiceField(label=_("Similar questions"), coerce=int, required=False, widget=forms.RadioSelect)
    address = Line(label=_("Address or number of the question"))

    def __init__(self, *args: Any, similar: Sequence[Thread], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(each.pk, title_of(each)) for each in similar]  # type: ignore[attr-defined]
        self.fields["address"].widget.attrs |= {"maxlength": ADDRESS_LENGTH, "autocomplete": "off"}
        if not similar:
            del self.fields["chosen"]

    @errors_as_field
    def clean_address(self) -> str:
        return texts.one_line(self.cleaned_data["address"], field="address", longest=ADDRESS_LENGTH)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not values.get("chosen") and not values.get("address"):
            self.add_error("address", _("Choose a question, or enter its address."))
        return values


class HoldForm(WritingForm):
    reason = forms.ChoiceField(label=_("What has to be fixed?"), choices=HoldReason.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, hold_note(value)) for value in HoldReason.values]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


class SwitchForm(forms.Form):
    on = forms.ChoiceField(choices=[("1", ""), ("0", "")])
