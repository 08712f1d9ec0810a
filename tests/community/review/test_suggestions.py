"""Suggested edits: who makes and decides them, whom the history credits, and what may change in between."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from community.audit.models import AuditEntry
from community.common import housekeeping
from community.content import services as content
from community.content.errors import EditConflict, InvalidText
from community.content.models import Draft, Post, Revision
from community.forum.services import lock_thread
from community.moderation.services import hide
from community.mutes import services as mutes
from community.notifications.models import Notification
from community.review import services
from community.review.errors import (
    AlreadyDecided,
    CanEdit,
    CannotMerge,
    ClosedToSuggestions,
    NotOpenToSuggestions,
    OtherTab,
    PostChanged,
    PostHasMany,
    SuggestionChanged,
    TooManySuggestions,
)
from community.review.models import State, SuggestedEdit
from community.review.selectors import suggestions as selectors_of_suggestions
from community.review.services import suggestions as suggestion_services
from tests.factories import (
    AnswerFactory,
    ModeratorFactory,
    NewcomerFactory,
    PersonFactory,
    QuestionFactory,
    VoterFactory,
)
from tests.html import html_of

pytestmark = pytest.mark.django_db

LINES = "One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.\n"
SUGGESTED = LINES.replace("Two", "2")


@pytest.fixture
def post(ada) -> Post:
    thread = content.start_thread(author=ada, kind="question", title="Why $x$?", source=LINES, tags=["xor"])
    return thread.posts.select_related("thread", "author").get()


@pytest.fixture
def keeper():
    return ModeratorFactory(handle="keeper")


def suggest(post, author, source=SUGGESTED, **more) -> SuggestedEdit:
    wish = {"title": post.thread.title, "reason": "Clearer", "base_version": 1} | more
    return services.suggest_edit(post=again(post), author=author, source=source, **wish)


def again(row):
    rows = type(row).objects.all()
    return (rows.select_related("thread", "author") if isinstance(row, Post) else rows).get(pk=row.pk)


def approve(suggestion, by, base_version=1):
    return services.approve(suggestion=suggestion, by=by, seen=suggestion.version, base_version=base_version)


def verbs_of(person) -> list[str]:
    return sorted(Notification.objects.filter(recipient=person).values_list("verb", flat=True))


def edit(post, by, **changes):
    return content.edit_post(post=again(post), editor=by, base_version=again(post).version, **changes)


def test_an_approved_suggestion_is_a_version_by_who_suggested_it(ada, bob, post):
    made = suggest(post, bob, title="Why $y$?")
    assert verbs_of(ada) == ["suggest_edit"] and again(post).source == LINES
    approve(made, ada)
    now = again(post)
    assert (now.version, now.source, now.thread.title) == (2, LINES.replace("Two", "2"), "Why $y$?")
    assert Revision.objects.get().editor == bob and Revision.objects.get().reason == "Clearer"
    assert (again(made).state, again(made).decided_by) == (State.APPROVED, ada)
    assert verbs_of(bob) == ["edit_approved"] and not AuditEntry.objects.exists()


def test_a_moderator_approves_in_the_audit_log_and_the_author_is_told(ada, bob, keeper, post):
    approve(suggest(post, bob), keeper)
    assert verbs_of(ada) == ["edit_taken", "suggest_edit"]
    assert AuditEntry.objects.get().actor == keeper and Revision.objects.get().editor == bob


def test_an_article_is_changed_with_what_is_derived_from_it(ada, bob):
    from community.blogs.services import start_article

    article = start_article(author=ada, title="By hand", source="Some words.", publish=True)
    post = article.thread.posts.select_related("thread", "author").get()
    approve(suggest(post, bob, source="Other words.\n"), ada)
    article.refresh_from_db()
    assert again(post).source == "Other words.\n" and article.revised_at is not None


def test_a_rejected_one_says_why(ada, bob, post):
    made = suggest(post, bob)
    with pytest.raises(InvalidText):
        services.reject(suggestion=made, by=ada, seen=1, answer=" ")
    services.reject(suggestion=made, by=ada, seen=1, answer="Two is a word here.")
    assert (again(made).state, again(made).answer) == (State.REJECTED, "Two is a word here.")
    assert verbs_of(bob) == ["edit_rejected"] and again(post).version == 1


def test_an_improved_one_is_two_versions_by_two_people(ada, bob, post):
    made = suggest(post, bob)
    services.improve(
        suggestion=made, by=ada, seen=1, base_version=1, title="Why $x$?", source=LINES.replace("Two", "Two (2)")
    )
    assert again(post).source == LINES.replace("Two", "Two (2)") and again(made).state == State.IMPROVED
    kept = Revision.objects.order_by("number").values_list("editor__handle", "reason")
    assert list(kept) == [("bob", "Clearer"), ("ada", "suggested:bob")]


def test_what_was_edited_in_other_lines_meanwhile_is_kept(ada, bob, post):
    made = suggest(post, bob)
    edit(post, ada, source=LINES.replace("Five", "5"), title="Why?")
    with pytest.raises(PostChanged):
        approve(made, ada)
    approve(made, ada, base_version=2)
    assert again(post).source == LINES.replace("Two", "2").replace("Five", "5")
    assert again(post).thread.title == "Why?"


def test_what_was_edited_in_the_same_line_is_put_together_by_hand(ada, bob, post, as_user):
    made = suggest(post, bob)
    edit(post, ada, source=LINES.replace("Two", "II"))
    with pytest.raises(CannotMerge):
        approve(made, ada, base_version=2)
    page = html_of(as_user(ada).get(f"/suggestions/{made.pk}/"))
    assert "cannot be approved as it is" in page and 'value="approve"' not in page
    editor = html_of(as_user(ada).get(f"/suggestions/{made.pk}/improve/"))
    assert "II." in editor and "put back what should stay" in editor
    services.improve(
        suggestion=made, by=ada, seen=1, base_version=2, title="Why $x$?", source=LINES.replace("Two", "II (2)")
    )
    assert again(post).source == LINES.replace("Two", "II (2)")
    page = html_of(as_user(bob).get(f"/posts/{post.pk}/history/"))
    assert "After a suggestion by @bob" in page


def test_a_conflict_while_improving_shows_both_texts(ada, bob, post, as_user):
    made = suggest(post, bob)
    edit(post, ada, source=LINES.replace("Two", "II"))
    sent = {"seen": "1", "base_version": "1", "title": "Why $x$?", "source": "Mine."}
    answer = as_user(ada).post(f"/suggestions/{made.pk}/improve/", sent)
    page = html_of(answer)
    assert answer.status_code == 409 and "II." in page and "Mine." in page
    assert 'name="base_version" value="2"' in page and again(made).is_open


def test_two_reviewers_at_once_decide_once(ada, bob, keeper, post):
    made = suggest(post, bob)
    approve(made, ada)
    for by, base in ((keeper, 1), (keeper, 2)):
        with pytest.raises(AlreadyDecided):
            approve(made, by, base_version=base)
    with pytest.raises(AlreadyDecided):
        services.reject(suggestion=made, by=keeper, seen=1, answer="No.")
    with pytest.raises(AlreadyDecided):
        services.withdraw(suggestion=made, by=bob)
    assert again(post).version == 2 and verbs_of(bob) == ["edit_approved"]


def test_nobody_approves_a_text_that_they_have_not_read(ada, bob, post):
    old = suggest(post, bob)
    suggest(post, bob, source=LINES.replace("Two", "Something else"), seen=1)
    with pytest.raises(SuggestionChanged):
        approve(old, ada)
    assert again(post).version == 1


def test_one_suggestion_a_person_and_two_tabs_do_not_overwrite_each_other(bob, post):
    first = suggest(post, bob)
    assert suggest(post, bob).pk == first.pk and again(first).version == 1
    changed = suggest(post, bob, source="From this tab.\n", seen=1)
    assert (changed.pk, changed.version) == (first.pk, 2)
    with pytest.raises(OtherTab):
        suggest(post, bob, source="From the other tab.\n", seen=1)
    assert SuggestedEdit.objects.count() == 1 and again(first).source == "From this tab.\n"


def test_the_other_tab_keeps_its_text_and_can_send_again(bob, post, as_user):
    suggest(post, bob, source="From this tab.\n")
    sent = {"seen": "0", "base_version": "1", "title": "Why $x$?", "source": "From the other.", "reason": "Shorter"}
    answer = as_user(bob).post(f"/posts/{post.pk}/suggest/", sent)
    page = html_of(answer)
    assert answer.status_code == 422 and "another tab" in page and "From the other." in page
    assert 'name="seen" value="1"' in page
    assert as_user(bob).post(f"/posts/{post.pk}/suggest/", sent | {"seen": "1"}).status_code == 302
    assert SuggestedEdit.objects.get().source == "From the other.\n"


def test_the_text_as_it_is_is_no_suggestion(bob, post):
    for unchanged in (LINES, LINES + "\n\n"):
        with pytest.raises(InvalidText):
            suggest(post, bob, source=unchanged)
    assert not SuggestedEdit.objects.exists()


def test_a_reason_is_needed(bob, post):
    with pytest.raises(InvalidText):
        suggest(post, bob, reason="  ")


def test_who_may_edit_has_nothing_to_suggest(ada, keeper, post, as_user):
    for person in (ada, keeper):
        with pytest.raises(CanEdit):
            suggest(post, person)
        assert as_user(person).get(f"/posts/{post.pk}/suggest/").url == f"/posts/{post.pk}/edit/"


def test_nothing_is_suggested_where_nothing_can_be_changed(bob, keeper, post):
    lock_thread(thread=post.thread, by=keeper)
    with pytest.raises(ClosedToSuggestions):
        suggest(post, bob)
    hide(actor=keeper, post=post)
    with pytest.raises(NotOpenToSuggestions):
        suggest(post, bob)


def test_a_suggestion_for_a_post_hidden_meanwhile_is_not_lost_and_not_decided(ada, bob, keeper, post, as_user):
    made = suggest(post, bob)
    hide(actor=keeper, post=post)
    page = html_of(as_user(bob).get(f"/suggestions/{made.pk}/"))
    assert "2." in page and "hidden or deleted" in page and "Why" not in page
    listed = html_of(as_user(bob).get("/suggestions/?whose=own"))
    assert "Clearer" in listed and "Why" not in listed
    assert "Why" not in html_of(as_user(bob).get("/notifications/"))
    for person in (ada, keeper):
        answer = as_user(person).post(
            f"/suggestions/{made.pk}/decide/", {"action": "approve", "seen": "1", "base_version": "1"}
        )
        assert answer.status_code == 422 and again(post).version == 1


def test_a_thread_closed_meanwhile_leaves_it_to_moderators(ada, bob, keeper, post):
    made = suggest(post, bob)
    lock_thread(thread=post.thread, by=keeper)
    with pytest.raises(Exception, match="cannot decide"):
        approve(made, ada)
    approve(made, keeper)
    assert again(post).version == 2


def test_it_can_be_withdrawn_and_is_told_no_more(ada, bob, post, as_user):
    made = suggest(post, bob)
    assert as_user(bob).post(f"/suggestions/{made.pk}/withdraw/").status_code == 302
    services.withdraw(suggestion=made, by=bob)
    assert again(made).state == State.WITHDRAWN and verbs_of(ada) == []
    assert as_user(ada).get(f"/suggestions/{made.pk}/").status_code == 404
    assert as_user(bob).get(f"/suggestions/{made.pk}/").status_code == 200
    assert suggest(post, bob).pk != made.pk


@pytest.mark.parametrize("shown_as", ["", "?as=page"])
def test_a_text_that_was_only_corrected_is_not_shown_to_who_names_its_version(ada, bob, post, as_user, shown_as):
    edit(post, ada, source=LINES.replace("Two", "Second"))
    assert Revision.objects.get().is_corrected
    made = suggest(post, bob, source="Mine.\n", base_version=1)
    services.withdraw(suggestion=made, by=bob)
    page = html_of(as_user(bob).get(f"{made.get_absolute_url()}{shown_as}"))
    assert "Second" in page and "Two" not in page


def test_limits(monkeypatch, bob, post):
    monkeypatch.setattr(suggestion_services, "OPEN_A_POST", 1)
    suggest(post, PersonFactory())
    with pytest.raises(PostHasMany, match="1 suggestions"):
        suggest(post, bob)
    monkeypatch.setattr(suggestion_services, "OPEN_A_PERSON", 0)
    with pytest.raises(TooManySuggestions):
        suggest(post, bob)


def test_who_sees_it(ada, bob, keeper, post, as_user, client):
    made = suggest(post, bob)
    for person, status in ((ada, 200), (bob, 200), (keeper, 200), (PersonFactory(), 404)):
        assert as_user(person).get(f"/suggestions/{made.pk}/").status_code == status
        assert ("Clearer" in html_of(as_user(person).get("/suggestions/"))) is (person in (ada, keeper))
    assert client.get(f"/suggestions/{made.pk}/").status_code == 302
    assert as_user(NewcomerFactory()).get(f"/posts/{post.pk}/suggest/").status_code == 403


def test_the_thread_shows_it_to_those_whom_it_concerns(ada, bob, keeper, post, as_user, client):
    address = post.get_absolute_url()
    assert "Suggest an edit" in html_of(as_user(bob).get(address))
    assert "Suggest an edit" not in html_of(as_user(ada).get(address))
    made = suggest(post, bob)
    for person in (ada, keeper):
        page = html_of(as_user(person).get(address))
        assert "An edit of this post was suggested." in page and f'href="/suggestions/{made.pk}/"' in page
    assert "It is waiting for a decision" in html_of(as_user(bob).get(address))
    for browser in (as_user(PersonFactory()), client):
        assert "/suggestions/1" not in html_of(browser.get(address))
    services.reject(suggestion=made, by=ada, seen=1, answer="No.")
    assert "was suggested" not in html_of(as_user(ada).get(address))


def test_what_muted_people_suggest_is_not_shown_to_the_author_but_to_moderators(ada, bob, keeper, post, as_user):
    mutes.mute(person=ada, other=bob)
    suggest(post, bob)
    assert verbs_of(ada) == [] and "Clearer" not in html_of(as_user(ada).get("/suggestions/"))
    assert "was suggested" not in html_of(as_user(ada).get(post.get_absolute_url()))
    assert "Clearer" in html_of(as_user(keeper).get("/suggestions/"))


def test_a_block_is_between_them(ada, bob, post, as_user):
    mutes.block(person=ada, other=bob)
    answer = as_user(bob).get(f"/posts/{post.pk}/suggest/")
    assert answer.status_code == 403 and "cannot suggest edits" in html_of(answer)


def test_from_the_menu_to_the_history_without_script(ada, bob, post, as_user):
    author, helper = as_user(ada), as_user(bob)
    form = html_of(helper.get(f"/posts/{post.pk}/suggest/"))
    assert 'name="draft_key" value="suggest:' in form and "Two." in form and 'value="Why $x$?"' in form
    sent = {"seen": "0", "base_version": "1", "title": "Why $x$?", "source": LINES + "Six.", "reason": ""}
    preview = helper.post(f"/posts/{post.pk}/suggest/", sent | {"preview": "1"})
    assert "<p>Six." in html_of(preview) or "Six.</p>" in html_of(preview)
    refused = helper.post(f"/posts/{post.pk}/suggest/", sent)
    assert refused.status_code == 422 and "Six." in html_of(refused)
    made = helper.post(f"/posts/{post.pk}/suggest/", sent | {"reason": "Six was missing"})
    page = html_of(author.get(made.url))
    assert "<ins>" in page or "Six." in page
    assert "Six." in html_of(author.get(made.url + "?as=page"))
    empty = author.post(made.url + "decide/", {"action": "reject", "seen": "1", "base_version": "1", "reason": ""})
    assert empty.status_code == 422 and "why you reject" in html_of(empty)
    done = author.post(made.url + "decide/", {"action": "approve", "seen": "1", "base_version": "1"})
    assert done.url == post.get_absolute_url()
    history = html_of(author.get(f"/posts/{post.pk}/history/"))
    assert "Version 2, by bob" in history and "“Six was missing”" in history
    assert "approved your edit" in html_of(helper.get("/notifications/"))


def test_who_can_edit_the_post_by_now_keeps_the_text_of_a_suggestion(ada, as_user):
    answer, helper = AnswerFactory(author=ada, thread=QuestionFactory()), VoterFactory()
    services.give_to_community(post=answer, by=ada)
    assert as_user(helper).get(f"/posts/{answer.pk}/suggest/").url == f"/posts/{answer.pk}/edit/"
    sent = {"seen": "0", "base_version": "1", "source": "Written for an hour.", "reason": "Clearer"}
    refused = as_user(helper).post(f"/posts/{answer.pk}/suggest/", sent)
    page = html_of(refused)
    assert refused.status_code == 422 and "You can edit this post yourself" in page
    assert "Written for an hour.</textarea>" in page


def test_drafts_are_listed_and_lead_back(bob, keeper, post, as_user):
    content.save_draft(owner=bob, key=f"suggest:{post.pk}", title="Why?", source="Half a thought")
    page = html_of(as_user(bob).get("/drafts/"))
    assert f'href="/posts/{post.pk}/suggest/"' in page and "Suggested edit" in page
    assert "Half a thought" in html_of(as_user(bob).get(f"/posts/{post.pk}/suggest/"))
    lock_thread(thread=post.thread, by=keeper)
    assert f"draft=suggest%3A{post.pk}" in html_of(as_user(bob).get("/drafts/")) or (
        f"draft=suggest:{post.pk}" in html_of(as_user(bob).get("/drafts/"))
    )
    content.save_draft(owner=keeper, key=f"improve:{suggest_by_force(post, bob)}", title="", source="Other half")
    assert "/improve/" in html_of(as_user(keeper).get("/drafts/"))
    assert Draft.objects.count() == 2


def suggest_by_force(post, author) -> int:
    made = SuggestedEdit.objects.create(
        post=post, thread=post.thread, author=author, receiver=post.author, source="x\n", reason="x", base_version=1
    )
    return made.pk


def test_somebody_who_edits_in_the_moment_of_an_improvement_loses_nobodys_text(monkeypatch, ada, bob, post):
    made = suggest(post, bob)
    apply = suggestion_services._apply

    def and_then_edit(*args):
        done = apply(*args)
        edit(post, ada, source="In between.\n")
        return done

    monkeypatch.setattr(suggestion_services, "_apply", and_then_edit)
    with pytest.raises(EditConflict):
        services.improve(suggestion=made, by=ada, seen=1, base_version=1, title="Why $x$?", source="Mine.\n")
    assert Draft.objects.get(owner=ada).source == "Mine.\n" and again(post).source == "In between.\n"


def test_a_process_that_ends_between_the_two_versions_of_an_improvement_loses_no_text(monkeypatch, ada, bob, post):
    made = suggest(post, bob)
    content.save_draft(owner=ada, key=f"edit:{post.pk}", source="Of another day.")
    content.save_draft(owner=ada, key=f"improve:{made.pk}", title="Why $x$?", source="Mine.\n")
    sent = {"title": "Why $x$?", "source": "Mine.\n", "draft_key": f"improve:{made.pk}", "draft_version": 1}
    edits, edit_once = [], suggestion_services._edit

    def killed_at_the_second(*args, **more):
        edits.append(args)
        if len(edits) == 2:
            raise KeyboardInterrupt
        return edit_once(*args, **more)

    monkeypatch.setattr(suggestion_services, "_edit", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        services.improve(suggestion=made, by=ada, seen=1, base_version=1, **sent)
    assert again(post).version == 2
    kept = Draft.objects.get(owner=ada, source="Mine.\n")
    assert kept.key.startswith(f"edit:{post.pk}~") and kept.base_version == 2
    other = suggest(again(post), bob, source="Other.\n", base_version=2)
    services.improve(suggestion=other, by=ada, seen=1, base_version=2, **sent)
    assert list(Draft.objects.filter(owner=ada).values_list("source", flat=True)) == ["Of another day."]


def test_a_suggestion_on_which_nobody_decides_expires_and_its_author_is_told(ada, bob, post, as_user):
    old, young = suggest(post, bob), suggest(post, PersonFactory())
    ends = timezone.now() - timedelta(days=60)
    SuggestedEdit.objects.filter(pk=old.pk).update(created_at=ends)
    SuggestedEdit.objects.filter(pk=young.pk).update(created_at=ends + timedelta(hours=1))
    assert f"Open until {date_format(timezone.localtime())}" in html_of(as_user(bob).get(old.get_absolute_url()))
    housekeeping.run_all()
    assert (again(old).state, again(young).state) == (State.EXPIRED, State.OPEN)
    assert verbs_of(bob) == ["edit_expired"] and verbs_of(ada) == ["suggest_edit"]
    page, again_at = html_of(as_user(bob).get(old.get_absolute_url())), f"/posts/{post.pk}/suggest/"
    assert "Nobody decided in time." in page and f'href="{again_at}"' in page
    assert f'href="{again_at}"' not in html_of(as_user(ada).get(old.get_absolute_url()))
    form = as_user(bob).get(again_at).context["form"]
    assert (form.initial["source"], form.initial["seen"]) == (old.source, 0)
    assert "Nobody decided on your edit of a post in" in html_of(as_user(bob).get("/notifications/"))
    with pytest.raises(AlreadyDecided):
        approve(old, ada)
    assert suggest(post, bob).is_open


def test_a_suggestion_that_was_changed_is_open_for_as_long_as_a_new_one(ada, bob, post):
    made = suggest(post, bob)
    SuggestedEdit.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=60))
    suggest(post, bob, source="Still better.\n", seen=1)
    housekeeping.run_all()
    assert again(made).state == State.OPEN


@pytest.fixture
def queue(ada, bob, keeper) -> list[SuggestedEdit]:
    """Three suggestions for posts of ada, the newest first, with one for a hidden post before the last."""
    posts = [
        content.start_thread(author=ada, kind="discussion", title=f"Thread {n}", source=LINES).posts.get()
        for n in range(4)
    ]
    made = [suggest(post, bob, reason=f"Clearer {n}") for n, post in enumerate(posts)]
    content.hide_post(post=again(posts[1]), by=keeper)
    return [made[3], made[2], made[0]]


def test_a_reviewer_goes_through_the_queue_skipping_and_deciding(as_user, ada, bob, queue):
    browser = as_user(ada)
    addresses = [f"/suggestions/{each.pk}/?queue=1" for each in queue]
    assert f'href="{addresses[0]}"' in html_of(browser.get("/suggestions/"))
    page = html_of(browser.get(addresses[0]))
    assert f'href="/suggestions/{queue[0].pk}/next/"' in page and "Skip<" in page
    assert f'href="/suggestions/{queue[0].pk}/?as=page&amp;queue=1"' in page
    assert browser.get(f"/suggestions/{queue[0].pk}/next/")["Location"] == addresses[1]
    decided = browser.post(
        f"/suggestions/{queue[1].pk}/decide/?queue=1", {"action": "approve", "seen": "1", "base_version": "1"}
    )
    assert decided["Location"] == addresses[2], "the one for a hidden post is not in the queue"
    page = html_of(browser.get(addresses[2]))
    assert "Approved." in page and f'action="/suggestions/{queue[2].pk}/decide/?queue=1"' in page
    rejected = {"action": "reject", "seen": "1", "base_version": "1", "reason": "It was right."}
    answer = browser.post(f"/suggestions/{queue[2].pk}/decide/?queue=1", rejected, follow=True)
    assert answer.redirect_chain[-1][0] == "/suggestions/"
    page = html_of(answer)
    assert "Rejected." in page and "That was the last one in the queue." in page
    assert addresses[0] in page and addresses[1] not in page, "what was skipped is still there"
    decided = html_of(browser.get(addresses[1]))
    assert "Skip<" not in decided and "Next" in decided and f'href="/suggestions/{queue[1].pk}/next/"' in decided


def test_a_refused_decision_stays_in_the_queue_and_improving_goes_on_in_it(as_user, ada, queue):
    browser = as_user(ada)
    first, second, third = queue
    refused = browser.post(
        f"/suggestions/{first.pk}/decide/?queue=1", {"action": "reject", "seen": "1", "base_version": "1"}
    )
    assert refused.status_code == 422 and f"/suggestions/{first.pk}/next/" in html_of(refused)
    page = html_of(browser.get(f"/suggestions/{first.pk}/improve/?queue=1"))
    assert f'action="/suggestions/{first.pk}/improve/?queue=1"' in page
    sent = {
        "seen": "1",
        "base_version": "1",
        "title": "Thread 3",
        "source": "Best.",
        "draft_key": f"improve:{first.pk}",
    }
    for aside in ("", "~tab"):
        content.save_draft(owner=ada, key=f"improve:{first.pk}{aside}", title="Thread 3", source="Best.")
    content.save_draft(owner=ada, key=f"improve:{first.pk}~new", title="Thread 3", source="Better still.")
    answer = browser.post(f"/suggestions/{first.pk}/improve/?queue=1", sent)
    assert answer["Location"] == f"/suggestions/{second.pk}/?queue=1"
    assert again(first).state == State.IMPROVED
    assert Draft.objects.get().source == "Better still."
    alone = browser.post(f"/suggestions/{third.pk}/decide/", {"action": "approve", "seen": "1", "base_version": "1"})
    assert "/suggestions/" not in alone["Location"], "who came from the post goes back to it"


def test_only_who_sees_a_suggestion_is_led_on_from_it(as_user, client, bob, queue):
    assert as_user(PersonFactory()).get(f"/suggestions/{queue[0].pk}/next/").status_code == 404
    assert as_user(bob).get(f"/suggestions/{queue[0].pk}/next/")["Location"] == "/suggestions/"


def test_a_long_run_of_hidden_posts_in_the_queue_is_stepped_over(monkeypatch, as_user, ada, queue):
    monkeypatch.setattr(selectors_of_suggestions, "BATCH", 1)
    assert as_user(ada).get(f"/suggestions/{queue[1].pk}/next/")["Location"] == f"/suggestions/{queue[2].pk}/?queue=1"
