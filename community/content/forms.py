"""Base classes of forms with text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.common.errors import DomainError
from community.content import category_tree, texts
from community.content.errors import EditConflict, InvalidText, SubmissionReused
from community.content.models import Category, Kind, Post, Tag, Thread
from community.content.tag_tree import Place, place_of


def errors_as_field(check: Callable) -> Callable:
    """Turn a rejected text into a field error."""

    def clean(form: forms.Form) -> Any:
        try:
            return check(form)
        except InvalidText as error:
            raise forms.ValidationError(str(error)) from error

    return clean


class Text(forms.CharField):
    """Text field that keeps its input unchanged. `content.texts` validates it, for every entry point."""

    widget: type[forms.Widget] = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)
        self.validators = []


class Line(Text):
    widget = forms.TextInput


class ReadForm(forms.Form):
    """Which posts of a page somebody has read, by number, the first on that page, and for how long they have read.

    `text` is how much of the opening post they have seen, in percent.
    """

    posts = forms.RegexField(r"\A[0-9]{1,9}(,[0-9]{1,9})*\Z", required=False, max_length=6_000)
    first = forms.IntegerField(required=False, min_value=1, max_value=999_999_999)
    seconds = forms.IntegerField(required=False, min_value=0, max_value=86_400)
    text = forms.IntegerField(required=False, min_value=0, max_value=100)

    def clean_posts(self) -> list[int]:
        return [int(number) for number in self.cleaned_data["posts"].split(",") if number]


class MarkReadForm(forms.Form):
    """What a button marks as read. `until` is when its page was made."""

    kind = forms.ChoiceField(choices=Kind.choices, required=False)
    category = forms.ModelChoiceField(Category.objects.all(), to_field_name="slug", required=False)
    tag = forms.ModelChoiceField(Tag.objects.filter(synonym_of=None), to_field_name="slug", required=False)
    until = forms.DateTimeField(required=False)

    def clean_tag(self) -> Place | None:
        tag = self.cleaned_data["tag"]
        place = place_of(tag) if tag else None
        if place is not None and not place.is_used:  # as good as unknown
            raise forms.ValidationError(self.fields["tag"].error_messages["invalid_choice"])
        return place


class ServiceForm(forms.Form):
    """A form whose service says what is wrong: `act` adds that to the field, keeping what was typed."""

    def act(self, service: Callable[..., Any], **values: Any) -> Any:
        """Return the service's result, or None if it was rejected; the form then has the errors."""
        try:
            return service(**values)
        except DomainError as error:
            self._refused(error)
        return None

    def _refused(self, error: DomainError) -> None:
        for name, messages in (error.fields or {"": [str(error)]}).items():
            self.add_error(name if name in self.fields else None, [str(message) for message in messages])

    def put(self, name: str, value: Any) -> None:
        """Set the value a hidden field has when the form is shown again."""
        self.data = {**dict(self.data.items()), self.add_prefix(name): value}


LARGEST_VERSION = 2**31 - 1


class WritingForm(ServiceForm):
    """Base of all writing forms."""

    draft_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    draft_key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    conflict: EditConflict | None = None
    unsaved: tuple[str, ...] = ("kind", "parent", "seen")

    @property
    def values(self) -> dict[str, Any]:
        """Return the service's keyword arguments. Requires a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.unsaved}

    def clean_draft_version(self) -> int | None:
        """Return the version that this tab last saved or loaded, 0 for none; None if it was not sent."""
        if self.add_prefix("draft_version") not in self.data:
            return None
        return min(self.cleaned_data["draft_version"] or 0, LARGEST_VERSION)

    def _refused(self, error: DomainError) -> None:
        if isinstance(error, EditConflict):
            self.conflict = error
            return
        if isinstance(error, SubmissionReused):
            self.renew_submission()
        super()._refused(error)

    def renew_submission(self) -> None:
        self.put("submission", str(uuid.uuid4()))


def source_box(**attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 12, "data-editor-source": "", "spellcheck": "true", **attrs})


class OpeningForm(WritingForm):
    """Title, text and tags: starts a thread of any kind. Only a note can have no title."""

    title = Line(label=_("Title"))
    source = Text(label=_("Text"), widget=source_box())
    tags = Line(label=_("Tags"), help_text=_("Up to five tags, separated by commas or spaces."))
    again = forms.BooleanField(widget=forms.HiddenInput, required=False)
    unsaved = (*WritingForm.unsaved, "again")

    def __init__(self, *args: Any, kind: str, writer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thread_kind, self.writer = kind, writer
        self.fields["title"].widget.attrs |= {"maxlength": texts.TITLE_LENGTH, "autocomplete": "off"}
        self.fields["tags"].widget.attrs |= {"autocomplete": "off", "data-tags": ""}

    def renew_submission(self) -> None:
        super().renew_submission()
        self.put("again", "on")

    def is_second(self) -> bool:
        """Return whether its writer published one with this title lately, and say so, once.

        Another tab may have posted the draft that this form began with. Requires a valid form.
        """
        values = self.cleaned_data
        if values["again"] or not values["title"]:
            return False
        lately = Thread.objects.published_lately(self.writer).filter(kind=self.thread_kind, title=values["title"])
        earlier = lately.first()
        if earlier is None or values["submission"] == earlier.submission:
            return False
        told = gettext(
            'You posted <a href="{url}">{title}</a> within the last hour. Send this form again to post another one.'
        )
        self.add_error(None, format_html(told, url=earlier.get_absolute_url(), title=earlier.title))
        self.put("again", "on")
        return True

    @errors_as_field
    def clean_title(self) -> str:
        return texts.title(self.cleaned_data["title"], required=self.thread_kind != Kind.NOTE)

    @errors_as_field
    def clean_source(self) -> str:
        return texts.source(self.cleaned_data["source"], kind=self.thread_kind)

    @errors_as_field
    def clean_tags(self) -> list[str]:
        return list(texts.tags_in(self.cleaned_data["tags"]).values())


class ReplyForm(WritingForm):
    """An answer, or a comment on `parent` (the primary key of a post of the thread).

    `seen` is the number of the newest post when the page was made, or that the page was told of since.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    parent = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    source = Text(label=_("Your text"), widget=source_box(rows=9))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["parent"].value():  # a line that grows
            self.fields["source"].widget.attrs |= {"rows": 2, "placeholder": _("Write a comment…")}

    @errors_as_field
    def clean_source(self) -> str:
        return texts.source(self.cleaned_data["source"], kind="reply")


class EditFields(forms.Form):
    """Additional fields of an edit: the base version and the reason."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    reason = Line(
        label=_("What did you change?"),
        help_text=_(
            "Optional; shown in the history. What you correct within five minutes and without a reason, before anybody "
            "has reacted, is shown there to moderators only."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["maxlength"] = texts.REASON_LENGTH

    @errors_as_field
    def clean_reason(self) -> str:
        return texts.reason(self.cleaned_data["reason"])


class NoteForm(OpeningForm):
    """A short post."""

    source = Text(label=_("Text"), widget=source_box(rows=7))


class ThreadForm(OpeningForm):
    """A question or discussion, with a category chosen by its author."""

    category = forms.ChoiceField(label=_("Category"), error_messages={"required": _("Choose a category.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = category_tree.choices()
        self.fields["category"].choices = [("", _("Choose a category")), *choices]  # type: ignore[attr-defined]
        self.fields["category"].required = bool(choices)

    def clean_category(self) -> Category | None:
        slug = self.cleaned_data["category"]
        return Category.objects.filter(slug=slug).first() if slug else None


class EditForm(EditFields, WritingForm):
    """Edit form for any post, with its editor; initially contains the current text."""

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        self.post = post
        super().__init__(*args, **kwargs)
        for name in ("submission", "again"):  # of new threads
            self.fields.pop(name, None)


class VersionForm(WritingForm):
    """What the history sends to restore a version. `base_version` is the newest one that its page showed."""

    base_version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class ReplyEditForm(EditForm, ReplyForm):
    """Edit form for an answer or a comment."""

    def __init__(self, *args: Any, writer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["parent"], self.fields["seen"]


class OpeningEditForm(EditForm):
    """Edit form for an opening post. It remembers the category and tags at the start of the edit.

    Unchanged fields change nothing, even if the thread was retagged or moved in the meantime.
    """

    base_tags = forms.CharField(widget=forms.HiddenInput, required=False, max_length=texts.TAGS_LENGTH)
    base_category = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    unsaved = (*EditForm.unsaved, "base_category")

    @errors_as_field
    def clean_base_tags(self) -> list[str] | None:
        if self.add_prefix("base_tags") not in self.data:
            return None
        return list(texts.tags(self.cleaned_data["base_tags"].split(",")).values())

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        category = values.get("category")
        if category is not None and category.slug == self.cleaned_data.get("base_category"):
            values["category"] = None
        return values


class NoteEditForm(OpeningEditForm, NoteForm):
    pass


class ThreadEditForm(OpeningEditForm, ThreadForm):
    pass
