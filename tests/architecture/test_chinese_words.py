"""Chinese beyond pages: emails, the API, the rendering child, dates and numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format, number_format

from bpsandbox import api
from community.accounts.models import User
from community.content import languages
from community.content.kind_words import KIND_WORDS
from community.rendering.context import Context
from community.rendering.pool import Pool
from tests.architecture.test_pages import CHINESE, ENGLISH
from tests.training import XOR

MAILS = sorted(path.name for path in Path(settings.BASE_DIR, "templates/account/email").glob("*.txt"))
FENCES = {"bp": "community.experiments.fence.bp"}
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_chinese(name) -> None:
    values = {
        "user": User(handle="lilei", display_name="李雷"),
        "email": "lilei@example.org",
        "timestamp": datetime(2026, 11, 25, 8, 5, tzinfo=UTC),
        "ip": "192.0.2.1",
        **dict.fromkeys(("activate_url", "password_reset_url", "signup_url"), "https://chainrule.example/x/"),
    }
    with translation.override("zh-hans"):
        words = render_to_string(f"account/email/{name}", values)
    assert HAN.search(words)
    assert ENGLISH.findall(words) == []


@pytest.mark.django_db
def test_the_api_refuses_in_chinese(client) -> None:
    for path in ("/api/v1/threads/987654321", "/api/v1/me", "/api/v1/threads?order=sideways"):
        error = client.get(path, **CHINESE).json()["error"]
        assert HAN.search(error["message"])


def test_a_config_is_checked_in_the_language_of_the_text_that_holds_it() -> None:
    """The child is a separate process without Django and receives the language with the text."""
    pool = Pool(size=1)
    source = f"```bp\n{XOR.replace('name: xor', 'name: xorr')}\n```\n\n$\\dleta$"
    assert "xorr" in source
    try:
        assert pool.warm(60, fences=FENCES.values())
        chinese = pool.render(source, Context(language="zh-hans", fences=FENCES)).html
        english = pool.render(source, Context(language="en", fences=FENCES)).html
    finally:
        pool.close()
    for said in ("这份配置还不能运行。", "是不是想写 xor？可选：", "没有 \\dleta 这个命令。"):
        assert said in chinese
    for said in ("This config cannot be run yet.", "Did you mean xor? Allowed: ", "Unknown command \\dleta."):
        assert said in english


def test_a_text_without_words_is_in_the_language_of_its_writer() -> None:
    with translation.override("zh-hans"):
        assert languages.detect("$x$\n```bp\nloss: MSELoss\n```") == "zh-hans"
        assert languages.detect("Why?") == "en"
    with translation.override("en"):
        assert languages.detect("$x$") == "en"
        assert languages.detect("为什么？") == "zh-hans"


def test_a_run_is_named_in_both_languages() -> None:
    words = api.facts_of(api.check(XOR).spec)["words"]
    assert "sigmoid on XOR" in words["en"]["title"]
    assert "sigmoid 网络：XOR" in words["zh-hans"]["title"]


def test_dates_and_numbers_are_written_as_chinese_readers_expect() -> None:
    with translation.override("zh-hans"):
        assert date_format(date(2026, 7, 2), "DATE_FORMAT") == "2026年7月2日"
        assert date_format(date(2026, 7, 2), "MONTH_DAY_FORMAT") == "7月2日"
        assert number_format(1234567, force_grouping=True) == "1,234,567"


def test_the_word_below_a_number_of_comments_has_no_measure_word() -> None:
    with translation.override("zh-hans"):
        assert [str(KIND_WORDS[kind].reply_word % 3) for kind in ("question", "discussion", "note")] == [
            "回答",
            "回复",
            "评论",
        ]
        assert str(KIND_WORDS["note"].replies % {"count": 3, "shown": "3"}) == "3 条评论"
