"""One object of each kind that a route can refer to, requested by every role; and the forms' data."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from bpsandbox import api
from bpsandbox.models import Run
from community.api.models import Scope, new_token
from community.blogs.models import Article
from community.blogs.series.services import put_article
from community.blogs.services import start_article
from community.content import reindexing
from community.content.models import Category, Post, Tag, Thread
from community.content.services import add_post, delete_post, start_thread
from community.forum.models import Invitation
from community.forum.services import accept_answer
from community.lists.services import create_list, put
from community.media.services import add_picture
from community.moderation.services import hide, report_post
from community.notifications.mail.stopping import ALL, path_for
from community.notifications.models import Device, Notification
from community.profiles.services import pin_post
from community.review.services import propose_duplicate, propose_hold, suggest_edit
from community.saved.services import save_search
from community.social.marking import set_mark
from tests.community.notifications.push_service import Browser
from tests.factories import ModeratorFactory, NewcomerFactory, PersonFactory, VoterFactory
from tests.training import XOR, train

ROLES = ("visitor", "newcomer", "member", "author", "moderator")
ABSENT = 987_654_321

# Form data by route; other routes are sent an empty form. `$id` and `$kind` are of the row's object.
FORMS: dict[str, dict[str, Any]] = {
    "social:vote": {"value": "1"},
    "social:agree": {"on": "1"},
    "forum:post-proof": {"remove": "1"},
    "social:mark": {"kind": "outdated", "reason": "Since version 2.", "version": "1"},
    "social:bookmark": {"on": "1"},
    "social:post-mute": {"on": "1"},
    "social:track-read": {"on": "0"},
    "social:suggestions": {"on": "0"},
    "profiles:pin-move": {"by": "1"},
    "lists:own": {"name": "For Monday"},
    "lists:edit": {"name": "For Tuesday", "base_name": "Read later"},
    "lists:choose": {"into": "none", "new_name": "For Wednesday"},
    "lists:item-move": {"to": "up"},
    "blogs:series-choose": {"into": "none", "new_title": "Another series"},
    "blogs:series-edit": {"title": "Again", "base_title": "By hand"},
    "blogs:series-move": {"to": "up"},
    "blogs:series-follow": {"on": "1"},
    "saved:searches": {"query": "vanishing gradient"},
    "media:avatar": {"remove": "1"},
    "social:follow": {"kind": "$kind", "id": "$id", "level": "3"},
    "moderation:report": {"reason": "spam", "note": "Look."},
    "moderation:decide": {"action": "dismiss", "note": ""},
    "review:suggest": {"title": "T", "source": "Better words.", "reason": "Clearer", "base_version": "1", "seen": "0"},
    "review:decide": {"action": "approve", "seen": "1", "base_version": "1"},
    "review:improve": {"source": "The best words.", "seen": "1", "base_version": "1"},
    "review:community": {"on": "1"},
    "review:vote": {"on": "1"},
    "review:duplicate": {"address": "$id"},
    "review:hold": {"reason": "unclear"},
    "content:write": {"kind": "question", "title": "Why?", "source": "Some words.", "category": "training-troubles"},
    "content:reply": {"source": "Because."},
    "content:post-edit": {"source": "Other words.", "base_version": "1"},
    "content:version-restore": {"base_version": "1"},
    "forum:moderate": {"action": "lock", "reason": "enough"},
    "forum:invite": {"handle": "guest"},
    "forum:tag-edit": {"name": "xor", "base_version": "0"},
    "content:preview": {"source": "$x$", "kind": "question"},
    "content:draft-save": {"key": "new:question", "source": "Some words."},
    "content:draft-discard": {"key": "new:question"},
    "blogs:write": {"title": "By hand", "source": "Some words."},
    "blogs:note-write": {"source": "A short note."},
    "blogs:edit": {"title": "By hand", "source": "Other words.", "base_version": "1"},
    "experiments:playground": {"config": XOR},
    "experiments:playground-check": {"config": XOR},
    "experiments:playground-edit": {"config": XOR},
    "experiments:playground-write": {"config": XOR, "kind": "note"},
    "experiments:fork": {"kind": "question"},
    "accounts:profile-update": {"display_name": "Ada"},
    "accounts:preferences-update": {"theme": "dark"},
    "accounts:preferences": {"theme": "dark"},
    "notifications:device-add": Browser().form,
    "api:tokens": {"name": "laptop", "scope": "read", "days": "30"},
    "api-v1:thread_create": {"kind": "note", "title": "Short", "source": "A note.", "publish": True},
    "api-v1:post_create": {"source": "Because.", "thread": "$id", "role": "answer"},
    "api-v1:post_edit": {"source": "Other words.", "base_version": 1},
    "api-v1:run_create": {"config": XOR},
    "api-v1:run_work": {"sample": 1, "step": 0, "seed": 0},
    "api-v1:suggestion_create": {"post": "$post_id", "source": "Best.", "reason": "Clearer", "base_version": 1},
    "api-v1:suggestion_approve": {"version": 1, "base_version": 1},
    "api-v1:suggestion_improve": {"version": 1, "base_version": 1, "source": "The best words."},
    "api-v1:suggestion_reject": {"version": 1, "reason": "No."},
    "api-v1:proposal_create": {"thread": "$pk", "matter": "hold", "reason": "unclear"},
}


@dataclass(frozen=True)
class World:
    """People by role, and URL arguments by object name."""

    people: dict[str, Any]
    things: dict[str, dict[str, Any]]
    cookies: dict[str, SimpleCookie]
    tokens: dict[str, str]

    def client(self, role: str, **options: Any) -> Client:
        """Return a new browser with this role signed in. Their middleware is loaded once."""
        client = Client(**options)
        client.handler = _handlers.setdefault(client.handler.enforce_csrf_checks, client.handler)
        client.cookies = SimpleCookie(self.cookies[role].output(header="", sep=";"))
        return client


_handlers: dict[bool, Any] = {}


def build() -> World:
    people = _people()
    things = _threads(people) | _runs(people) | _small_things(people)
    things |= _reviews(people, things)
    Thread.objects.filter(pk=things["thread"]["pk"]).update(solved_embed=things["run"]["spec_hash"])
    cookies = {role: _signed_in(person) for role, person in people.items()}
    tokens = {role: _token(person) for role, person in people.items()}
    connection.check_constraints()  # else at the end of each test, for the rows of the world
    return World(people, things, cookies, tokens)


def absent(thing: dict[str, Any]) -> dict[str, Any]:
    """Return the URL of a missing object of the same kind."""
    names = {"handle": "nobody-here", "token": "x" * 32, "spec_hash": "0" * 32, "sha256": "0" * 64}
    keys = {"pk", "thread_id", "post_id", "run_id", "suggestion_id", "proposal_id", "id"}
    moved = {key: ABSENT if key in keys else names.get(key, value) for key, value in thing.items()}
    if "slug" in thing and "pk" not in thing:
        moved["slug"] = "nothing-here"
    return moved


def form_for(route: str, thing: dict[str, Any]) -> dict[str, Any]:
    """Return the form data for a route and an object."""
    form = FORMS.get(route, {})
    return {key: thing.get(value[1:], value) if str(value)[:1] == "$" else value for key, value in form.items()}


def _people() -> dict[str, Any]:
    return {
        "visitor": None,
        "newcomer": NewcomerFactory(handle="newcomer"),
        "member": _voter("member"),
        "author": PersonFactory(handle="author"),
        "moderator": ModeratorFactory(handle="moderator"),
    }


def _voter(handle: str) -> Any:
    """Make a member who can vote on questions, whose post is in the index as those of services are."""
    person = VoterFactory(handle=handle)
    reindexing.thread_changed(Thread.objects.get(author=person).pk)
    return person


def _threads(people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    author, moderator = people["author"], people["moderator"]

    def thread(kind: str, **options: Any) -> Thread:
        fields = {"title": "" if kind == "note" else f"A {kind}", "source": "Some words.", "tags": ["xor"]}
        if kind == "article":
            return start_article(author=author, **{"publish": True} | fields | options).thread
        return start_thread(author=author, kind=kind, **{"publish": True} | fields | options)

    shelf = Category.objects.get(slug="training-troubles")
    threads = {
        "thread": thread("question", category=shelf),
        "draft": thread("question", category=shelf, publish=False),
        "hidden-thread": thread("question", category=shelf),
        "deleted-thread": thread("question", category=shelf),
        "article": thread("article"),
        "draft-article": thread("article", publish=False),
        "hidden-article": thread("article"),
        "note": thread("note"),
        "draft-note": thread("note", publish=False),
        "hidden-note": thread("note"),
    }
    for name in ("hidden-thread", "hidden-article", "hidden-note"):
        hide(actor=moderator, post=_opening(threads[name]), note="")
    delete_post(post=_opening(threads["deleted-thread"]), by=author)
    return {name: _of_thread(found) for name, found in threads.items()} | _posts(threads, author, moderator)


def _posts(threads: dict[str, Thread], author: Any, moderator: Any) -> dict[str, dict[str, Any]]:
    """Return answers to the question, and opening posts."""
    answers = {
        name: add_post(thread=_fresh(threads["thread"]), author=author, source=f"Because of {name}.", role="answer")
        for name in ("post", "hidden-post", "deleted-post")
    }
    hide(actor=moderator, post=_again(answers["hidden-post"]), note="")
    delete_post(post=_again(answers["deleted-post"]), by=author)
    accept_answer(answer=answers["post"], by=author)
    answers["draft-post"] = _opening(threads["draft"])
    answers["opening-post"] = _opening(threads["thread"])
    found: dict[str, dict[str, Any]] = {}
    for name, post in answers.items():
        found[name] = {"pk": post.pk, "post_id": post.pk}
        found[f"version-of-{name}"] = {"pk": post.pk, "number": post.version}
        found[f"place-of-{name}"] = {"pk": post.thread_id, "slug": post.thread.slug or "-", "number": post.number}
    return found


def _runs(people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a public run and a private one."""
    wishes = {
        "run": {"is_system": True, "target": ("page", 1), "visibility": "public"},
        "private-run": {"requester": people["author"]},
    }
    found = {}
    for number, (name, wish) in enumerate(wishes.items()):
        api.submit(config_text=XOR.replace("lr: 2.0", f"lr: 1.{number}"), **wish)
        spec_hash = train()
        run_id = Run.objects.get(spec__hash=spec_hash).pk
        found[name] = {
            "spec_hash": spec_hash, "run_id": run_id, "library": "numpy", "name": "weights.npz", "kind": "boundary",
            "part": "inside",
        }  # fmt: skip
    return found


def _small_things(people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    author, member = people["author"], people["member"]
    notice = Notification.objects.create(
        recipient=author, actor=member, verb="follow", target_kind="person", target_id=member.pk, key="follow:1"
    )
    device = Device.objects.create(person=author, endpoint="https://push.example/author", p256dh="", auth="")
    reported = Post.objects.get(thread__kind="note", thread__published_at__isnull=False, thread__hidden_at=None)
    pin = pin_post(owner=author, post=reported)
    shown, kept = create_list(owner=author, name="Public", is_public=True), create_list(owner=author, name="Read later")
    item = put(owner=author, post=reported, into=shown).list_item
    saved, _is_new = save_search(owner=author, text="vanishing gradient")
    report = report_post(reporter=member, post=reported, reason="spam")
    answer = Post.objects.get(source="Because of post.\n")
    mark = set_mark(user=member, post=answer, kind="failed", reason="It diverges.", version=1)
    token, _secret = new_token(owner=author, name="laptop", scope=Scope.READ, days=30)
    picture = add_picture(owner=author, content=_png(), name="dot.png")
    draft = Thread.objects.get(kind="article", published_at=None)
    question = Thread.objects.public().get(kind="question")
    shown_article = Article.objects.get(thread=Thread.objects.public().get(kind="article"))
    series = put_article(article=shown_article, by=author, new_title="By hand")
    draft_series = put_article(article=draft.article, by=author, new_title="Drafts")
    PersonFactory(handle="guest")
    invitation = Invitation.objects.create(thread=question, inviter=author, invited=member)
    shelf = Category.objects.get(slug="training-troubles")
    return {
        "-": {},
        "nothing": {"slug": "nothing-here"},
        "data-set": {"name": "spiral"},
        "config-section": {"name": "stopping"},
        "sitemap": {"section": "threads"},
        "no-sitemap": {"section": "people"},
        "nobody": {"handle": "nobody-here"},
        "category": {"slug": "training-troubles", "kind": "category", "id": shelf.pk},
        "tag": {"slug": Tag.objects.get(slug="xor").slug},
        "person": {"handle": "author", "pk": author.pk, "kind": "person", "id": author.pk},
        "notice": {"pk": notice.pk},
        "invitation": {"pk": invitation.pk},
        "device": {"pk": device.pk},
        "pin": {"pk": pin.pk},
        "mark": {"pk": mark.pk},
        "public-list": {"handle": "author", "pk": shown.pk},
        "private-list": {"handle": "author", "pk": kept.pk},
        "list-item": {"pk": item.pk},
        "series": {"pk": series.pk},
        "draft-series": {"pk": draft_series.pk},
        "saved-search": {"pk": saved.pk},
        "report": {"pk": report.pk},
        "token": {"pk": token.pk},
        "picture": {"sha256": picture.sha256, "extension": picture.extension, "width": "480"},
        "preview-link": {"token": draft.article.preview_token},
        "unsubscribe-link": {"token": path_for(member, ALL).split("/")[-2]},
        "broken-link": {
            "token": "x" * 32,
            "key": "broken",
            "uidb36": "1",
            "file_name": f"serif.{'0' * 12}.woff2",
            "sha256": "0" * 64,
            "extension": "png",
            "width": "480",
        },
    }


def _reviews(people: dict[str, Any], things: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return a suggested edit of an answer, a question to propose something for, and two with proposals."""
    author, member = people["author"], people["member"]
    answer = _again(Post.objects.get(pk=things["post"]["pk"]))
    suggestion = suggest_edit(post=answer, author=member, source="Better.", reason="Clearer", base_version=1)
    original = Thread.objects.get(pk=things["thread"]["pk"])
    first, second, third = (
        start_thread(author=author, kind="question", title=f"Asked {n}", source="Words.", publish=True) for n in "abc"
    )
    propose_duplicate(thread=second, original=original, by=author)
    proposal = propose_hold(thread=third, reason="unclear", by=_voter("voter"))
    return {
        "suggestion": {"pk": suggestion.pk, "suggestion_id": suggestion.pk, "post_id": answer.pk},
        "asked-again": {"pk": first.pk, "id": original.pk},
        "duplicate": _of_thread(second),
        "proposal": {"pk": proposal.pk, "proposal_id": proposal.pk},
    }


def _signed_in(person: Any) -> SimpleCookie:
    if person is None:
        return SimpleCookie()
    client = Client()
    client.force_login(person)
    session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session.save()
    return client.cookies


def _token(person: Any) -> str:
    return new_token(owner=person, name="matrix", scope=Scope.WRITE, days=1)[1] if person else ""


def _of_thread(thread: Thread) -> dict[str, Any]:
    return {"pk": thread.pk, "thread_id": thread.pk, "slug": thread.slug or "-", "kind": "thread", "id": thread.pk}


def _opening(thread: Thread) -> Post:
    return Post.objects.select_related("thread").get(thread=thread, number=1)


def _fresh(thread: Thread) -> Thread:
    return Thread.objects.get(pk=thread.pk)


def _again(post: Post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def _png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (2, 2), "teal").save(file, "PNG")
    return file.getvalue()
