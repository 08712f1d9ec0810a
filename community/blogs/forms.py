from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.blogs.errors import SummaryChanged
from community.blogs.selectors import article_of
from community.blogs.services import SUMMARY_LENGTH, Keep, clean_summary
from community.common.errors import DomainError
from community.content.forms import OpeningEditForm, OpeningForm, Text, errors_as_field, source_box
from community.content.models import Post
from community.media.models import Asset
from community.media.pictures import MOST_BYTES
from community.media.services import add_picture

PICTURES = "image/jpeg,image/png,image/gif,image/webp"


class ArticleForm(OpeningForm):
    """Article form.

    An uploaded picture is stored at once and kept in `cover_kept`, so that it survives a rejected form.
    """

    source = Text(label=_("Text"), widget=source_box(rows=24))
    summary = Text(
        label=_("Summary"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": SUMMARY_LENGTH}),
        help_text=_("Two sentences, shown above the text and in lists."),
    )
    cover = forms.FileField(
        label=_("Cover picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES, "data-cover-choose": ""}),
        help_text=_("JPEG, PNG, GIF or WebP, at most 5 MB."),
    )
    cover_kept = forms.CharField(widget=forms.HiddenInput(attrs={"data-cover-kept": ""}), max_length=64, required=False)
    no_cover = forms.BooleanField(label=_("Remove this picture"), required=False)

    current: Asset | None = None
    unsaved = (*OpeningForm.unsaved, "base_category", "cover_kept", "no_cover")

    @property
    def values(self) -> dict[str, Any]:
        return super().values | {"cover": self.chosen_cover}

    @errors_as_field
    def clean_summary(self) -> str:
        return clean_summary(self.cleaned_data["summary"])

    def clean_cover(self) -> Asset | None:
        sent = self.cleaned_data["cover"]
        if sent is None:
            return None
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(_("This picture is larger than 5 MB. Make it smaller and try again."))
        try:
            asset = add_picture(owner=self.writer, content=sent.read(), name=sent.name or "")
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
        self.put("cover_kept", asset.sha256)
        return asset

    @property
    def shown_cover(self) -> Asset | None:
        """The current or chosen cover picture, as far as this form knows."""
        return self._kept(str(self["cover_kept"].value() or ""))

    @property
    def chosen_cover(self) -> Asset | None:
        """Return the picture to save. Requires a valid form."""
        if self.cleaned_data["cover"] is not None:
            return self.cleaned_data["cover"]
        return None if self.cleaned_data["no_cover"] else self._kept(self.cleaned_data["cover_kept"])

    def _kept(self, sha256: str) -> Asset | None:
        """Return the kept picture if it is the writer's own or the current cover."""
        if self.current is not None and self.current.sha256 == sha256:
            return self.current
        return Asset.objects.filter(owner=self.writer, sha256=sha256).first() if sha256 else None


class ArticleEditForm(OpeningEditForm, ArticleForm):
    """Edit form for an article; its cover can belong to another author.

    It remembers summary and cover at the start of the edit too, as OpeningEditForm does category and tags.
    """

    base_summary = forms.CharField(widget=forms.HiddenInput, required=False, max_length=SUMMARY_LENGTH)
    base_cover = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    unsaved = (*ArticleForm.unsaved, "base_cover")

    @property
    def values(self) -> dict[str, Any]:
        """The form of the release before has no base: then what it sends is saved."""
        sent, values = self.cleaned_data, super().values
        values["base_summary"] = sent["base_summary"] if self.add_prefix("base_summary") in self.data else None
        is_chosen = sent["cover"] is not None or sent["no_cover"] or sent["cover_kept"] != sent["base_cover"]
        return values if is_chosen else values | {"cover": Keep.AS_IT_IS}

    def _refused(self, error: DomainError) -> None:
        if isinstance(error, SummaryChanged):
            self.put("base_summary", error.current)
        super()._refused(error)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, post=post, **kwargs)
        self.current = article_of(post.thread).cover
