"""What people do in the tests of saved searches, and what they are told."""

from community.content.models import Post
from community.content.services import start_thread
from community.notifications.channels import Channel, Frequency
from community.notifications.models import Notification
from community.notifications.preferences import choose
from community.notifications.topics import Topic
from community.saved import services
from community.saved.models import SavedSearch
from tests.factories import PersonFactory


def save(owner, query: str, name: str = "") -> SavedSearch:
    row, _is_new = services.save_search(owner=owner, text=query, name=name)
    return row


def publish(words: str, author=None, **more) -> Post:
    """Start a discussion a moment later, and return its opening post."""
    wish = {"author": author or PersonFactory(), "kind": "discussion", "title": words, "source": "Text."} | more
    return start_thread(**wish).posts.get(number=1)


def told(owner) -> list[int]:
    """Return the numbers of results in a person's notifications."""
    rows = Notification.objects.filter(recipient=owner, verb="search_results").order_by("pk")
    return [int(note) for note in rows.values_list("note", flat=True)]


def turn_off(owner) -> None:
    """Let a person not be notified of new results."""
    never = {(Topic.SEARCHES, channel): Frequency.NEVER for channel in Channel}
    choose(person=owner, choices=never)
