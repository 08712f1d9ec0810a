"""The notification settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.notifications.channels import Channel, Frequency, frequency
from community.notifications.preferences import Choices, preferences_of
from community.notifications.topics import Topic


class Row(NamedTuple):
    """A topic of the matrix with its control."""

    topic: Topic
    on_site: BoundField


class SettingsForm(forms.Form):
    """A frequency for each topic and channel by which notifications are sent."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = preferences_of([person.pk], list(Topic))
        for topic in Topic:
            often = frequency(chosen, person.pk, topic, Channel.SITE)
            attrs = {"aria-label": f"{topic.label}: {Channel.SITE.label}"}
            self.fields[_name(topic, Channel.SITE)] = forms.BooleanField(
                label=_("On the site"),
                required=False,
                initial=often != Frequency.NEVER,
                widget=forms.CheckboxInput(attrs=attrs),
            )

    def rows(self) -> Iterator[Row]:
        for topic in Topic:
            yield Row(topic, self[_name(topic, Channel.SITE)])

    @property
    def choices(self) -> Choices:
        is_on = {topic: self.cleaned_data[_name(topic, Channel.SITE)] for topic in Topic}
        often = {True: Frequency.IMMEDIATELY, False: Frequency.NEVER}
        return {(topic, Channel.SITE): often[on] for topic, on in is_on.items()}


def _name(topic: Topic, channel: Channel) -> str:
    return f"{topic}-{channel}"
