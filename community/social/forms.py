"""Forms of the small buttons, of which invalid values are forged, not mistyped; and of a bookmark's note."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.common.text import NEWLINES
from community.content.forms import Line, ServiceForm, errors_as_field
from community.content.models import Category, Tag, Thread
from community.content.querysets import Reader
from community.content.tag_tree import place_of
from community.notifications.mail.moments import MORNING
from community.social.levels import Level
from community.social.marking import mark_reason
from community.social.models import MARK_LENGTH, NOTE_LENGTH, TARGETS, Bookmark, Mark

FURTHEST = timedelta(days=5 * 365)


class VoteForm(forms.Form):
    value = forms.TypedChoiceField(coerce=int, choices=[(1, "+1"), (0, "0"), (-1, "-1")])


class MarkForm(ServiceForm):
    """What is wrong with an answer. `version` is the one that the person read."""

    kind = forms.ChoiceField(label=_("What is wrong with this answer?"), choices=Mark.Kind, widget=forms.RadioSelect)
    reason = Line(
        label=_("Reason"),
        help_text=_("One line that helps the author: since which version, with which config, what you saw instead."),
        widget=forms.TextInput(attrs={"maxlength": MARK_LENGTH, "autocomplete": "off"}),
    )
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    clean_reason = errors_as_field(lambda form: mark_reason(form.cleaned_data["reason"]))


def morning_of(day: date) -> datetime:
    """Return the moment at which reminders of a day come."""
    return timezone.make_aware(datetime.combine(day, MORNING))


class SwitchForm(forms.Form):
    """On or off."""

    on = forms.TypedChoiceField(coerce=lambda text: text == "1", choices=[("1", "on"), ("0", "off")])


class BookmarkForm(forms.Form):
    """A bookmark: off, on, or on with a reminder in some days."""

    DAYS = {"tomorrow": 1, "week": 7}

    on = forms.ChoiceField(choices=[(value, value) for value in ("0", "1", *DAYS)])

    @property
    def is_on(self) -> bool:
        return self.cleaned_data["on"] != "0"

    @property
    def remind_at(self) -> datetime | None:
        """The morning of that day in the reader's zone, if one was chosen."""
        days = self.DAYS.get(self.cleaned_data["on"])
        return morning_of(timezone.localdate() + timedelta(days=days)) if days else None


class LevelForm(forms.Form):
    """The level for one target."""

    level = forms.TypedChoiceField(coerce=lambda text: Level(int(text)), choices=Level.choices)
    kind = forms.ChoiceField(choices=[(target, target) for target in TARGETS])
    id = forms.IntegerField(min_value=1, max_value=2**62)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"kind", "id"} <= cleaned.keys():
            cleaned["target"] = self._target(cleaned["kind"], cleaned["id"])
        return cleaned

    def _target(self, kind: str, pk: int) -> Any:
        rows = {
            "person": User.objects.filter(is_active=True),
            "tag": Tag.objects.select_related("synonym_of"),
            "category": Category.objects.all(),
            "thread": Thread.objects.visible_to(self.reader),
        }[kind]
        found = rows.filter(pk=pk).first()
        if isinstance(found, Tag):
            found = self._known(found.synonym_of or found)
        if found is None:
            raise forms.ValidationError(_("What you wanted to follow or mute no longer exists."))
        return found

    def _known(self, tag: Tag) -> Tag | None:
        """Return a tag in use, or one that the reader has a level for; others are as good as unknown."""
        return tag if place_of(tag).is_used or tag.follows.filter(follower=self.reader.pk).exists() else None


class Lines(forms.CharField):
    """Text of several lines, each of whose ends is one character: browsers count them so, and send two."""

    def to_python(self, value: Any) -> str:
        return NEWLINES.sub("\n", super().to_python(value) or "")


class NoteForm(ServiceForm):
    """A note on a bookmarked post, and the day of a reminder, on which it comes in the morning of the reader's zone."""

    note = Lines(
        label=_("Note to yourself"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only you see it."),
    )
    remind_on = forms.DateField(
        label=_("Remind me on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("You are notified in the morning of that day. Leave it empty for no reminder."),
        error_messages={"invalid": _("Write the day as year-month-day, such as 2027-03-31.")},
    )

    base_version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, bookmark: Bookmark | None) -> None:
        """Begin with what a bookmark has, if there is one."""
        at = bookmark.remind_at if bookmark else None
        self.day_before = at and timezone.localdate(at)
        initial = {"note": bookmark.note if bookmark else "", "remind_on": self.day_before}
        super().__init__(data, initial=initial | {"base_version": bookmark.base_version if bookmark else ""})

    def clean_remind_on(self) -> date | None:
        day = self.cleaned_data["remind_on"]
        if day is None or day == self.day_before:  # which may be this very morning
            return day
        today = timezone.localdate()
        if day <= today:
            raise forms.ValidationError(_("Choose tomorrow or a later day."))
        if day > today + FURTHEST:
            raise forms.ValidationError(_("Choose a day within the next five years."))
        return day

    @property
    def remind_at(self) -> datetime | None:
        """The moment of the reminder, after the form was found valid."""
        day = self.cleaned_data["remind_on"]
        return day and morning_of(day)
