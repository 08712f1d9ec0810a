"""The notification settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.common.outgoing import LONGEST_ADDRESS, NotPublic, parts_of
from community.notifications.channels import Channel, Frequency, frequency, offered_by_mail
from community.notifications.models import Mailbox
from community.notifications.preferences import Choices, preferences_of
from community.notifications.push.encryption import is_point, is_secret
from community.notifications.push.vapid import is_offered
from community.notifications.topics import Topic


class Row(NamedTuple):
    """A topic of the matrix with its controls; what is only in digests has none for the site."""

    topic: Topic
    on_site: BoundField | None
    by_mail: BoundField
    by_push: BoundField | None = None


class SettingsForm(forms.Form):
    """A frequency for each topic and channel, and quiet hours. What is not sent stays as it is.

    Push has its boxes if the site offers it; `has_push` says that a form had them.
    """

    has_push = forms.BooleanField(required=False, widget=forms.HiddenInput)
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
            for channel in self._boxes(topic):
                self.fields[_name(topic, channel)] = forms.BooleanField(
                    label=channel.label,
                    required=False,
                    initial=frequency(chosen, person.pk, topic, channel) != Frequency.NEVER,
                    widget=forms.CheckboxInput(attrs={"aria-label": f"{topic.label}: {channel.label}"}),
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
            boxes = {channel: self[_name(topic, channel)] for channel in self._boxes(topic)}
            mail = self[_name(topic, Channel.MAIL)]
            yield Row(topic, boxes.get(Channel.SITE), mail, boxes.get(Channel.PUSH))

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
        sent = (Channel.SITE, Channel.PUSH) if self.cleaned_data["has_push"] else (Channel.SITE,)
        boxes = {
            (topic, channel): often[self.cleaned_data[_name(topic, channel)]]
            for topic in Topic
            for channel in self._boxes(topic)
            if channel in sent
        }
        by_mail = {(topic, Channel.MAIL): self.cleaned_data[_name(topic, Channel.MAIL)] for topic in Topic}
        return boxes | {key: Frequency(value) for key, value in by_mail.items() if value}

    @staticmethod
    def _boxes(topic: Topic) -> tuple[Channel, ...]:
        """Return the channels that are on or off for a topic."""
        if not topic.is_on_site:
            return ()
        return (Channel.SITE, Channel.PUSH) if is_offered() else (Channel.SITE,)

    @property
    def quiet_hours(self) -> tuple[time | None, time | None] | None:
        """The quiet hours that were sent; None by a form that has none."""
        if "quiet_from" not in self.data:
            return None
        return self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]


class DeviceForm(forms.Form):
    """What a browser says when it takes pushes: where its push service takes them, and how to encrypt for it."""

    endpoint = forms.CharField(max_length=LONGEST_ADDRESS)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=30)
    replaces = forms.CharField(max_length=LONGEST_ADDRESS, required=False)

    def clean_endpoint(self) -> str:
        endpoint = self.cleaned_data["endpoint"]
        try:
            parts_of(endpoint)
        except NotPublic as error:
            raise forms.ValidationError(_("This is no address of a push service.")) from error
        return endpoint

    def clean_p256dh(self) -> str:
        if not is_point(self.cleaned_data["p256dh"]):
            raise forms.ValidationError(_("This is no key of a browser."))
        return self.cleaned_data["p256dh"]

    def clean_auth(self) -> str:
        if not is_secret(self.cleaned_data["auth"]):
            raise forms.ValidationError(_("This is no key of a browser."))
        return self.cleaned_data["auth"]


def _name(topic: Topic, channel: Channel) -> str:
    return f"{topic}-{channel}"
