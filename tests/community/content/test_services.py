import itertools
import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connections, transaction

from community.accounts.errors import EmailUnconfirmed
from community.common.errors import NotAllowed
from community.content import audience, counters, services, texts
from community.content.errors import (
    DraftChanged,
    DraftConflict,
    EditConflict,
    InvalidText,
    SubmissionReused,
    ThreadLocked,
    WrongPlace,
)
from community.content.history import history
from community.content.models import Category, Draft, Mention, Post, Revision, Tag, Thread
from community.content.services import events
from community.forum.services import lock_thread
from community.notifications.models import Notification
from community.search.models import Document
from tests.factories import NewcomerFactory, PersonFactory

WRITTEN = (Thread, Post, Tag, Revision, Draft, Mention, Notification, Document)


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def ask(author, **more) -> Thread:
    return services.start_thread(
        **{"author": author, "kind": "question", "title": "Why XOR?", "source": "Because.", "tags": ["xor"]} | more
    )


class TestStarting:
    def test_a_question_is_published_with_its_first_post_tags_and_default_category(self, ada):
        thread = ask(ada)
        post = thread.posts.get()
        assert (thread.kind, thread.slug, thread.language, thread.is_draft) == ("question", "why-xor", "en", False)
        assert thread.category == Category.objects.get(slug="training-troubles")
        assert (thread.last_number, thread.post_count, thread.answer_count) == (1, 1, 0)
        assert (post.number, post.role, post.source, post.author) == (1, "opening", "Because.\n", ada)
        assert "Because." in post.html
        assert Tag.objects.get().thread_count == 1

    def test_a_discussion_goes_to_meta_and_a_note_needs_neither_title_nor_category(self, ada):
        discussion = ask(ada, kind="discussion", title="Rules")
        note = ask(ada, kind="note", title="")
        assert discussion.category.slug == "meta"
        assert (note.title, note.slug, note.category) == ("", "-", None)

    def test_a_note_is_listed_by_its_first_words_with_their_formulas(self, ada):
        note = ask(ada, kind="note", title="", source="All is $x$ here.\n\nMore.")
        assert note.title_html.startswith("All is <math")
        services.edit_post(post=note.posts.get(), editor=ada, source="Nothing here.", base_version=1)
        note.refresh_from_db()
        assert note.title_html == "Nothing here."

    def test_the_language_is_that_of_the_text(self, ada):
        thread = ask(ada, title="梯度为什么会消失？", source="十层之后就看不见了。")
        assert (thread.language, thread.posts.get().language) == ("zh-hans", "zh-hans")

    def test_a_draft_is_counted_and_announced_only_when_it_is_published(
        self, ada, bob, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            thread = ask(ada, publish=False, source="Hello @bob, look.")
        assert thread.is_draft
        assert (Tag.objects.get().thread_count, Notification.objects.count()) == (0, 0)
        with django_capture_on_commit_callbacks(execute=True):
            services.publish_thread(thread=thread, by=ada)
        assert Tag.objects.get().thread_count == 1
        assert list(Notification.objects.values_list("recipient__handle", "verb")) == [("bob", "mention")]

    def test_publishing_twice_changes_nothing(self, ada):
        thread = ask(ada)
        assert services.publish_thread(thread=thread, by=ada).published_at == thread.published_at
        assert Tag.objects.get().thread_count == 1

    def test_what_a_draft_said_before_is_forgotten_when_it_is_published(self, ada):
        thread = ask(ada, publish=False, source="My salary is 12345.", title="About my salary")
        services.edit_post(post=thread.posts.get(), editor=ada, source="Because.", base_version=1, title="Why XOR?")
        services.edit_post(post=thread.posts.get(), editor=ada, source="Because!", base_version=2, reason="louder")
        thread = services.publish_thread(thread=thread, by=ada)
        post = thread.posts.get()
        assert not Revision.objects.exists()
        assert (post.edited_at, post.created_at, thread.created_at) == (None, thread.published_at, thread.published_at)
        services.edit_post(post=post, editor=ada, source="Since.", base_version=post.version, reason="more")
        assert [version.source for version in history(thread.posts.get(), AnonymousUser()).versions] == [
            "Since.\n",
            "Because!\n",
        ]
        assert [version.number for version in history(thread.posts.get(), AnonymousUser()).versions] == ["2", "1"]

    def test_an_editor_opened_before_publication_finds_a_conflict(self, ada):
        thread = ask(ada, publish=False)
        services.edit_post(post=thread.posts.get(), editor=ada, source="Newer.", base_version=1)
        services.publish_thread(thread=thread, by=ada)
        with pytest.raises(EditConflict):
            services.edit_post(post=thread.posts.get(), editor=ada, source="From an old tab.", base_version=1)
        assert thread.posts.get().source == "Newer.\n"

    def test_only_its_author_publishes_a_draft(self, ada, moderator):
        thread = ask(ada, publish=False)
        with pytest.raises(NotAllowed):
            services.publish_thread(thread=thread, by=moderator)
        thread.refresh_from_db()
        assert thread.is_draft

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": " "}, "title"),
            ({"title": "a\x00"}, "title"),
            ({"title": "a\u202eb"}, "title"),
            ({"source": ""}, "source"),
            ({"source": "\ud800x"}, "source"),
            ({"source": "a" * 1_000_000}, "source"),
            ({"tags": list("abcdef")}, "tags"),
            ({"tags": ["<b>"]}, "tags"),
        ],
    )
    def test_a_refused_text_leaves_nothing_behind(self, ada, wrong, field):
        before = rows()
        with pytest.raises(InvalidText) as refusal:
            ask(ada, **wrong)
        assert list(refusal.value.fields) == [field]
        assert rows() == before

    def test_who_has_not_confirmed_the_address_cannot_write(self, db):
        newcomer = NewcomerFactory()
        before = rows()
        with pytest.raises(EmailUnconfirmed):
            ask(newcomer)
        assert rows() == before

    def test_the_same_submission_twice_is_one_thread(self, ada):
        key = uuid.uuid4()
        first, again = ask(ada, submission=key), ask(ada, submission=key)
        assert first.pk == again.pk
        assert Thread.objects.count() == 1

    def test_the_same_submission_with_another_text_is_refused(self, ada):
        key = uuid.uuid4()
        ask(ada, submission=key)
        before = rows()
        with pytest.raises(SubmissionReused):
            ask(ada, submission=key, source="Something else.")
        assert rows() == before

    def test_an_old_form_publishes_no_draft_that_was_changed_since(self, ada):
        key = uuid.uuid4()
        draft = ask(ada, submission=key, publish=False)
        post = draft.posts.get()
        services.edit_post(post=post, editor=ada, source="Because.\n\nNot for everybody.", base_version=post.version)
        before = rows()
        with pytest.raises(DraftChanged):
            ask(ada, submission=key)
        assert rows() == before
        assert Thread.objects.get(pk=draft.pk).is_draft

    def test_an_old_form_publishes_a_draft_that_is_the_same_text(self, ada):
        key = uuid.uuid4()
        draft = ask(ada, submission=key, publish=False)
        assert ask(ada, submission=key).pk == draft.pk
        assert not Thread.objects.get(pk=draft.pk).is_draft

    def test_the_submission_of_somebody_else_does_not_count(self, ada, bob):
        key = uuid.uuid4()
        assert ask(ada, submission=key).pk != ask(bob, submission=key).pk

    def test_the_draft_it_came_from_goes_with_it(self, ada):
        services.save_draft(owner=ada, key="new:question", source="Because.")
        ask(ada, draft_key="new:question")
        assert not Draft.objects.exists()

    def test_what_other_tabs_kept_of_it_goes_too_but_no_text_that_was_not_posted(self, ada, bob):
        kept = {"reply:{}": "Begun.", "reply:{}~a": "Posted.", "reply:{}~b": "Post", "reply:{}~c": "posted.",
                "reply:{}~d": "Posted. And more.", "reply:{}0": "Posted.", "comment:{}": "Posted."}  # fmt: skip
        thread = ask(ada)
        for key, source in kept.items():
            services.save_draft(owner=bob, key=key.format(thread.pk), source=source)
        services.save_draft(owner=bob, key=f"reply:{thread.pk}~e", source="Posted.", title="A title")
        services.save_draft(owner=ada, key=f"reply:{thread.pk}", source="Posted.")
        services.add_post(thread=thread, author=bob, source="Posted.", draft_key=f"reply:{thread.pk}")
        left = {
            key.replace(str(thread.pk), "T", 1) for key in Draft.objects.filter(owner=bob).values_list("key", flat=True)
        }
        assert left == {"reply:T~c", "reply:T~d", "reply:T0", "comment:T", "reply:T~e"}
        assert Draft.objects.filter(owner=ada).exists()


class TestAdding:
    def test_an_answer_gets_the_next_number_and_moves_the_counters(self, ada, bob):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="A bad start.")
        thread.refresh_from_db()
        assert (answer.number, answer.role, answer.parent) == (2, "answer", None)
        assert (thread.last_number, thread.post_count, thread.answer_count) == (2, 2, 1)
        assert thread.last_post_at == answer.created_at

    def test_comments_nest_one_deep(self, ada, bob):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="A bad start.")
        comment = services.add_post(thread=thread, author=ada, source="Why?", parent=answer)
        reply = services.add_post(thread=thread, author=bob, source="Symmetry.", parent=comment)
        assert (comment.role, comment.parent, reply.parent) == ("comment", answer, answer)
        thread.refresh_from_db()
        assert (thread.post_count, thread.answer_count) == (4, 1)

    def test_a_comment_on_a_question_stands_under_it_and_on_a_discussion_in_it(self, ada):
        question, discussion = ask(ada), ask(ada, kind="discussion")
        under = services.add_post(thread=question, author=ada, source="One more thing.", role="comment")
        inside = services.add_post(thread=discussion, author=ada, source="One more.", parent=discussion.posts.get())
        assert (under.parent.number, inside.parent) == (1, None)

    def test_only_a_question_takes_answers(self, ada):
        discussion = ask(ada, kind="discussion")
        before = rows()
        with pytest.raises(WrongPlace):
            services.add_post(thread=discussion, author=ada, source="Me.", role="answer")
        assert rows() == before

    def test_a_parent_of_another_thread_is_refused(self, ada):
        one, other = ask(ada), ask(ada)
        with pytest.raises(WrongPlace):
            services.add_post(thread=one, author=ada, source="Me.", parent=other.posts.get())
        assert one.posts.count() == 1

    def test_a_closed_thread_takes_posts_of_moderators_only(self, ada, moderator):
        thread = ask(ada)
        lock_thread(thread=thread, by=moderator, reason="Solved long ago")
        with pytest.raises(ThreadLocked):
            services.add_post(thread=thread, author=ada, source="But!")
        assert thread.posts.count() == 1
        assert services.add_post(thread=thread, author=moderator, source="Final word.").number == 2

    def test_a_draft_takes_no_answers(self, ada, moderator):
        thread = ask(ada, publish=False)
        with pytest.raises(NotAllowed):
            services.add_post(thread=thread, author=moderator, source="Hm.")
        assert thread.posts.count() == 1

    def test_numbers_are_not_used_again(self, ada):
        thread = ask(ada)
        gone = services.add_post(thread=thread, author=ada, source="Never mind.")
        services.delete_post(post=gone, by=ada)
        assert services.add_post(thread=thread, author=ada, source="This instead.").number == 3

    def test_who_is_concerned_hears_of_it_once(self, ada, bob, django_capture_on_commit_callbacks):
        eve = PersonFactory(handle="eve")
        thread = ask(ada)
        with django_capture_on_commit_callbacks(execute=True) as calls:
            answer = services.add_post(thread=thread, author=bob, source="Ask @eve and @bob and @ada.")
        with django_capture_on_commit_callbacks(execute=True):
            services.add_post(thread=thread, author=eve, source="Yes.", parent=answer)
        for call in calls:
            call()
        heard = Notification.objects.order_by("pk").values_list("recipient__handle", "verb", "key")
        assert sorted(heard) == [
            ("ada", "answer", f"post:{answer.pk}"),
            ("ada", "reply", f"post:{answer.pk + 1}"),
            ("bob", "reply", f"post:{answer.pk + 1}"),
            ("eve", "mention", f"post:{answer.pk}"),
        ]


class TestEditing:
    def test_the_version_before_is_kept(self, ada):
        post = ask(ada).posts.get()
        edited = services.edit_post(
            post=post,
            editor=ada,
            source="Because of symmetry.",
            title="Why is XOR stuck?",
            tags=["symmetry"],
            category=Category.objects.get(slug="initialisation"),
            base_version=1,
            reason="clearer",
        )
        revision = Revision.objects.get()
        assert (edited.source, edited.version, edited.thread.title) == (
            "Because of symmetry.\n",
            2,
            "Why is XOR stuck?",
        )
        assert (edited.thread.slug, edited.thread.category.slug) == ("why-is-xor-stuck", "initialisation")
        assert (revision.number, revision.title, revision.source) == (1, "Why XOR?", "Because.\n")
        assert (revision.editor, revision.reason) == (ada, "clearer")
        assert dict(Tag.objects.values_list("slug", "thread_count")) == {"xor": 0, "symmetry": 1}
        assert Document.objects.get(kind="post").body.strip() == "Because of symmetry."

    def test_saving_what_is_there_changes_nothing(self, ada):
        post = ask(ada).posts.get()
        before = rows()
        same = services.edit_post(post=post, editor=ada, source="Because.", title="Why XOR?", base_version=1)
        assert (same.version, same.edited_at, rows()) == (1, None, before)

    def test_a_stale_edit_is_refused_with_both_texts(self, ada, moderator):
        post = ask(ada).posts.get()
        services.edit_post(post=post, editor=moderator, source="Theirs.", base_version=1)
        before = rows()
        with pytest.raises(EditConflict) as conflict:
            services.edit_post(post=post, editor=ada, source="Mine.", base_version=1)
        assert (conflict.value.current, conflict.value.mine) == ("Theirs.\n", "Mine.\n")
        assert conflict.value.current_version == 2
        assert rows() == before

    def test_the_same_edit_sent_twice_is_one_version(self, ada):
        post = ask(ada).posts.get()
        for _ in range(2):
            saved = services.edit_post(post=post, editor=ada, source="New.", base_version=1)
        assert (saved.version, Revision.objects.count()) == (2, 1)

    def test_another_person_cannot_edit(self, ada, bob):
        post = ask(ada).posts.get()
        before = rows()
        with pytest.raises(NotAllowed):
            services.edit_post(post=post, editor=bob, source="Mine now.", base_version=1)
        post.refresh_from_db()
        assert (post.source, rows()) == ("Because.\n", before)

    def test_a_person_named_later_hears_of_it_and_nobody_twice(self, ada, bob, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            post = ask(ada, source="Hello @bob.").posts.get()
        eve = PersonFactory(handle="eve")
        with django_capture_on_commit_callbacks(execute=True):
            services.edit_post(post=post, editor=ada, source="Hello @bob and @eve.", base_version=1)
        assert sorted(Notification.objects.values_list("recipient__handle", "verb")) == [
            ("bob", "mention"),
            (eve.handle, "mention"),
        ]


class TestTakingAway:
    def test_a_deleted_answer_is_not_counted_and_comes_back(self, ada, bob):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="A bad start.")
        services.delete_post(post=answer, by=bob)
        thread.refresh_from_db()
        assert (thread.post_count, thread.answer_count) == (1, 0)
        assert thread.last_post_at == thread.posts.get(number=1).created_at
        services.restore_post(post=answer, by=bob)
        thread.refresh_from_db()
        assert (thread.post_count, thread.answer_count, thread.last_post_at) == (2, 1, answer.created_at)

    def test_deleting_twice_counts_once(self, ada, bob):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="A bad start.")
        services.delete_post(post=answer, by=bob)
        services.delete_post(post=answer, by=bob)
        thread.refresh_from_db()
        assert thread.post_count == 1

    def test_a_question_that_others_answered_is_not_its_authors_to_delete(self, ada, bob, moderator):
        thread = ask(ada)
        services.add_post(thread=thread, author=bob, source="A bad start.")
        opening = thread.posts.get(number=1)
        with pytest.raises(NotAllowed, match="Others have replied"):
            services.delete_post(post=opening, by=ada)
        assert Thread.objects.public().filter(pk=thread.pk).exists()
        services.delete_post(post=opening, by=moderator)
        assert not Thread.objects.public().filter(pk=thread.pk).exists()
        assert Tag.objects.get().thread_count == 0

    def test_what_a_moderator_deleted_only_a_moderator_brings_back(self, ada, moderator):
        opening = ask(ada).posts.get()
        services.delete_post(post=opening, by=moderator)
        with pytest.raises(NotAllowed):
            services.restore_post(post=opening, by=ada)
        services.restore_post(post=opening, by=moderator)
        assert Tag.objects.get().thread_count == 1

    def test_hiding_takes_a_thread_out_of_sight_of_others(self, ada, bob, moderator):
        opening = ask(ada).posts.get()
        with pytest.raises(NotAllowed):
            services.hide_post(post=opening, by=bob)
        services.hide_post(post=opening, by=moderator)
        assert not Thread.objects.visible_to(bob).exists()
        assert Thread.objects.visible_to(ada).exists()
        services.unhide_post(post=opening, by=moderator)
        assert Thread.objects.visible_to(bob).exists()


class TestDrafts:
    def test_a_draft_is_saved_again_and_again(self, ada):
        first = services.save_draft(owner=ada, key="reply:1", source="I th")
        second = services.save_draft(owner=ada, key="reply:1", source="I think", version=first.version)
        assert (second.source, second.version, Draft.objects.count()) == ("I think", 2, 1)

    def test_another_tab_does_not_overwrite(self, ada):
        services.save_draft(owner=ada, key="reply:1", source="Here")
        with pytest.raises(DraftConflict) as conflict:
            services.save_draft(owner=ada, key="reply:1", source="There", version=0)
        assert (conflict.value.draft.source, conflict.value.draft.version) == ("Here", 1)
        assert Draft.objects.get().source == "Here"

    def test_posting_deletes_what_a_save_on_its_way_left_and_nothing_of_another_tab(self, ada):
        services.save_draft(owner=ada, key="edit:1", source="first")
        services.save_draft(owner=ada, key="edit:1", source="second", version=1, fields={"reason": "why"})
        services.drop_posted(owner=ada, key="edit:1", source="mine", version=1)
        assert Draft.objects.get(owner=ada).source == "second", "another tab saved it"
        services.drop_posted(owner=ada, key="edit:1", source="second", version=1)
        assert not Draft.objects.filter(owner=ada).exists()

    def test_the_same_text_from_another_tab_is_no_conflict(self, ada):
        services.save_draft(owner=ada, key="reply:1", source="Here")
        assert services.save_draft(owner=ada, key="reply:1", source="Here", version=0).version == 2

    @pytest.mark.both
    @pytest.mark.django_db(transaction=True)
    def test_of_two_tabs_that_begin_one_box_at_once_one_saves_and_the_other_hears_of_it(self, ada):
        outcomes, together = [], threading.Barrier(2)

        def save(text):
            together.wait()
            try:
                outcomes.append(services.save_draft(owner=ada, key="reply:1", source=text).source)
            except DraftConflict as refusal:
                outcomes.append(refusal.code)
            finally:
                connections.close_all()

        tabs = [threading.Thread(target=save, args=(text,)) for text in ("Here", "There")]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert sorted(outcomes) in (["Here", "draft_conflict"], ["There", "draft_conflict"])
        assert Draft.objects.get().source in outcomes

    def test_an_emptied_box_forgets_its_draft(self, ada):
        draft = services.save_draft(owner=ada, key="reply:1", source="Here")
        assert services.save_draft(owner=ada, key="reply:1", source=" ", version=draft.version) is None
        assert not Draft.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"source": "a\x00"},
            {"source": "\ud800"},
            {"source": "a" * 200_001},
            {"title": "a" * 201},
            {"key": ""},
            {"key": "k" * 61},
            {"fields": {"tags": "\x00"}},
        ],
    )
    def test_what_cannot_be_kept_is_refused(self, ada, wrong):
        with pytest.raises(InvalidText):
            services.save_draft(**{"owner": ada, "key": "new:note", "source": "fine", **wrong})
        assert not Draft.objects.exists()


class TestCounters:
    def test_nothing_drifts_through_a_life(self, ada, bob, moderator):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="One.")
        services.add_post(thread=thread, author=ada, source="Thanks.", parent=answer)
        services.hide_post(post=answer, by=moderator)
        services.delete_post(post=answer, by=moderator)
        ask(bob, publish=False, tags=["draft"])
        assert list(map(str, counters.drifts())) == []

    def test_nothing_drifts_when_a_hidden_draft_is_published(self, moderator):
        thread = ask(moderator, publish=False)
        services.hide_post(post=thread.posts.get(), by=moderator)
        services.publish_thread(thread=thread, by=moderator)
        assert list(map(str, counters.drifts())) == []
        services.unhide_post(post=thread.posts.get(), by=moderator)
        assert list(map(str, counters.drifts())) == []

    def test_a_drift_is_said_and_mended(self, ada, capsys):
        thread = ask(ada)
        Thread.objects.filter(pk=thread.pk).update(post_count=9, answer_count=3, last_number=0)
        Tag.objects.update(thread_count=7)
        call_command("recount")
        said = capsys.readouterr().out
        assert f"Thread.post_count of {thread.pk}: kept 9, counted 1" in said
        assert "4 drifted." in said
        assert list(counters.drifts()) == []


def in_parallel(work, times: int) -> list:
    found = []

    def run():
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture(autouse=True)
    def _shelves(self):
        Category.objects.get_or_create(slug="training-troubles", defaults={"name": "Training troubles"})

    def test_one_submission_sent_by_eight_at_once_is_one_post(self):
        ada, key = PersonFactory(), uuid.uuid4()
        made = in_parallel(lambda: ask(ada, submission=key).pk, 8)
        assert len(set(made)) == 1, made
        assert Post.objects.count() == 1

    def test_eight_answers_at_once_get_eight_numbers(self):
        ada = PersonFactory()
        thread = ask(ada)
        made = in_parallel(lambda: services.add_post(thread=thread, author=ada, source="Me too.").number, 8)
        assert sorted(made) == list(range(2, 10))
        thread.refresh_from_db()
        assert (thread.last_number, thread.post_count, thread.answer_count) == (9, 9, 8)

    def test_tags_exchanged_in_both_directions_at_once_are_counted_and_wait_for_nobody_for_ever(self):
        ada, pairs = PersonFactory(), (["relu", "tanh"], ["xor", "yolo"])
        threads = [(ask(ada, tags=pairs[at]), itertools.cycle([pairs[1 - at], pairs[at]])) for at in (0, 1)]

        def exchange():
            thread, wanted = threads.pop()
            for names in itertools.islice(wanted, 20):
                with transaction.atomic():
                    locked = Thread.objects.select_for_update().get(pk=thread.pk)
                    events.retag(thread=locked, by=ada, names=texts.tags(names))

        assert in_parallel(exchange, 2) == [None, None]
        assert list(map(str, counters.drifts())) == []

    def test_threads_moved_in_both_directions_while_others_begin_are_counted(self, monkeypatch):
        monkeypatch.setattr(audience, "redeliver", lambda thread_id: None)  # a job, never in the transaction of an act
        ada, tags = PersonFactory(), ["relu", "tanh"]
        shelves = [Category.objects.create(slug=slug, name=slug) for slug in ("left", "right")]
        threads = [(ask(ada, category=shelves[at], tags=tags), (shelves[1 - at], shelves[at])) for at in (0, 1)]

        def move():
            thread, wanted = threads.pop()
            for category in itertools.islice(itertools.cycle(wanted), 20):
                with transaction.atomic():
                    locked = Thread.objects.select_for_update().get(pk=thread.pk)
                    events.retag(thread=locked, by=ada, names=texts.tags(tags[: 1 + (category.slug == "left")]))
                    events.move(thread=locked, by=ada, category=category)

        def begin():
            for category in [*shelves, *shelves]:
                services.delete_post(post=ask(ada, category=category, tags=tags).posts.get(), by=ada)
                ask(ada, category=category, tags=tags)

        works = [move, begin, move, begin]
        assert in_parallel(lambda: works.pop()(), 4) == [None] * 4
        assert list(map(str, counters.drifts())) == []
        assert [Category.objects.get(pk=shelf.pk).thread_count for shelf in shelves] == [5, 5]
