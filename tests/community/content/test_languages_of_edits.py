"""An edit can change the language of a text: its title, lists and the API follow."""

import pytest

from community.content import services

pytestmark = pytest.mark.django_db
CHINESE = "梯度在第十层之后就消失了，为什么？"


def start(author, **more):
    return services.start_thread(author=author, kind="question", title="Why XOR?", source="I wonder.", **more)


def edit(thread, author, **more):
    services.edit_post(post=thread.posts.get(), editor=author, base_version=1, **more)
    thread.refresh_from_db()
    return thread.language, thread.posts.get().language


def test_a_question_rewritten_in_chinese_is_chinese(ada):
    assert edit(start(ada), ada, title="为什么梯度会消失？", source=CHINESE) == ("zh-hans", "zh-hans")


def test_title_and_text_count_together_as_when_it_was_written(ada):
    assert edit(start(ada), ada, title=CHINESE, source="ReLU") == ("zh-hans", "zh-hans")


def test_a_chosen_language_stays_while_the_text_is_in_the_language_it_was_in(ada):
    assert edit(start(ada, language="zh-hans"), ada, source="I wonder a bit more.") == ("zh-hans", "zh-hans")
