from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.content import category_tree, texts
from community.content.forms import Line, Text, WritingForm, errors_as_field, source_box
from community.content.models import Kind, Post, Thread
from community.content.shown import title_of
from community.review import filing
from community.review.reasons import HoldReason, hold_note

LARGEST = 2**31 - 1
ADDRESS_LENGTH = 500
SUMMARY_LENGTH = 400  # of an article
MOST_FILING = 2_000  # characters of what is beside a text


class TextForm(WritingForm):
    """Text, and of a post that opens a thread what its own form has too: title, tags, category or summary.

    `seen` is the version of the suggestion that the page showed, `base_filing` what the thread had then.
    """

    title = Line(label=_("Title"))
    source = Text(label=_("Text"), widget=source_box())
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST)
    summary = Text(label=_("Summary"), widget=forms.Textarea(attrs={"rows": 2, "maxlength": SUMMARY_LENGTH}))
    tags = Line(label=_("Tags"), help_text=_("Up to five tags, separated by commas or spaces."))
    category = forms.ChoiceField(label=_("Category"), required=False)
    base_filing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MOST_FILING)
    unsaved = (filing.TAGS, filing.CATEGORY, filing.SUMMARY)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["submission"]
        self.post, self.kind = post, post.thread.kind if post.is_opening else "reply"
        self.fields["title"].widget.attrs |= {"maxlength": texts.TITLE_LENGTH, "autocomplete": "off"}
        self.fields["tags"].widget.attrs |= {"autocomplete": "off", "data-tags": ""}
        if not post.is_opening:
            del self.fields["title"], self.fields["base_filing"]
        self.filed = filing.filing_of(post)
        for name in set(self.unsaved) - self.filed.keys():
            del self.fields[name]
        if filing.CATEGORY in self.filed:
            kept = [] if self.filed[filing.CATEGORY] else [("", _("No category"))]
            self.fields["category"].choices = [*kept, *category_tree.choices()]  # type: ignore[attr-defined]
        for name, value in (self.filed | {"base_filing": filing.written(self.filed)} if self.filed else {}).items():
            self.initial.setdefault(name, value)

    @property
    def values(self) -> dict[str, Any]:
        if not self.filed:
            return super().values
        sent = {name: self.cleaned_data[name] for name in self.filed if self.add_prefix(name) in self.data}
        return super().values | {"filing": sent}

    @errors_as_field
    def clean_tags(self) -> str:
        return filing.tags_text(self.cleaned_data["tags"])

    @errors_as_field
    def clean_summary(self) -> str:
        return texts.one_line(self.cleaned_data["summary"], field="summary", longest=SUMMARY_LENGTH)

    def clean_category(self) -> str:
        return self.cleaned_data["category"] or self.filed[filing.CATEGORY]

    def clean_base_filing(self) -> dict[str, str]:
        return filing.read(self.cleaned_data["base_filing"])

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
