"""The notification settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.notifications.channels import Channel, Frequency, frequency, offered_by_mail
from community.notifications.models import Mailbox
from community.notifications.preferences import Choices, preferences_of
from community.notifications.topics import Topic


class Row(NamedTuple):
    """A topic of the matrix with its controls; what is only in digests has none for the site."""

    topic: Topic
    on_site: BoundField | None
    by_mail: BoundField


class SettingsForm(forms.Form):
    """A frequency for each topic and channel, and quiet hours. What is not sent stays as it is."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )

    def __init__(self, *args: Any, person: User, mailbox: Mailbox | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mailbox is not None:
            self.initial.update(quiet_from=mailbox.quiet_from, quiet_until=mailbox.quiet_until)
        chosen = preferences_of([person.pk], list(Topic))
        for topic in Topic:
            if topic.is_on_site:
                self.fields[_name(topic, Channel.SITE)] = forms.BooleanField(
                    label=Channel.SITE.label,
                    required=False,
                    initial=frequency(chosen, person.pk, topic, Channel.SITE) != Frequency.NEVER,
                    widget=forms.CheckboxInput(attrs={"aria-label": f"{topic.label}: {Channel.SITE.label}"}),
                )
            self.fields[_name(topic, Channel.MAIL)] = forms.ChoiceField(
                label=Channel.MAIL.label,
                required=False,
                choices=[(often.value, often.label) for often in offered_by_mail(topic)],
                initial=frequency(chosen, person.pk, topic, Channel.MAIL),
                widget=forms.Select(attrs={"aria-label": f"{topic.label}: {Channel.MAIL.label}"}),
            )

    def rows(self) -> Iterator[Row]:
        for topic in Topic:
            on_site = self[_name(topic, Channel.SITE)] if topic.is_on_site else None
            yield Row(topic, on_site, self[_name(topic, Channel.MAIL)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begin is None) != (end is None):
            self.add_error(None, _("Quiet hours need a beginning and an end, or neither."))
        if begin is not None and begin == end:
            self.add_error(None, _("Quiet hours cannot end when they begin."))
        return cleaned

    @property
    def choices(self) -> Choices:
        often = {True: Frequency.IMMEDIATELY, False: Frequency.NEVER}
        on_site = {
            (topic, Channel.SITE): often[self.cleaned_data[_name(topic, Channel.SITE)]]
            for topic in Topic
            if topic.is_on_site
        }
        by_mail = {(topic, Channel.MAIL): self.cleaned_data[_name(topic, Channel.MAIL)] for topic in Topic}
        return on_site | {key: Frequency(value) for key, value in by_mail.items() if value}

    @property
    def quiet_hours(self) -> tuple[time | None, time | None] | None:
        """The quiet hours that were sent; None by a form that has none."""
        if "quiet_from" not in self.data:
            return None
        return self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]


def _name(topic: Topic, channel: Channel) -> str:
    return f"{topic}-{channel}"
