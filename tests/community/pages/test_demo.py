"""The stories of the demo."""

import pytest
from django.core.management import call_command

from bpsandbox import api
from bpsandbox.models import Attachment
from community.accounts.models import User
from community.content import listings
from community.content.models import Tag, TagListing
from community.content.services import add_post, start_thread
from community.pages.demo import loading
from community.pages.demo.removal import remove
from community.social.marking import set_mark
from community.social.services import agree, vote
from tests.factories import PersonFactory


@pytest.mark.django_db
def test_stories_of_the_past_are_listed_at_their_time():
    assert loading.load() and TagListing.objects.exists()
    assert listings.drifted() == set()
    call_command("check_invariants")


@pytest.mark.django_db
def test_a_visitor_can_fork_every_run_of_a_story():
    assert loading.load()
    texts = Attachment.objects.exclude(text="").values_list("text", flat=True)
    refused = {text: api.check(text, for_visitor=True).problems for text in texts}
    assert refused and not any(refused.values()), refused


@pytest.mark.django_db
@pytest.mark.parametrize(("slug", "name"), loading.TAG_NAMES.items())
def test_a_tag_is_one_in_both_languages(client, slug, name):
    assert loading.load()
    tag = Tag.objects.get(slug=slug)
    assert tag.thread_count and Tag.objects.meant_by(name) == tag
    for query in (f"tag:{name}", f"#{name}"):
        found = client.get("/search/", {"q": query}).content.decode()
        assert all(thread.get_absolute_url() in found for thread in tag.threads.all()), query
    remove()
    assert not Tag.objects.filter(slug__in=(slug, name)).exists()


@pytest.mark.django_db
def test_a_tag_that_a_site_has_keeps_its_names():
    Tag.objects.create(slug="xor", name="XOR")
    assert loading.load()
    assert Tag.objects.filter(slug="xor", name="XOR", name_zh="").exists() and Tag.objects.meant_by("异或") is None


@pytest.mark.django_db
def test_what_demo_accounts_thought_of_the_posts_of_others_is_taken_from_their_counters():
    assert loading.load()
    helper, other = User.objects.get(handle="demo"), PersonFactory()
    question = start_thread(author=PersonFactory(), kind="question", title="Why?", source="So.", tags=["xor"])
    opening = question.posts.select_related("thread", "author").get()
    answer = add_post(thread=question, author=PersonFactory(), source="Because.", role="answer")
    for person in (helper, other):
        vote(user=person, post=answer, value=1)
        vote(user=person, post=opening, value=1)
        agree(user=person, post=answer, on=True)
    set_mark(user=helper, post=answer, kind="outdated", reason="Since version 2", version=1)
    remove()
    answer.refresh_from_db()
    assert not User.objects.filter(pk=helper.pk).exists()
    assert (answer.score, answer.up_count, answer.agree_count, answer.mark_count) == (1, 1, 1, 0)
    call_command("check_invariants")
