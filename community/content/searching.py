"""Operators of searches about posts: who wrote them, where, in which language, with which tags, and what they have."""

from __future__ import annotations

import re
from functools import partial

from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.models import User
from community.common.errors import Invalid
from community.search.facts import fact
from community.search.operators import Clause, Meaning, Meaningless, Place, register, register_kind

from . import texts
from .models import Post, Tag, Thread
from .querysets import Reader
from .tag_tree import place_of

KINDS = {
    "question": (gettext_lazy("Questions"), ("questions", "问题", "提问")),
    "discussion": (gettext_lazy("Discussions"), ("discussions", "讨论")),
    "article": (gettext_lazy("Articles"), ("articles", "文章")),
    "note": (gettext_lazy("Notes"), ("notes", "短文", "笔记")),
    "answer": (gettext_lazy("Answers"), ("answers", "回答", "答案")),
    "comment": (gettext_lazy("Comments"), ("comments", "评论", "回复")),
}
LANGUAGES = {"en": "en", "english": "en", "英文": "en", "英语": "en", "zh": "zh", "chinese": "zh", "中文": "zh",
             "zh-hans": "zh", "zh-cn": "zh"}  # fmt: skip
STATES = {"solved": "solved", "已解决": "solved", "unsolved": "unsolved", "未解决": "unsolved"}
THINGS = {"run": "run", "运行": "run", "实验": "run", "formula": "formula", "math": "formula", "公式": "formula"}
OF_POSTS = tuple(fact("kind", kind) for kind in KINDS)
SCORE = re.compile(r"(<=|>=|[<>≤≥])?\s*([+-]?[0-9]{1,6})")
COMPARED = {"<": "score__lt", ">": "score__gt", "<=": "score__lte", "≤": "score__lte"}  # else at least
THREAD = re.compile(r"(?:\S*/)?([0-9]{1,18})(?:/\S*)?")


def connect() -> None:
    for name, (words, aliases) in KINDS.items():
        register_kind(name, words, *aliases)
    register(
        Meaning("tag", _tag, ("tags", "标签"), is_any=False),
        Meaning("by", _by, ("author", "from", "user", "作者", "用户")),
        Meaning("is", _is, ("state", "状态", "是"), is_any=False, values=STATES),
        Meaning("has", _has, ("with", "含", "有"), is_any=False, values=THINGS),
        Meaning("lang", _language, ("language", "语言"), values=LANGUAGES),
        Meaning("score", _score, ("votes", "得分", "票数"), is_any=False),
        Meaning("in", _thread, ("thread", "在", "主题")),
    )


def _tag(value: str, user: Reader) -> Clause:
    try:
        slug, _shown = texts.tag(value.removeprefix("#"))
    except Invalid:
        slug = ""
    tag = Tag.objects.meant_by(slug)
    place = place_of(tag) if tag else None
    if tag is None or place is None or not place.is_used:
        raise Meaningless(_("There is no tag “%(value)s”, so it was left out.") % {"value": value})
    moving = (synonym.pk for synonym in place.synonyms if synonym.thread_count)
    return Clause(facts=tuple(fact("tag", key) for key in (tag.pk, *moving)))


def _by(value: str, user: Reader) -> Clause:
    person = user if value.casefold() in ("me", "我") and user.is_authenticated else _person(value)
    if person is None or not person.is_active:
        raise Meaningless(_("Nobody here has the handle “%(value)s”, so it was left out.") % {"value": value})
    return Clause(facts=(fact("author", person.pk),))


def _person(value: str) -> User | None:
    return User.objects.by_handle_or_none(value.removeprefix("@"))


def _is(value: str, user: Reader) -> Clause:
    state = STATES.get(value.casefold())
    if state is None:
        sentence = _("“is:” takes solved or unsolved, so “%(value)s” was left out.")
        raise Meaningless(sentence % {"value": value})
    return Clause(facts=(fact("state", state),))


def _has(value: str, user: Reader) -> Clause:
    thing = THINGS.get(value.casefold())
    if thing is None:
        raise Meaningless(_("“has:” takes run or formula, so “%(value)s” was left out.") % {"value": value})
    return Clause(facts=(fact("has", thing),))


def _language(value: str, user: Reader) -> Clause:
    language = LANGUAGES.get(value.casefold())
    if language is None:
        raise Meaningless(_("“lang:” takes en or zh, so “%(value)s” was left out.") % {"value": value})
    return Clause(facts=(fact("language", language),))


def _score(value: str, user: Reader) -> Clause:
    found = SCORE.fullmatch(value)
    if found is None:
        sentence = _("“score:” takes a number such as 5 for at least 5, or <0, so “%(value)s” was left out.")
        raise Meaningless(sentence % {"value": value})
    return Clause(facts=OF_POSTS, narrow=partial(_with_score, COMPARED.get(found[1], "score__gte"), int(found[2])))


def _with_score(lookup: str, score: int, posts: QuerySet) -> QuerySet:
    return posts.filter(**{lookup: score})


def _thread(value: str, user: Reader) -> Clause:
    """Read the number or the address of a thread; one that the reader does not see is one that there is not."""
    found = THREAD.fullmatch(value)
    thread = Thread.objects.visible_to(user).filter(pk=int(found[1])).first() if found else None
    if thread is None:
        raise Meaningless(_("There is no thread “%(value)s”, so it was left out.") % {"value": value})
    return Clause(facts=(fact("thread", thread.pk),), place=Place(_title_of(thread), thread.get_absolute_url()))


def _title_of(thread: Thread) -> SafeString:
    """Return the title; of an untitled note the first words."""
    if thread.title_html:
        return mark_safe(thread.title_html)
    return escape(Post.objects.filter(thread=thread, number=1).values_list("excerpt", flat=True).first() or "")
