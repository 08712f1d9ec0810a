"""Moves and tag changes: in the history of the thread, and in the audit log if made by staff."""

import pytest

from community.audit.models import AuditEntry
from community.content import services
from community.content.models import Category, Event, Thread
from tests.factories import ModeratorFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(ada) -> Thread:
    return services.start_thread(
        author=ada, kind="question", title="Why?", source="Some words.", tags=["xor", "loss"], category=shelf("loss")
    )


def shelf(name: str) -> Category:
    return Category.objects.get_or_create(slug=name, defaults={"name": name.title()})[0]


def file_anew(thread: Thread, by, *, tags=("xor", "init"), category="meta") -> None:
    services.edit_post(
        post=thread.posts.get(),
        editor=by,
        source="Some words.\n",
        base_version=1,
        tags=tags,
        category=shelf(category),
        reason="found better ones",
    )


def told() -> list[tuple]:
    columns = ("action", "from_category__slug", "category__slug", "tags_removed", "tags_added", "reason")
    return list(Event.objects.values_list(*columns))


def test_the_edit_form_leaves_what_the_tags_and_the_category_were(thread, ada):
    file_anew(thread, ada)
    assert told() == [
        ("retag", None, None, ["loss"], ["init"], "found better ones"),
        ("move", "loss", "meta", [], [], "found better ones"),
    ]
    assert not AuditEntry.objects.exists()


def test_what_staff_files_anew_is_in_the_audit_log_too(thread):
    file_anew(thread, ModeratorFactory())
    columns = ("action", "target_kind", "target_id", "note", "changes")
    assert list(AuditEntry.objects.order_by("pk").values_list(*columns)) == [
        ("retag", "thread", thread.pk, "found better ones", {"tags": [["loss", "xor"], ["init", "xor"]]}),
        ("move", "thread", thread.pk, "found better ones", {"category": ["loss", "meta"]}),
    ]


def test_filing_it_where_it_is_changes_nothing(thread):
    file_anew(thread, ModeratorFactory(), tags=("loss", "xor"), category="loss")
    assert (told(), AuditEntry.objects.count()) == ([], 0)


def test_nobody_learns_how_a_draft_was_filed(ada):
    draft = services.start_thread(author=ada, kind="question", title="W?", source="Some words.\n", publish=False)
    file_anew(draft, ada)
    services.publish_thread(thread=draft, by=ada)
    assert told() == []


def test_the_history_shows_tags_and_moves(client, thread, ada):
    file_anew(thread, ada)
    page = " ".join(html_of(client.get(f"/posts/{thread.posts.get().pk}/history/")).split())
    assert '<del class="tag">loss</del> <ins class="tag">init</ins>' in page
    assert "moved this Loss → Meta" in page


def test_the_thread_shows_the_move_and_not_the_tags(client, thread, ada):
    file_anew(thread, ada)
    page = html_of(client.get(thread.get_absolute_url()))
    assert "moved this" in page and "changed the tags" not in page


def test_the_audit_log_shows_what_was_changed(client, thread):
    moderator = ModeratorFactory()
    file_anew(thread, moderator)
    client.force_login(moderator)
    page = html_of(client.get("/moderation/audit-log/"))
    assert "Tags: loss, xor → init, xor" in page and "Category: loss → meta" in page
