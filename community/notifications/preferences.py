"""What people have chosen in their notification settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from community.accounts.models import User
from community.notifications.channels import Channel, Frequencies, Frequency, frequency
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


def by_mail(person: User) -> dict[Topic | None, Frequency]:
    """Return how often a person is mailed about each topic.

    What moderators did and one's own reminders have none: daily, unless a person wants no email about anything.
    """
    chosen = preferences_of([person.pk], list(Topic))
    found: dict[Topic | None, Frequency] = {topic: frequency(chosen, person.pk, topic, Channel.MAIL) for topic in Topic}
    wants_none = all(often == Frequency.NEVER for often in found.values())
    return found | {None: Frequency.NEVER if wants_none else Frequency.DAILY}


def wants_any(person: User, topic: Topic) -> bool:
    """Return whether a person is notified of a topic by any channel."""
    chosen = preferences_of([person.pk], [topic])
    return any(frequency(chosen, person.pk, topic, channel) != Frequency.NEVER for channel in Channel)


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
    stopped = Preference.objects.filter(person=person).exclude(stopped_from="")
    stopped.exclude(frequency=Frequency.NEVER).update(stopped_from="")
