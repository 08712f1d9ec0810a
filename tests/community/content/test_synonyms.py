"""One tag with several names: whichever is typed, and whatever had another one before."""

import json

import pytest
from django.core.cache import cache

from community.common import invariants
from community.content import merging, tag_tree
from community.content.errors import InvalidText, TagConflict
from community.content.models import Tag, TagListing, Thread
from community.content.services import add_post, edit_post, start_thread, taxonomy
from community.search.selectors import find, results
from community.social.levels import Level
from community.social.models import FeedEntry, Follow
from community.social.services import follow
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

NOTHING = dict.fromkeys(("name_zh", "synonyms", "parent", "description", "description_zh", "about", "about_zh"), "")
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def edit(tag, by, **changed):
    tag.refresh_from_db()
    kept = {name: getattr(tag, name) for name in NOTHING if name not in ("synonyms", "parent")}
    return taxonomy.edit_tag(tag=tag, by=by, base_version=tag.version, **NOTHING | kept | {"name": tag.name} | changed)


def wrote(author, *tags, title="Why?") -> Thread:
    return start_thread(author=author, kind="question", title=title, source="Because.", tags=tags)


def titles_of(query, reader) -> set[str]:
    found = find(query, reader)
    return {result.hit.plain_title for result in results(found.matches, query, reader)}


def slugs(thread) -> list[str]:
    return sorted(thread.tags.values_list("slug", flat=True))


@pytest.fixture
def xor(ada, moderator):
    wrote(ada, "xor")
    return edit(Tag.objects.get(slug="xor"), moderator, name_zh="异或", synonyms="parity-2")


class TestNames:
    @pytest.mark.parametrize("typed", ["xor", "XOR", "异或", "parity-2"])
    def test_each_of_them_is_the_tag(self, xor, bob, typed):
        assert slugs(wrote(bob, typed)) == ["xor"]
        xor.refresh_from_db()
        assert xor.thread_count == 2

    def test_two_names_of_one_tag_are_one(self, xor, bob):
        assert slugs(wrote(bob, "xor", "异或", "mse")) == ["mse", "xor"]

    def test_a_reader_sees_the_one_in_their_language(self, xor, client):
        path = Thread.objects.get().get_absolute_url()
        assert 'href="/tags/xor/">xor</a>' in client.get(path).content.decode()
        page = client.get(path, headers=CHINESE).content.decode()
        assert 'href="/tags/xor/">异或</a>' in page
        assert "异或" in client.get("/tags/xor/", headers=CHINESE).content.decode().split("</h1>")[0]

    @pytest.mark.parametrize(("name", "query"), [("异或", ""), ("parity-2", "?order=new")])
    def test_addresses_lead_to_it_with_their_query(self, xor, client, name, query):
        answer = client.get(f"/tags/{name}/{query}")
        assert (answer.status_code, answer["Location"]) == (302, f"/tags/xor/{query}")

    def test_feeds_and_the_api_know_them(self, xor, client):
        for name in ("xor", "异或"):
            assert "Why?" in client.get(f"/feeds/tags/{name}.atom").content.decode()
        found = json.loads(client.get("/api/v1/threads", {"tag": "异或"}).content)["items"]
        assert [row["tags"] for row in found] == [
            [{"id": xor.pk, "url": "http://testserver/tags/xor/", "slug": "xor", "name": "xor", "name_zh": "异或"}]
        ]

    @pytest.mark.parametrize("query", ["tag:xor", "tag:异或", "tag:parity-2", "异或"])
    def test_searches_find_its_threads(self, xor, ada, query):
        assert "Why?" in titles_of(query, ada)

    @pytest.mark.parametrize("typed", ["xo", "异", "parity"])
    def test_completion_offers_it(self, xor, ada, as_user, typed):
        choices = json.loads(as_user(ada).get("/write/complete/", {"of": "tag", "q": typed}).content)["choices"]
        assert choices == [{"value": "xor", "note": "异或 · 1 thread", "picture": "", "url": "/tags/xor/"}]

    def test_an_edit_in_another_language_changes_no_tag(self, xor, ada, as_user):
        post = xor.threads.get().posts.get()
        form = as_user(ada).get(f"/posts/{post.pk}/edit/", headers=CHINESE).context["form"]
        assert (form["tags"].value(), form["base_tags"].value()) == ("异或", "异或")
        edit_post(post=post, editor=ada, source="More.", base_version=1, tags=["异或"], base_tags=["异或"])
        assert slugs(post.thread) == ["xor"] and not post.thread.events.exists()

    def test_one_that_is_given_up_is_free_again(self, xor, moderator, bob):
        edit(xor, moderator, synonyms="")
        assert slugs(wrote(bob, "parity-2")) == ["parity-2"]
        assert Tag.objects.meant_by("异或") == xor

    def test_unused_tags_have_no_address_by_any_name(self, ada, moderator, client):
        start_thread(author=ada, kind="question", title="Later", source="x", tags=["secret"], publish=False)
        edit(Tag.objects.get(slug="secret"), moderator, name_zh="秘密")
        assert [client.get(f"/tags/{name}/").status_code for name in ("secret", "秘密", "other")] == [404] * 3


class TestRefusals:
    def refused(self, field, act, *args, **kwargs) -> str:
        before = list(Tag.objects.order_by("pk").values())
        with pytest.raises(InvalidText) as caught:
            act(*args, **kwargs)
        assert list(Tag.objects.order_by("pk").values()) == before
        assert caught.value.field == field
        return str(caught.value.fields[field][0])

    def test_a_name_that_is_another_tag(self, xor, moderator, bob):
        wrote(bob, "mse")
        assert "Make that one a synonym" in self.refused("synonyms", edit, xor, moderator, synonyms="mse")

    def test_a_name_that_is_anothers_synonym(self, xor, moderator, bob):
        wrote(bob, "mse")
        mse = Tag.objects.get(slug="mse")
        assert "Remove it there first" in self.refused("synonyms", edit, mse, moderator, name_zh="异或")

    @pytest.mark.parametrize("of", ["xor", "异或", "parity-2"])
    def test_a_synonym_of_itself_by_any_name(self, xor, moderator, of):
        assert "of itself" in self.refused("of", taxonomy.make_synonym, tag=xor, of=of, by=moderator)

    @pytest.mark.parametrize("of", ["", "nothing", "a b c", "x" * 3_000, "\x00", "<b>"])
    def test_a_synonym_of_nothing(self, xor, moderator, of):
        with pytest.raises(InvalidText):
            taxonomy.make_synonym(tag=xor, of=of, by=moderator)

    def test_a_parent_that_is_within_it(self, ada, moderator):
        wrote(ada, "a", "b", "c")
        a, b, c = (Tag.objects.get(slug=slug) for slug in "abc")
        edit(b, moderator, parent="a")
        edit(c, moderator, parent="b")
        for inner in ("a", "b", "c"):
            assert "within itself" in self.refused("parent", edit, a, moderator, parent=inner)

    def test_more_tags_within_one_than_its_list_reads(self, moderator):
        top = Tag.objects.create(slug="top", name="top")
        for n in range(tag_tree.MOST_WITHIN):
            Tag.objects.create(slug=f"t{n}", name=f"t{n}", parent=top)
        last = Tag.objects.create(slug="last", name="last")
        assert "At most 11" in self.refused("parent", edit, last, moderator, parent="t0")
        edit(Tag.objects.get(slug="t1"), moderator, parent="t0")

    def test_a_tag_with_tags_within_it_is_no_synonym(self, xor, moderator, bob):
        wrote(bob, "gates")
        edit(xor, moderator, parent="gates")
        gates = Tag.objects.get(slug="gates")
        assert "tags within" in self.refused("of", taxonomy.make_synonym, tag=gates, of="xor", by=moderator)

    def test_members_change_nothing(self, xor, bob, as_user):
        answer = as_user(bob).post("/tags/xor/edit/", {"name": "and", "base_version": "1"})
        assert answer.status_code == 403
        xor.refresh_from_db()
        assert xor.name == "xor"

    def test_the_second_of_two_moderators(self, xor, moderator):
        version = xor.version
        edit(xor, moderator, description="First.")
        with pytest.raises(TagConflict):
            taxonomy.edit_tag(tag=xor, by=moderator, base_version=version, **NOTHING | {"name": "second"})

    def test_the_second_of_two_merges_in_opposite_directions(self, ada, moderator):
        wrote(ada, "one")
        wrote(ada, "two")
        one, two = Tag.objects.get(slug="one"), Tag.objects.get(slug="two")
        taxonomy.make_synonym(tag=one, of="two", by=moderator)
        with pytest.raises(InvalidText):  # what is called "one" is "two" by now
            taxonomy.make_synonym(tag=two, of="one", by=moderator)
        with pytest.raises(TagConflict):
            taxonomy.make_synonym(tag=one, of="two", by=moderator)


class TestMerges:
    @pytest.fixture
    def both(self, ada, bob):
        """Three threads: with the one, with the other, and with both."""
        threads = (
            wrote(ada, "xor", title="One"),
            wrote(ada, "异或", title="Other"),
            wrote(bob, "xor", "异或", title="Both"),
        )
        return Tag.objects.get(slug="xor"), Tag.objects.get(slug="异或"), threads

    def test_threads_counts_and_lists_follow(self, both, moderator, client):
        _xor, other, threads = both
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        assert [slugs(thread) for thread in threads] == [["xor"]] * 3
        assert dict(Tag.objects.values_list("slug", "thread_count")) == {"xor": 3, "异或": 0}
        assert sorted(TagListing.objects.values_list("thread", flat=True)) == sorted(thread.pk for thread in threads)
        page = client.get("/tags/xor/").content.decode()
        assert [page.count(f">{title}</a>") for title in ("One", "Other", "Both")] == [1, 1, 1]
        assert "异或" not in client.get("/tags/").content.decode()
        assert list(invariants.breaches()) == []

    def test_drafts_and_hidden_threads_are_moved_and_stay_uncounted(self, both, ada, moderator):
        xor, other, _threads = both
        draft = start_thread(author=ada, kind="question", title="Later", source="x", tags=["异或"], publish=False)
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        xor.refresh_from_db()
        assert (slugs(draft), xor.thread_count) == (["xor"], 3)

    def test_synonyms_of_a_synonym_are_synonyms_of_the_tag(self, both, ada, moderator, client):
        xor, other, _threads = both
        wrote(ada, "parity")
        taxonomy.make_synonym(tag=xor, of="异或", by=moderator)
        taxonomy.make_synonym(tag=other, of="parity", by=moderator)
        assert {tag.slug for tag in Tag.objects.get(slug="parity").synonyms.all()} == {"xor", "异或"}
        assert client.get("/tags/xor/")["Location"] == "/tags/parity/"

    def test_followers_of_both_follow_once_at_the_level_of_the_tag_that_stays(self, both, moderator):
        xor, other, _threads = both
        one, two, three = (PersonFactory() for _ in range(3))
        follow(follower=one, tag=xor, level=Level.TRACKING)
        follow(follower=one, tag=other)
        follow(follower=two, tag=other)
        follow(follower=three, tag=other, level=Level.MUTED)
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        levels = Follow.objects.filter(tag__isnull=False).order_by("follower").values_list("follower", "tag", "level")
        wanted = {one: Level.TRACKING, two: Level.WATCHING, three: Level.MUTED}
        assert list(levels) == [(person.pk, xor.pk, level) for person, level in wanted.items()]
        new = wrote(PersonFactory(), "异或", title="New")
        told = {person.handle: person.notifications.filter(verb="new_thread").count() for person in (one, two, three)}
        assert sorted(told.values()) == [0, 0, 1] and told[two.handle] == 1
        assert FeedEntry.objects.filter(thread=new, reader__in=[one, two]).count() == 2
        assert FeedEntry.objects.filter(reader=one).count() == 4 and not FeedEntry.objects.filter(reader=three).exists()

    def test_nobody_is_notified_of_it_and_no_event_says_so(self, both, bob, moderator):
        _xor, other, threads = both
        before = bob.notifications.count()
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        assert bob.notifications.count() == before and not threads[1].events.exists()

    def test_searches_find_what_was_moved(self, both, ada, moderator):
        _xor, other, _threads = both
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        titles = titles_of("tag:异或 kind:question", ada)
        assert titles == {"One", "Other", "Both"}

    def test_until_they_are_moved_lists_and_searches_have_them(self, both, ada, moderator, client, monkeypatch):
        _xor, other, _threads = both
        monkeypatch.setattr(merging, "AT_ONCE", 0)
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        assert slugs(Thread.objects.get(title="Other")) == ["异或"]
        page = client.get("/tags/xor/").content.decode()
        assert [page.count(f">{title}</a>") for title in ("One", "Other", "Both")] == [1, 1, 1]
        titles = titles_of("tag:xor kind:question", ada)
        assert titles == {"One", "Other", "Both"}

    def test_housekeeping_moves_what_the_job_did_not_see(self, both, moderator):
        _xor, other, threads = both
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        threads[0].tags.add(other)  # as a process that had read the tag before
        Tag.objects.filter(pk=other.pk).update(thread_count=1)
        assert merging.sweep() == 1
        assert slugs(threads[0]) == ["xor"] and merging.sweep() == 0

    def test_who_has_the_old_page_open_follows_the_tag(self, both, ada, moderator, as_user):
        xor, other, _threads = both
        taxonomy.make_synonym(tag=other, of="xor", by=moderator)
        as_user(ada).post("/follow/", {"kind": "tag", "id": str(other.pk), "level": "3"})
        assert list(Follow.objects.filter(follower=ada, tag__isnull=False).values_list("tag", flat=True)) == [xor.pk]


class TestTree:
    @pytest.fixture
    def optimizers(self, ada, moderator):
        wrote(ada, "optimizers", "adam", title="Both")
        wrote(ada, "adam", title="Adam")
        wrote(ada, "adamw", title="AdamW")
        wrote(ada, "lstm", title="Other")
        edit(Tag.objects.get(slug="adam"), moderator, parent="optimizers")
        edit(Tag.objects.get(slug="adamw"), moderator, parent="adam")
        return Tag.objects.get(slug="optimizers")

    @pytest.mark.parametrize("query", ["", "?order=new", "?order=top", "?order=top&period=week", "?order=unanswered"])
    def test_a_tags_list_has_the_threads_of_those_within_it_once(self, optimizers, client, query):
        page = client.get(f"/tags/optimizers/{query}").content.decode()
        assert [page.count(f">{title}</a>") for title in ("Both", "Adam", "AdamW", "Other")] == [1, 1, 1, 0]

    def test_it_names_its_children_and_they_their_parent(self, optimizers, client):
        page = client.get("/tags/optimizers/").content.decode().split('class="list-head"')[0]
        assert 'href="/tags/adam/"' in page and 'href="/tags/adamw/"' not in page
        assert 'href="/tags/optimizers/"' in client.get("/tags/adam/").content.decode().split("<h1>")[0]

    def test_its_kept_page_shows_a_new_thread_of_a_child(self, optimizers, bob, client):
        client.get("/tags/optimizers/")
        wrote(bob, "adamw", title="Decay")
        assert ">Decay</a>" in client.get("/tags/optimizers/").content.decode()

    def test_marking_its_unread_threads_marks_those_of_its_children(self, optimizers, bob, as_user):
        reader = as_user(bob)
        thread = Thread.objects.get(title="AdamW")
        reader.get(thread.get_absolute_url())
        reader.post(f"/threads/{thread.pk}/read/?posts=1")
        add_post(thread=thread, author=PersonFactory(), source="More.", role="answer")
        assert ">AdamW</a>" in reader.get("/tags/optimizers/?order=unread").content.decode()
        assert reader.post("/threads/read/", {"tag": "optimizers"}).status_code == 302
        assert ">AdamW</a>" not in reader.get("/tags/optimizers/?order=unread").content.decode()

    def test_a_parent_without_threads_has_a_page_as_long_as_a_child_has_some(self, ada, moderator, client):
        wrote(ada, "relu")
        parent = Tag.objects.create(slug="activations", name="activations")
        assert client.get("/tags/activations/").status_code == 404
        edit(Tag.objects.get(slug="relu"), moderator, parent="activations")
        assert client.get("/tags/activations/").status_code == 200 and parent.thread_count == 0
