"""Vocabulary of each kind of thread, in one table, so that templates do not branch on the kind."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_KEEP = _("Save as draft")
_REPLY = _("Reply")
_YOUR_REPLY = _("Your reply")
_POST = _("Post")
_NO_REPLIES = _("No replies yet.")
_REPLIED = _("replied")
_COMMENTED = _("commented")
_REPLY_WORD = ngettext_lazy("reply", "replies")
_REPLIES = ngettext_lazy("%(shown)s reply", "%(shown)s replies", "count")
_COMMENT_WORD = ngettext_lazy("comment", "comments")
_COMMENTS = ngettext_lazy("%(shown)s comment", "%(shown)s comments", "count")


@dataclass(frozen=True, slots=True)
class KindWords:
    """The vocabulary of one kind. `began`, `replied` and `commented` are verbs of its author and of others.

    `reply_word % count` is the word alone; `replies % {"count": 1234, "shown": "1,234"}` includes the formatted number.
    """

    write_title: Promise
    publish_button: Promise
    began: Promise
    go_to_start: Promise
    further_down: Promise
    write_lead: Promise | str = ""
    keep_button: Promise = _KEEP
    reply_button: Promise = _REPLY
    your_reply: Promise = _YOUR_REPLY
    post_reply: Promise = _POST
    no_replies: Promise = _NO_REPLIES
    replied: Promise = _REPLIED
    commented: Promise = _REPLIED
    this_thread: Promise | str = ""
    started: Promise | str = ""
    reply_word: Promise = _REPLY_WORD
    replies: Promise = _REPLIES
    has_answers: bool = False
    title_is_optional: bool = False
    icon: str = ""
    choice: Promise | str = ""
    choice_lead: Promise | str = ""


KIND_WORDS: dict[str, KindWords] = {
    "question": KindWords(
        write_title=_("Ask a question"),
        write_lead=_("What did you derive, where does it break down, and what does the curve show?"),
        publish_button=_("Post question"),
        this_thread=_("This question"),
        started=_("Asked"),
        began=_("asked"),
        go_to_start=_("Go to the beginning"),
        further_down=_("You are further down in this thread."),
        reply_button=_("Answer"),
        your_reply=_("Your answer"),
        post_reply=_("Post answer"),
        no_replies=_("No answers yet. If you know part of it, that already helps."),
        replied=_("answered"),
        commented=_COMMENTED,
        reply_word=ngettext_lazy("answer", "answers"),
        replies=ngettext_lazy("%(shown)s answer", "%(shown)s answers", "count"),
        has_answers=True,
        icon="circle-question-mark",
        choice=_("A question"),
        choice_lead=_("Something does not add up. Show what you derived and let the config train."),
    ),
    "discussion": KindWords(
        write_title=_("Start a discussion"),
        publish_button=_("Start discussion"),
        this_thread=_("This discussion"),
        started=_("Started"),
        began=_("started a discussion"),
        go_to_start=_("Go to the beginning"),
        further_down=_("You are further down in this thread."),
        icon="messages-square",
        choice=_("A discussion"),
        choice_lead=_("A topic with no single right answer."),
    ),
    "article": KindWords(
        write_title=_("Write an article"),
        write_lead=_(
            "It is saved while you type and stays a draft until you publish it. You can share a draft by its link."
        ),
        publish_button=_("Publish"),
        keep_button=_("Save draft"),
        began=_("published"),
        commented=_COMMENTED,
        go_to_start=_("Go to the article"),
        further_down=_("You are further down in the comments."),
        reply_word=_COMMENT_WORD,
        replies=_COMMENTS,
        icon="book-open-text",
        choice=_("An article"),
        choice_lead=_("A longer text with a table of contents. It stays a draft until you publish it."),
    ),
    "note": KindWords(
        write_title=_("Write a note"),
        write_lead=_("A few lines, a formula, a run. No title needed."),
        publish_button=_("Post note"),
        began=_("wrote a note"),
        commented=_COMMENTED,
        title_is_optional=True,
        go_to_start=_("Go to the note"),
        further_down=_("You are further down in the comments."),
        reply_word=_COMMENT_WORD,
        replies=_COMMENTS,
        icon="sticky-note",
        choice=_("A note"),
        choice_lead=_("A few lines, a formula, a run. No title needed."),
    ),
}
