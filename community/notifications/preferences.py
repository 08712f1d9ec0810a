"""What people have chosen in their notification settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from community.accounts.models import User
from community.notifications.channels import Channel, Frequencies, Frequency
from community.notifications.models import Preference
from community.notifications.topics import Topic

type Choices = Mapping[tuple[Topic, Channel], Frequency]


def preferences_of(people: Collection[int], topics: Collection[Topic]) -> Frequencies:
    """Return what these people have chosen for these topics; no query for none."""
    if not people or not topics:
        return {}
    rows = Preference.objects.filter(person__in=people, topic__in=topics)
    columns = rows.values_list("person", "topic", "channel", "frequency")
    return {(person, topic, channel): often for person, topic, channel, often in columns}


@transaction.atomic
def choose(*, person: User, choices: Choices) -> None:
    """Store a person's frequencies of topics and channels; the others stay as they are."""
    Preference.objects.bulk_create(
        [
            Preference(person=person, topic=topic, channel=channel, frequency=often)
            for (topic, channel), often in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["person", "topic", "channel"],
        update_fields=["frequency"],
    )
