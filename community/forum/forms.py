from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.audit.actions import Action
from community.common.errors import Conflict, DomainError
from community.content import texts
from community.content.forms import Line, ServiceForm, Text
from community.content.models import Category, Tag
from community.content.places import LONGEST, place_at

ONE_TAG = {"autocomplete": "off", "data-tags": ""}
THREAD_ACTIONS = (
    (Action.LOCK.value, _("Close")),
    (Action.UNLOCK.value, _("Reopen")),
    (Action.LOCK_ANSWER.value, _("Lock the accepted answer")),
    (Action.UNLOCK_ANSWER.value, _("Unlock the accepted answer")),
    (Action.PIN.value, _("Pin in its category")),
    (Action.PIN_EVERYWHERE.value, _("Pin everywhere")),
    (Action.UNPIN.value, _("Unpin")),
    (Action.MOVE.value, _("Move")),
)

LARGEST_KEY = 2**63 - 1


class SavedForm(ServiceForm):
    """`refused_status` is that of the page which shows the form again."""

    refused_status = 422

    def _refused(self, error: DomainError) -> None:
        if isinstance(error, Conflict):
            self.refused_status = error.status
        super()._refused(error)


class ProofForm(forms.Form):
    """A run of the thread by the key of its embed, or any other by its address, which goes first."""

    run = forms.CharField(required=False, max_length=64)
    address = forms.CharField(
        label=_("Address of another run"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Copy it from the page of the run, such as /runs/…/"),
    )

    def clean_address(self) -> str:
        """Return the key of the run at this address."""
        address = self.cleaned_data["address"]
        place = place_at(address) if address else None
        if address and (place is None or not place.embed):
            raise forms.ValidationError(_("This is not the address of a run on this site."))
        return place.embed if place else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (self.errors or cleaned["address"] or cleaned["run"]):
            raise forms.ValidationError(_("Choose a run, or paste the address of one."))
        return cleaned

    @property
    def key(self) -> str:
        return self.cleaned_data["address"] or self.cleaned_data["run"]


class StaffForm(forms.Form):
    """Form for a moderator's action on a thread."""

    action = forms.ChoiceField(label=_("Action"), choices=THREAD_ACTIONS)
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Move to"), to_field_name="slug", required=False, empty_label=None
    )
    reason = forms.CharField(label=_("Reason"), max_length=texts.REASON_LENGTH, required=False)


class TagForm(SavedForm):
    """What moderators say of a tag; `content.services.taxonomy` checks it."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    draft_key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    name = Line(label=_("Name in English"), help_text=_("As people type it: words are joined by hyphens."))
    name_zh = Line(label=_("Name in Chinese"), help_text=_("Both names are the same tag, whichever is typed."))
    synonyms = Line(
        label=_("Synonyms"),
        help_text=_(
            "Other words for it, separated by commas. Who types one gets this tag, and its address leads here."
        ),
    )
    parent = Line(label=_("Parent"), help_text=_("The wider tag, whose list has the threads of this one too."))
    description = Line(label=_("Excerpt in English"), help_text=_("What it is, in a sentence or two."))
    description_zh = Line(label=_("Excerpt in Chinese"))
    about = Text(label=_("About, in English"), help_text=_("Markdown, with formulas."))
    about_zh = Text(label=_("About, in Chinese"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, language in (("name_zh", "zh-Hans"), ("description_zh", "zh-Hans"), ("about_zh", "zh-Hans")):
            self.fields[name].widget.attrs["lang"] = language
        for name, length in (("name", 40), ("name_zh", 40), ("description", 300), ("description_zh", 300)):
            self.fields[name].widget.attrs["maxlength"] = length
        for name in ("about", "about_zh"):
            self.fields[name].widget.attrs["rows"] = 8
        self.fields["synonyms"].widget.attrs["autocomplete"] = "off"
        self.fields["parent"].widget.attrs |= ONE_TAG

    @staticmethod
    def initial_of(tag: Tag) -> dict[str, Any]:
        """Return what the form begins with. Names have boxes of their own, so they are not among the synonyms."""
        columns = ("name", "name_zh", "description", "description_zh", "about", "about_zh")
        own = {texts.tag(name)[0] for name in (tag.name, tag.name_zh) if name}
        synonyms = [row.name for row in tag.synonyms.all() if row.slug not in own]
        placed = {"synonyms": ", ".join(synonyms), "parent": tag.parent.label if tag.parent else ""}
        hidden = {"base_version": tag.version, "draft_key": f"tag:{tag.pk}"}
        return {name: getattr(tag, name) for name in columns} | placed | hidden

    @property
    def shown(self) -> list[str]:
        return [field.name for field in self.visible_fields()]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "draft_key"}

    @property
    def abouts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("about", "about_zh")}


class MergeForm(SavedForm):
    """The tag that another one becomes a synonym of; `seen` is its key, once what will change was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST_KEY)

    of = Line(
        label=_("Synonym of"), help_text=_("The name of the tag that stays."), widget=forms.TextInput(attrs=ONE_TAG)
    )


class InviteForm(SavedForm):
    """The handle of somebody to invite; `inviting` checks it."""

    handle = Line(
        label=_("Handle"),
        help_text=_("Begin with the handle or the name of the person."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "data-person": ""}),
    )
