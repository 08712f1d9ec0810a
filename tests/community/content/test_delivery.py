"""Who is notified of a post, and with which verb: each person once, by the most specific one."""

import pytest
from django.utils import translation

from community.accounts.models import User
from community.content import bodies, services
from community.content.errors import InvalidText
from community.content.models import Category, Mention, Post, Thread
from community.content.quoting import as_quote, quoted_posts
from community.notifications.models import Notification
from community.social.feeds import home_feed
from community.social.services import follow
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker():
    return PersonFactory(handle="asker")


@pytest.fixture
def carol():
    return PersonFactory(handle="carol")


@pytest.fixture
def question(asker) -> Thread:
    return services.start_thread(author=asker, kind="question", title="Why?", source="Some words.\n")


def write(thread: Thread, author, source: str = "Some words.\n", **place) -> Post:
    return services.add_post(thread=Thread.objects.get(pk=thread.pk), author=author, source=source, **place)


def told(post: Post) -> dict[str, str]:
    rows = Notification.objects.filter(target_kind="post", target_id=post.pk)
    return dict(rows.values_list("recipient__handle", "verb"))


def quote_of(post: Post) -> str:
    return as_quote(post, lambda path: f"https://chainrule.example{path}")


def test_the_asker_is_told_of_the_answer_however_it_begins(question, asker, bob):
    opening = question.posts.get()
    assert told(write(question, bob, quote_of(opening) + "Because.")) == {"asker": "answer"}
    assert told(write(question, bob, "@asker, because.")) == {"asker": "answer"}


def test_whoever_is_quoted_is_told_so_and_not_mentioned(question, asker, bob, carol):
    answer = write(question, bob)
    assert told(write(question, carol, quote_of(answer) + "No, @bob.")) == {"asker": "answer", "bob": "quote"}


def test_whom_a_quote_names_is_not_called_again(question, asker, bob, carol):
    answer = write(question, bob, "Ask @ada and @carol.")
    reply = write(question, asker, quote_of(answer) + "Thank you.", parent=answer)
    assert told(reply) == {"bob": "reply"}


def test_a_reply_to_a_comment_tells_whoever_wrote_the_comment(question, asker, bob, carol):
    answer = write(question, bob)
    comment = write(question, carol, parent=answer)
    reply = write(question, PersonFactory(handle="dora"), parent=comment)
    assert (reply.parent, reply.reply_to) == (answer, comment)
    assert told(reply) == {"asker": "reply", "bob": "reply", "carol": "reply_to_comment"}


def test_a_reply_to_a_comment_under_an_article_tells_both(asker, bob, carol):
    article = services.start_thread(author=asker, kind="article", title="By hand", source="Some words.\n")
    comment = write(article, bob)
    assert told(comment) == {"asker": "reply"}
    assert told(write(article, carol, parent=comment)) == {"asker": "reply", "bob": "reply_to_comment"}


def test_a_follower_who_is_mentioned_is_told_of_the_mention(question, bob, carol):
    follow(follower=carol, thread=question)
    assert told(write(question, bob, "What do you say, @carol?"))["carol"] == "mention"


def test_ten_thousand_people_in_one_text_are_refused_with_a_sentence(bob):
    names = [f"u{number:04}" for number in range(10_000)]
    people = [User(handle=name, handle_key=name, handle_skeleton=name, email=f"{name}@x.example") for name in names]
    User.objects.bulk_create(people[:600])
    with pytest.raises(InvalidText) as refusal:
        services.start_thread(author=bob, kind="article", title="All of you", source=" ".join(f"@{n}" for n in names))
    assert refusal.value.fields["source"] == ["This mentions more than 50 people. Please remove some of the names."]
    assert (Thread.objects.count(), Mention.objects.count(), Notification.objects.count()) == (0, 0, 0)


def test_as_many_as_may_be_are_told_and_names_in_quotes_are_not_counted(question, bob, monkeypatch):
    monkeypatch.setattr(bodies, "MOST_MENTIONED", 2)
    one, two, other = (f"@{PersonFactory().handle}" for _ in range(3))
    post = write(question, bob, f"> {other}\n\n{one} {two} {one}")
    assert Mention.objects.filter(post=post).count() == 2
    with pytest.raises(InvalidText):
        services.edit_post(post=post, editor=bob, source=f"{one} {two} {other}", base_version=1)
    assert Mention.objects.filter(post=post).count() == 2


def test_an_old_text_with_too_many_names_can_be_edited_and_gets_no_more_of_them(question, bob, monkeypatch):
    people = [PersonFactory() for _ in range(5)]
    names, other = " ".join(f"@{person.handle}" for person in people), f"@{PersonFactory().handle}"
    post = write(question, bob, names)
    monkeypatch.setattr(bodies, "MOST_MENTIONED", 3)
    services.edit_post(post=post, editor=bob, source=f"{names}, hello", base_version=1)
    with pytest.raises(InvalidText) as refusal:
        services.edit_post(post=post, editor=bob, source=f"{names}, {other}, hello", base_version=2)
    assert refusal.value.fields["source"] == [
        "This mentions 3 people or more already. Please remove the names you have added."
    ]
    assert set(post.mentions.values_list("user", flat=True)) == {person.pk for person in people}
    fewer = " ".join(f"@{person.handle}" for person in people[:2])
    services.edit_post(post=post, editor=bob, source=f"{fewer} {other}", base_version=2)
    assert post.mentions.count() == 3


def test_an_edit_tells_whom_it_newly_quotes_and_nobody_twice(question, asker, bob, carol):
    first = write(question, bob)
    second = write(question, carol, "Hello @bob.")
    services.edit_post(post=second, editor=carol, source=quote_of(first) + "Yes.", base_version=1)
    assert told(second) == {"asker": "answer", "bob": "mention"}
    third = write(question, asker, parent=first)
    services.edit_post(post=third, editor=asker, source=quote_of(second) + "See.", base_version=1)
    assert told(third) == {"bob": "reply", "carol": "quote"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_first_line_of_a_quote_names_the_post_in_every_language(question, bob, language):
    answer = write(question, bob, "> inner\n\nWords.")
    with translation.override(language):
        assert quoted_posts(quote_of(answer) + "Mine.") == [answer]


@pytest.mark.parametrize(
    "source",
    [
        "@bob wrote in [#2]({url}):",  # no quote
        "> Words.\n> @bob wrote in [#2]({url}):",  # not its first line
        "> > @bob wrote in [#2]({url}):",  # a nested quote
        "```\n> @bob wrote in [#2]({url}):\n```",  # an example in code
        "> @carol wrote in [#2]({url}):",  # another author's post
        "> @bob wrote in [#7]({url}):",  # no such post
        "> @bob wrote in [#2](https://elsewhere.example/posts/2/x/):",
        "> @bob wrote in [#2](http://[broken/t/1/-/2/):",
    ],
)
def test_what_only_looks_like_a_quote_tells_nobody(question, bob, source):
    answer = write(question, bob)
    assert quoted_posts(source.format(url=answer.get_absolute_url())) == []


def test_what_is_hidden_cannot_be_quoted_into_a_notice(question, bob, moderator):
    answer = write(question, bob)
    services.hide_post(post=answer, by=moderator)
    assert quoted_posts(quote_of(answer)) == []


def test_followers_of_a_category_are_told_as_deep_as_its_list_reaches(client, asker, carol):
    top = Category.objects.create(slug="top", name="Top")
    middle = Category.objects.create(slug="middle", name="Middle", parent=top)
    low = Category.objects.create(slug="low", name="Low", parent=middle)
    follow(follower=carol, category=top)
    deep = services.start_thread(author=asker, kind="question", title="Deep?", source="Words.\n", category=low)
    beside = services.start_thread(author=asker, kind="question", title="Beside?", source="Words.\n")
    opening = deep.posts.get()
    assert told(opening) == {"carol": "new_thread"} and told(beside.posts.get()) == {}
    assert list(home_feed(carol)) == [opening]
    assert b"Deep?" in client.get("/c/top/").content
    assert Category.objects.keys_within(top.pk) == [top.pk, middle.pk, low.pk]
    assert Category.objects.keys_around(low.pk) == [low.pk, middle.pk, top.pk]


WORDS = "A word or two.\n\n" * 90  # a little less than a quote can have
LONG = "\\alpha + " * 40 + "\\beta"


@pytest.mark.parametrize("formula", [f"$$\nx =\n{LONG}\n$$", f"so ${LONG}$", f"\\[\nx\n= {LONG}\n\\]"])
def test_a_quote_that_is_cut_has_no_part_of_a_formula(question, bob, formula):
    quote = quote_of(write(question, bob, f"{WORDS}\n{formula}\n\nThe end.\n"))
    assert "two." in quote and quote.rstrip().endswith("> \u2026")
    assert "alpha" not in quote and "$" not in quote and "\\[" not in quote


def test_a_quote_of_one_line_ends_before_a_formula_and_one_of_a_formula_has_all_of_it(question, bob):
    quote = quote_of(write(question, bob, f"{'word ' * 270}and ${LONG}$ so"))
    assert quote.rstrip().endswith("word and\n> \u2026")
    formula = "$$\n" + "x + 1 +\n" * 200 + "y\n$$"
    quote = quote_of(write(question, bob, f"{formula}\n\nThe end."))
    assert quote.count("$$") == 2 and "The end" not in quote


def test_a_quote_cut_in_code_is_closed_as_it_is(question, bob):
    quote = quote_of(write(question, bob, "```\n" + "echo $a $$\n" * 200 + "```\n"))
    assert quote.rstrip().endswith("> echo $a $$\n> ```\n> \u2026")
