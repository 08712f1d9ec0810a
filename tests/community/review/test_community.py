"""Community answers: who makes them so, who edits them without review, whom the history and notices name."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from community.audit.models import AuditEntry
from community.common.errors import NotAllowed
from community.content import services as content
from community.content.delivery import announce_edit
from community.content.errors import CannotEdit, EditConflict, ThreadClosedToEdits
from community.content.history import history
from community.content.models import Draft, Mention, Post, Revision
from community.content.views import posts
from community.forum.services import lock_thread
from community.media.models import Asset
from community.mutes import services as mutes
from community.notifications.models import Notification
from community.review import services
from community.review.errors import ClosedToSuggestions, NotYours, OnlyModeratorsTakeBack, OnlyVisibleAnswers
from community.review.selectors import community as selectors_of_community
from community.review.selectors import community_answers
from community.social.services import vote
from tests.community.media.test_pictures import encoded
from tests.factories import CommentFactory, ModeratorFactory, NewcomerFactory, PersonFactory, VoterFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
LINES = "Use 0.1.\n\nThen wait.\n"


@pytest.fixture
def keeper():
    return ModeratorFactory(handle="keeper")


@pytest.fixture
def zoe():
    return VoterFactory(handle="zoe", display_name="Zoe")


@pytest.fixture
def answer(ada, bob) -> Post:
    thread = content.start_thread(author=bob, kind="question", title="Which rate?", source="Mine is 3.", tags=["xor"])
    return content.add_post(thread=thread, author=ada, source=LINES, role="answer")


@pytest.fixture
def given(answer, ada) -> Post:
    services.give_to_community(post=answer, by=ada)
    return again(answer)


def again(post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def edit(post, by, source="Use 0.2.\n", **more) -> Post:
    return content.edit_post(post=again(post), editor=by, **{"source": source, "base_version": post.version} | more)


def verbs_of(person) -> list[str]:
    return sorted(Notification.objects.filter(recipient=person).values_list("verb", flat=True))


def page_of(browser, post) -> str:
    return html_of(browser.get(post.get_absolute_url()))


# === Made a community answer, and ended ===


def test_its_author_gives_it_and_everybody_sees_that(ada, answer, client, as_user):
    page = html_of(as_user(ada).get(f"/posts/{answer.pk}/community/"))
    assert "Votes on it count as before" in page and "Only a moderator can make it a normal answer again." in page
    assert "Community answer" not in page_of(client, answer)
    response = as_user(ada).post(f"/posts/{answer.pk}/community/", {"on": "1"})
    assert response.url == answer.get_absolute_url()
    assert again(answer).is_community and "Community answer" in page_of(client, answer)
    assert not AuditEntry.objects.exists() and "community" not in verbs_of(ada)


def test_given_twice_it_is_given_once(ada, given):
    services.give_to_community(post=given, by=ada)
    assert again(given).community_at == given.community_at


def test_a_moderator_gives_and_ends_it_in_the_audit_log_and_the_author_is_told_each_time(ada, keeper, answer, as_user):
    browser = as_user(keeper)
    for on in ("1", "1", "0", "0"):
        assert browser.post(f"/posts/{answer.pk}/community/", {"on": on}).status_code == 302
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "give_community",
        "end_community",
    ]
    assert [verb for verb in verbs_of(ada) if verb.startswith("community")] == ["community", "community_end"]
    page = html_of(as_user(ada).get("/notifications/"))
    assert "no longer a community answer" in page and "keeper" not in page


def test_its_author_cannot_end_it(ada, given, as_user):
    with pytest.raises(OnlyModeratorsTakeBack):
        services.take_from_community(post=given, by=ada)
    response = as_user(ada).post(f"/posts/{given.pk}/community/", {"on": "0"})
    assert response.status_code == 403 and again(given).is_community
    assert 'name="on"' not in html_of(as_user(ada).get(f"/posts/{given.pk}/community/"))


def test_others_cannot_give_it(bob, zoe, answer):
    for person in (bob, zoe):
        with pytest.raises(NotYours):
            services.give_to_community(post=answer, by=person)
    assert not again(answer).is_community


def test_only_answers_that_everyone_sees_in_open_threads_are_given(ada, bob, keeper, answer):
    comment = CommentFactory(thread=answer.thread, author=ada)
    opening = Post.objects.select_related("thread").get(thread=answer.thread, number=1)
    for post, by in ((comment, ada), (opening, bob)):
        with pytest.raises(OnlyVisibleAnswers):
            services.give_to_community(post=post, by=by)
    lock_thread(thread=answer.thread, by=keeper)
    with pytest.raises(ClosedToSuggestions):
        services.give_to_community(post=answer, by=ada)
    content.hide_post(post=answer, by=keeper)
    for by in (ada, keeper):
        with pytest.raises(OnlyVisibleAnswers):
            services.give_to_community(post=answer, by=by)
    assert not Post.objects.filter(community_at__isnull=False).exists()


def test_what_no_button_sends_is_refused(ada, answer, as_user):
    for sent in ({}, {"on": "2"}):
        assert as_user(ada).post(f"/posts/{answer.pk}/community/", sent).status_code == 400
    assert not again(answer).is_community


# === Edited ===


def test_an_established_member_edits_it_at_once_and_is_credited(ada, zoe, given, client):
    edit(given, zoe, reason="A smaller rate")
    assert again(given).source == "Use 0.2.\n" and again(given).author == ada
    assert [(each.editor, each.reason) for each in history(again(given), AnonymousUser()).versions] == [
        (zoe, "A smaller rate"),
        (ada, ""),
    ]
    page = page_of(client, given)
    assert "also written by" in page and "<bdi>Zoe</bdi>" in page and "@ada" in page
    assert not AuditEntry.objects.exists()


def test_its_author_is_told_who_edited_it_and_why_and_nobody_of_the_authors_own_edit(ada, zoe, given, as_user):
    edit(given, zoe, reason="A smaller rate")
    page = html_of(as_user(ada).get("/notifications/"))
    assert "edited your community answer" in page and "Zoe" in page and "A smaller rate" in page
    edit(again(given), ada, source="Use 0.3.\n")
    assert verbs_of(ada).count("community_edit") == 1 and "community_edit" not in verbs_of(zoe)


def test_one_answer_that_several_people_edit_is_one_answer(ada, zoe, given, as_user):
    edit(given, zoe)
    edit(again(given), VoterFactory(display_name="Kim"), source="Use 0.3.\n")
    page = html_of(as_user(ada).get("/notifications/"))
    assert "Kim</bdi></b> and 1 other edited your community answer to" in page


def test_the_score_stays_and_is_the_authors_and_editors_can_vote(ada, zoe, given):
    vote(user=zoe, post=given, value=1)
    edit(given, zoe)
    vote(user=PersonFactory(), post=again(given), value=1)
    now = again(given)
    assert (now.score, now.author) == (2, ada)


@pytest.mark.parametrize("person", ["new", "silent", "unconfirmed"])
def test_who_has_just_come_is_led_to_a_suggestion(person, given, as_user):
    somebody = {
        "new": lambda: VoterFactory(date_joined=timezone.now() - timedelta(days=6)),
        "silent": lambda: PersonFactory(date_joined=timezone.now() - timedelta(days=60)),
        "unconfirmed": NewcomerFactory,
    }[person]()
    with pytest.raises(NotAllowed):
        edit(given, somebody)
    browser = as_user(somebody)
    assert browser.get(f"/posts/{given.pk}/edit/").status_code == 403
    answer = browser.get(f"/posts/{given.pk}/suggest/")
    if person == "unconfirmed":
        assert answer.status_code == 403
    else:
        page = html_of(answer)
        assert "joined at least 7 days ago" in page and "Send suggestion" in page
    assert again(given).version == 1 and not Revision.objects.exists()


def test_from_the_button_to_the_history_without_script(zoe, given, as_user):
    browser = as_user(zoe)
    page = page_of(browser, given)
    address = f"/posts/{given.pk}/suggest/"
    assert f'href="{address}"' in page and "Suggest an edit" not in page.partition('id="post-2"')[2]
    response = browser.get(address)
    assert response.url == f"/posts/{given.pk}/edit/"
    page = html_of(browser.get(response.url))
    assert "What you save is shown at once" in page
    sent = {"source": "Use 0.2.", "reason": "Smaller", "base_version": "1"}
    assert browser.post(response.url, sent).url == given.get_absolute_url()
    page = html_of(browser.get(f"/posts/{given.pk}/history/"))
    assert "Version 2, by Zoe" in page and "Restore this version" not in page


def test_of_two_editors_the_second_keeps_their_text(zoe, given, as_user):
    edit(given, VoterFactory(), source="Use 0.4.\n")
    with pytest.raises(EditConflict):
        edit(given, zoe)
    sent = {"source": "Use 0.2.", "base_version": "1"}
    response = as_user(zoe).post(f"/posts/{given.pk}/edit/", sent)
    page = html_of(response)
    assert response.status_code == 409 and "Use 0.4." in page and "Use 0.2." in page
    assert 'name="base_version" value="2"' in page and again(given).version == 2


def test_nobody_else_edits_it_when_it_is_closed_hidden_or_ended_and_no_text_is_lost(keeper, zoe, given, as_user):
    sent = {"source": "What I typed.", "base_version": "1"}
    browser, path = as_user(zoe), f"/posts/{given.pk}/edit/"
    lock_thread(thread=given.thread, by=keeper)
    with pytest.raises(ThreadClosedToEdits):
        edit(given, zoe)
    response = browser.post(path, sent)
    assert response.status_code == 403 and "What I typed." in html_of(response)
    assert page_of(browser, given).count(f"/posts/{given.pk}/suggest/") == 0
    given.thread.locked_at = None
    given.thread.save()
    services.take_from_community(post=given, by=keeper)
    response = browser.post(path, sent)
    assert response.status_code == 403 and "What I typed." in html_of(response)
    services.give_to_community(post=given, by=keeper)
    content.hide_post(post=again(given), by=keeper)
    assert browser.post(path, sent).status_code == 404
    with pytest.raises(NotAllowed):
        edit(given, zoe)
    assert again(given).version == 1


def test_what_a_stranger_sends_for_a_reply_is_refused_before_its_files_are_read(answer, zoe, as_user, monkeypatch):
    monkeypatch.setattr(posts, "sent_files", lambda request: pytest.fail("the files were read"))
    browser, path = as_user(zoe), f"/posts/{answer.pk}/edit/"
    for source in ("", "  ", "What I typed."):
        sent = {"source": source, "base_version": "1", "cover": SimpleUploadedFile("plot.png", encoded())}
        response = browser.post(path, sent)
        assert response.status_code == 403 and ('name="source"' in html_of(response)) == bool(source.strip())
    assert not Asset.objects.exists() and again(answer).version == 1


def test_a_block_is_between_them(ada, bob, given):
    for blocker in (ada, bob):
        person = VoterFactory()
        mutes.block(person=blocker, other=person)
        with pytest.raises(CannotEdit):
            edit(given, person)
    assert again(given).version == 1


def test_an_editor_whom_the_reader_does_not_meet_is_counted_and_not_named(bob, zoe, given, as_user):
    edit(given, zoe)
    mutes.mute(person=bob, other=zoe)
    page = page_of(as_user(bob), given)
    assert "<bdi>Zoe</bdi>" not in page and "also written by 1 member" in page


def test_more_than_three_editors_are_counted_in_two_queries(given, monkeypatch, django_assert_num_queries):
    for n in range(5):
        edit(again(given), VoterFactory(display_name=f"Editor {n}"), source=f"Use 0.{n + 2}.\n")
    with django_assert_num_queries(2):
        found = community_answers(AnonymousUser(), [given])[given.pk]
    assert [each.name for each in found.editors] == ["Editor 4", "Editor 3", "Editor 2"] and found.others == 2
    monkeypatch.setattr(selectors_of_community, "MOST_ASKED", 2)
    found = community_answers(AnonymousUser(), [given])[given.pk]
    assert [each.name for each in found.editors] == ["Editor 4", "Editor 3"] and found.others == 3
    with django_assert_num_queries(0):
        assert community_answers(AnonymousUser(), []) == {}


def test_who_is_named_in_an_edit_hears_it_from_who_wrote_it(zoe, given):
    reader = PersonFactory(handle="reader")
    edit(given, zoe, source="As @reader says: 0.2.\n")
    announce_edit(given.pk)
    [notice] = Notification.objects.filter(recipient=reader)
    assert (notice.verb, notice.actor) == ("mention", zoe)


def test_of_two_edits_before_the_job_each_is_told_in_its_own_name(zoe, given):
    people = {name: PersonFactory(handle=name) for name in ("first", "second", "dropped")}
    edit(given, zoe, source="As @first and @dropped say: 0.2.\n")
    kim = VoterFactory()
    edit(again(given), kim, source="As @first and @second say: 0.2.\n")
    Notification.objects.all().delete()
    Mention.objects.update(notified_at=None)
    for version in (2, 3):
        announce_edit(given.pk, version)
    actors = {
        name: list(Notification.objects.filter(recipient=person).values_list("verb", "actor"))
        for name, person in people.items()
    }
    assert actors == {"first": [("mention", zoe.pk)], "second": [("mention", kim.pk)], "dropped": []}


def test_a_moderator_restores_what_was_spoiled(keeper, zoe, given, as_user):
    edit(given, zoe, source="Spam.\n")
    response = as_user(keeper).post(f"/posts/{given.pk}/history/1/restore/", {"base_version": "2"})
    assert response.status_code == 302 and again(given).source == LINES
    assert as_user(zoe).post(f"/posts/{given.pk}/history/2/restore/", {"base_version": "3"}).status_code == 403


def test_what_is_typed_for_it_is_a_draft_that_leads_back(zoe, given, as_user):
    Draft.objects.create(owner=zoe, key=f"edit:{given.pk}", source="Half a", base_version=1)
    assert f"/posts/{given.pk}/edit/" in html_of(as_user(zoe).get("/drafts/"))


def test_suggestions_for_it_are_still_decided_by_its_author(ada, zoe, given, as_user):
    made = services.suggest_edit(post=given, author=PersonFactory(), source="Use 1.\n", reason="More", base_version=1)
    assert as_user(zoe).get(made.get_absolute_url()).status_code == 404
    services.approve(suggestion=made, by=ada, seen=1, base_version=1)
    assert again(given).source == "Use 1.\n" and "community_edit" not in verbs_of(ada)
