import uuid

import pytest

from community.blogs.contents import contents
from community.blogs.models import Article
from community.blogs.reading import reading_minutes
from community.blogs.services import edit_article, publish_article, renew_preview_link, start_article
from community.common.errors import NotAllowed
from community.content import services as content
from community.content.errors import EditConflict, InvalidText, SubmissionReused
from community.content.models import Post, Tag, Thread
from community.notifications.models import Notification
from tests.community.blogs.conftest import SOURCE
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


class TestStarting:
    def test_it_is_a_draft_with_everything_beside_it(self, draft, ada):
        kept = Article.objects.get()
        assert (kept.thread.author, kept.thread.kind, kept.thread.title) == (ada, "article", "Backward by hand")
        assert (kept.thread.is_draft, kept.summary, kept.reading_minutes) == (True, "Every number.", 1)
        assert [tag.name for tag in kept.thread.tags.all()] == ["xor"]
        assert len(kept.preview_token) == 32

    def test_a_draft_counts_under_no_tag_until_it_is_published(self, draft, ada):
        assert Tag.objects.get().thread_count == 0
        publish_article(article=draft, by=ada)
        assert Tag.objects.get().thread_count == 1

    def test_the_same_submission_makes_one_article(self, ada):
        submission = uuid.uuid4()
        wish = {"author": ada, "title": "Once", "source": SOURCE, "submission": submission}
        assert start_article(**wish).pk == start_article(**wish).pk
        with pytest.raises(SubmissionReused):
            start_article(**wish | {"source": "Something else."})
        assert (Thread.objects.count(), Article.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": " "}, "title"),
            ({"source": "\u200b"}, "source"),
            ({"source": "a" * 100_001}, "source"),
            ({"source": "a\ud800"}, "source"),
            ({"summary": "a" * 401}, "summary"),
            ({"summary": "a\u202eb"}, "summary"),
            ({"tags": ["!"]}, "tags"),
        ],
    )
    def test_a_refused_one_leaves_nothing_behind(self, ada, wrong, field):
        with pytest.raises(InvalidText) as refusal:
            start_article(**{"author": ada, "title": "A title", "source": SOURCE} | wrong)
        assert refusal.value.field == field
        assert not Thread.objects.exists()
        assert not Article.objects.exists()

    def test_a_long_article_may_be_longer_than_a_post(self, ada):
        source = "Words and words.\n\n" * 4000
        article = start_article(author=ada, title="Long", source=source)
        assert article.reading_minutes == 35


class TestEditing:
    def test_an_edit_of_a_published_article_says_when(self, article, ada):
        sent = {"source": "New text.", "title": "New title", "reason": "Clearer"}
        edited = edit_article(article=article, editor=ada, base_version=1, **sent)
        assert edited.revised_at is not None
        assert (edited.thread.title, edited.thread.slug) == ("New title", "new-title")

    def test_a_draft_is_not_revised(self, draft, ada):
        edited = edit_article(article=draft, editor=ada, source="New text.", base_version=1)
        assert edited.revised_at is None

    def test_saving_what_is_there_revises_nothing_but_keeps_a_new_summary(self, article, ada):
        edited = edit_article(article=article, editor=ada, source=SOURCE, base_version=1, summary="Shorter.")
        assert (edited.revised_at, edited.summary) == (None, "Shorter.")

    def test_what_is_not_named_stays(self, article, ada):
        edited = edit_article(article=article, editor=ada, source="New text.", base_version=1)
        assert (edited.thread.title, edited.summary) == ("Backward by hand", "Every number.")
        assert [tag.name for tag in edited.thread.tags.all()] == ["xor"]

    def test_the_minutes_follow_the_text(self, article, ada):
        edited = edit_article(article=article, editor=ada, source="one two three\n" * 500, base_version=1)
        assert edited.reading_minutes == 5

    def test_a_stale_edit_changes_nothing(self, article, ada):
        edit_article(article=article, editor=ada, source="First.", base_version=1)
        with pytest.raises(EditConflict) as conflict:
            edit_article(article=article, editor=ada, source="Second.", base_version=1, summary="Lost?")
        assert (conflict.value.current, conflict.value.mine) == ("First.\n", "Second.\n")
        assert Article.objects.get().summary == "Every number."
        assert Post.objects.get().source == "First.\n"

    def test_only_its_author_and_staff(self, article, bob, moderator):
        with pytest.raises(NotAllowed):
            edit_article(article=article, editor=bob, source="Mine.", base_version=1)
        assert Post.objects.get().version == 1
        edit_article(article=article, editor=moderator, source="Ours.", base_version=1)
        assert Post.objects.get().version == 2


class TestPublishing:
    def test_it_becomes_public_once(self, draft, ada):
        first = publish_article(article=draft, by=ada).thread.published_at
        assert publish_article(article=draft, by=ada).thread.published_at == first

    def test_only_by_its_author(self, draft, bob, moderator):
        for other in (bob, moderator):
            with pytest.raises(NotAllowed):
                publish_article(article=draft, by=other)
        assert Thread.objects.get().is_draft

    def test_the_link_is_changed_by_its_author_alone(self, draft, ada, bob):
        token = draft.preview_token
        with pytest.raises(NotAllowed):
            renew_preview_link(article=draft, by=bob)
        assert Article.objects.get().preview_token == token
        assert renew_preview_link(article=draft, by=ada).preview_token != token

    def test_who_is_mentioned_hears_of_it_when_it_is_published_not_before(
        self, ada, bob, django_capture_on_commit_callbacks
    ):
        told = Notification.objects.filter(recipient=bob, verb="mention")
        with django_capture_on_commit_callbacks(execute=True):
            draft = start_article(author=ada, title="Soon", source="With @bob.")
        assert not told.exists()
        with django_capture_on_commit_callbacks(execute=True):
            publish_article(article=draft, by=ada)
        assert told.count() == 1


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 1),
        ("word " * 350, 1),
        ("word " * 351, 2),
        ("字" * 500, 1),
        ("字" * 1001, 3),
        ("字" * 250 + "word " * 350, 2),
    ],
)
def test_reading_minutes(text, minutes):
    assert reading_minutes(text) == minutes


class TestContents:
    @staticmethod
    def heading(level, html):
        return {"level": level, "id": f"s-{html}", "text": html, "html": html}

    def test_two_levels_from_the_highest_there_is(self):
        found = contents([self.heading(3, "A"), self.heading(4, "B"), self.heading(5, "C"), self.heading(3, "D")])
        assert [(each.html, [inner.html for inner in each.inner]) for each in found] == [("A", ["B"]), ("D", [])]

    def test_a_lower_heading_before_the_first_higher_one_is_left_out(self):
        found = contents([self.heading(3, "early"), self.heading(2, "A"), self.heading(2, "B")])
        assert [each.html for each in found] == ["A", "B"]

    @pytest.mark.parametrize(
        ("html", "number", "words"),
        [
            ("1 Forward", "1", "Forward"),
            ("2.1. Backward", "2.1", "Backward"),
            ("3\u3001更新", "", "3\u3001更新"),
            ("4\u3000实验", "4", "实验"),
            ("2-3-1 nets", "", "2-3-1 nets"),
            ("16 seeds", "16", "seeds"),
            ("1", "", "1"),
        ],
    )
    def test_a_number_before_the_words_stands_by_itself(self, html, number, words):
        found = contents([self.heading(2, html), self.heading(2, "Z")])
        assert (found[0].number, found[0].html) == (number, words)

    def test_one_heading_is_not_worth_a_table(self):
        assert contents([self.heading(2, "A")]) == []
        assert contents([]) == []


def test_a_hidden_failure_in_the_transaction_leaves_no_thread(ada):
    """Related rows of a thread are written with it or not at all."""

    def fail(post):
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        content.start_thread(author=ada, kind="article", title="T", source="x", publish=False, within=fail)
    assert not Thread.objects.exists()


def test_an_unconfirmed_person_writes_no_article(db):
    from community.accounts.errors import EmailUnconfirmed

    with pytest.raises(EmailUnconfirmed):
        start_article(author=PersonFactory(email=""), title="T", source="x")
    assert not Article.objects.exists()
