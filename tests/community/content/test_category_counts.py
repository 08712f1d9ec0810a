"""Categories know how many public threads they have, whoever writes, hides or moves one."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from community.common.changes.log import CHANGES
from community.content import counters, services
from community.content.admin import CategoryForm
from community.content.models import Category, Kind, Tag, TagListing, Thread
from community.content.services import events
from community.forum.services import move_thread
from tests.factories import PersonFactory, QuestionFactory, ThreadFactory
from tests.kept_pages import kept_pages

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def shelf(slug: str = "meta") -> Category:
    return Category.objects.get(slug=slug)


def count(slug: str = "meta") -> int:
    assert [str(drift) for drift in counters.drifts() if drift.counter == "Category.thread_count"] == []
    return shelf(slug).thread_count


def shown_beside(page) -> list[str]:
    """Return the addresses in the list of categories beside a page."""
    beside = page.content.decode().partition('class="category-list"')[2].partition("</ul>")[0]
    return re.findall(r'href="([^"]+)"', beside)


@pytest.fixture
def thread(db) -> Thread:
    return services.start_thread(author=PersonFactory(), kind="discussion", title="Rules", source="x", tags=["xor"])


class TestCounting:
    def test_a_thread_is_counted_where_it_is(self, thread):
        assert count() == 1

    def test_a_draft_only_when_it_is_published(self):
        author = PersonFactory()
        draft = services.start_thread(author=author, kind="discussion", title="Rules", source="x", publish=False)
        assert count() == 0
        services.publish_thread(thread=draft, by=author)
        services.publish_thread(thread=draft, by=author)
        assert count() == 1

    def test_without_a_category_nowhere(self):
        author = PersonFactory()
        note = services.start_thread(author=author, kind="note", source="x", publish=False)
        services.publish_thread(thread=note, by=author)
        services.delete_post(post=note.posts.get(), by=author)
        assert set(Category.objects.values_list("thread_count", flat=True)) == {0}

    def test_not_while_it_is_hidden_or_deleted(self, thread, moderator):
        opening = thread.posts.get()
        services.hide_post(post=opening, by=moderator)
        assert count() == 0
        services.delete_post(post=opening, by=moderator)
        services.unhide_post(post=opening, by=moderator)
        assert count() == 0
        services.restore_post(post=opening, by=moderator)
        assert count() == 1

    def test_where_it_is_moved(self, thread, moderator):
        move_thread(thread=thread, by=moderator, category=shelf("initialisation"))
        move_thread(thread=thread, by=moderator, category=shelf("initialisation"))
        assert (count(), count("initialisation")) == (0, 1)

    def test_a_draft_or_hidden_thread_is_moved_uncounted(self, moderator):
        author = PersonFactory()
        draft = services.start_thread(author=author, kind="discussion", title="Rules", source="x", publish=False)
        events.move(thread=draft, by=author, category=shelf("initialisation"))
        assert (count(), count("initialisation")) == (0, 0)
        services.publish_thread(thread=draft, by=author)
        services.hide_post(post=draft.posts.get(), by=moderator)
        move_thread(thread=draft, by=moderator, category=shelf())
        assert (count(), count("initialisation")) == (0, 0)

    def test_a_moved_thread_that_had_no_category(self, moderator):
        thread = ThreadFactory()
        move_thread(thread=thread, by=moderator, category=shelf())
        assert count() == 1

    def test_a_drift_is_said_and_mended(self, thread, capsys):
        Category.objects.filter(pk=shelf().pk).update(thread_count=-3)
        with pytest.raises(SystemExit):
            call_command("check_invariants")
        assert f"Category.thread_count of {shelf().pk}: kept -3, counted 1" in capsys.readouterr().out
        call_command("recount")
        assert count() == 1

    def test_an_edit_by_staff_leaves_what_is_counted_meanwhile(self, as_user, moderator, monkeypatch):
        sent = {name: getattr(shelf(), name) or "" for name in CategoryForm.Meta.fields} | {"description": "About us."}
        clean = CategoryForm.clean_parent

        def counted_meanwhile(form: CategoryForm) -> Category | None:
            QuestionFactory(category=shelf())
            return clean(form)

        monkeypatch.setattr(CategoryForm, "clean_parent", counted_meanwhile)
        assert as_user(moderator).post(f"/staff/content/category/{shelf().pk}/change/", sent).status_code == 302
        assert (count(), shelf().description) == (1, "About us.")


class TestPages:
    def test_a_kept_page_ends_with_a_new_thread_and_lasts_without_one(self, client, thread):
        with kept_pages():
            address = "/c/meta/"
            assert client.get(address).content == client.get(address).content
            services.start_thread(author=PersonFactory(), kind="discussion", title="More", source="x")
            CHANGES.catch_up()
            page = client.get(address)
            beside = page.content.decode().partition('class="category-list"')[2]
            assert re.findall(r'aria-current="page".*?class="count">(\d+)<', beside, re.DOTALL)[:1] == ["2"]

    def test_a_list_leaves_out_empty_categories_within_others(self, client, thread):
        inner = Category.objects.exclude(parent=None).filter(thread_count=0).order_by("pk")
        filled, other, *_rest = inner
        QuestionFactory(category=filled)
        listed = set(shown_beside(client.get("/latest/")))
        roots = {each.get_absolute_url() for each in Category.objects.filter(parent=None)}
        assert listed == roots | {filled.get_absolute_url()}
        here = shown_beside(client.get(other.get_absolute_url()))
        assert set(here) == listed | {other.get_absolute_url()}
        assert f'href="{other.get_absolute_url()}"' in client.get(other.parent.get_absolute_url()).content.decode()

    def test_a_reply_changes_no_count(self, thread):
        CHANGES.catch_up()
        known = CHANGES.reading
        services.add_post(thread=thread, author=PersonFactory(), source="Me too.")
        CHANGES.catch_up()
        assert CHANGES.is_unchanged({"category_counts"}, known)


class TestDeploys:
    """The release before knows no counts."""

    def test_filled_before_and_again_when_the_deploy_ends(self):
        inner, outer = shelf("initialisation"), shelf("initialisation").parent
        QuestionFactory(category=inner), QuestionFactory(category=inner), QuestionFactory(category=outer, draft=True)
        with connection.cursor() as cursor:
            for name in ("0012_count_by_category", "0013_counted_meanwhile"):
                Category.objects.update(thread_count=5)
                cursor.execute(import_module(f"community.content.migrations.{name}").COUNT)
                assert (count("initialisation"), count(outer.slug), count()) == (2, 0, 0)

    def test_what_is_counted_when_the_deploy_ends_is_locked_first(self, django_assert_num_queries):
        QuestionFactory(category=shelf())
        Category.objects.update(thread_count=5)
        with django_assert_num_queries(2) as asked:
            migration = import_module("community.content.migrations.0013_counted_meanwhile")
            migration.count(apps, SimpleNamespace(connection=connection))
        assert ("FOR NO KEY UPDATE" in asked[0]["sql"]) == (connection.vendor == "postgresql")
        assert count() == 1

    def test_what_is_hidden_before_it_was_counted_is_no_error(self, thread, moderator):
        Category.objects.update(thread_count=0)
        services.hide_post(post=thread.posts.get(), by=moderator)
        assert shelf().thread_count == -1

    def test_lists_of_tags_are_filled_once(self):
        tag, threads = Tag.objects.create(slug="xor", name="xor"), [ThreadFactory(kind=Kind.NOTE) for _ in range(3)]
        for thread in threads:
            thread.tags.add(tag)
        TagListing.objects.filter(thread__in=threads[1:]).delete()
        migration = import_module("community.content.migrations.0010_list_by_tag")
        migration.THREADS = 2
        for _again in range(2):
            migration.fill(None, SimpleNamespace(connection=connection))
            assert sorted(TagListing.objects.values_list("thread", flat=True)) == [thread.pk for thread in threads]
