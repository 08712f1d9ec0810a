"""Finished runs of every kind of visibility, for tests of who may see what."""

from bpsandbox import api
from bpsandbox.models import Run
from community.content.models import Post
from tests.factories import AnswerFactory, QuestionFactory
from tests.training import XOR, train

RUNS = (
    "private", "public", "by_link", "in_a_post", "in_a_draft", "in_a_hidden_post", "in_a_deleted_post", "deleted",
)  # fmt: skip
SEEN_BY_VISITORS = frozenset({"public", "by_link", "in_a_post"})


def run_of(owner, kind, *, config=XOR) -> Run:
    """Return a run of this owner that has been trained, of one of RUNS; the row of "deleted" is gone."""
    post = AnswerFactory(thread=QuestionFactory(), author=owner) if "post" in kind else None
    if kind == "in_a_draft":
        post = QuestionFactory(author=owner, draft=True).posts.get()
    visibility = {"private": "private", "deleted": "private", "by_link": "unlisted"}.get(kind, "public")
    target = ("post", post.pk) if post else None
    made = api.submit(config_text=config, requester=owner, visibility=visibility, target=target)
    train()
    if kind == "in_a_hidden_post":
        Post.objects.filter(pk=post.pk).update(hidden_at="2026-01-01T00:00Z")
    if kind == "in_a_deleted_post":
        Post.objects.filter(pk=post.pk).update(deleted_at="2026-01-01T00:00Z")
    run = Run.objects.select_related("spec").get(pk=made.run.pk)
    if kind == "deleted":
        Run.objects.get(pk=run.pk).spec.delete()
    return run
