"""Whom and what posts name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .posts import Post

if TYPE_CHECKING:
    pass


class Mention(models.Model):
    """A person mentioned by a post with @handle, notified once per post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    notified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in post {self.post_id}"


class PostLink(models.Model):
    """A link from a post to a post of another thread, or to a run: then `target` is null and `embed` is its spec hash.

    `linking` finds them. They exist while `post` is public.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="links", db_index=False)
    target = models.ForeignKey(Post, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    embed = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "target"], condition=Q(target__isnull=False), name="one_link_to_a_post"
            ),
            models.UniqueConstraint(fields=["post", "embed"], condition=~Q(embed=""), name="one_link_to_a_run"),
            models.CheckConstraint(
                condition=Q(target=None) & ~Q(embed="") | Q(target__isnull=False) & Q(embed=""),
                name="link_to_post_or_run",
            ),
        ]
        indexes = [
            models.Index("post", name="link_post"),
            models.Index("target", F("post").desc(), name="link_target", condition=Q(target__isnull=False)),
            models.Index("embed", F("post").desc(), name="link_embed", condition=~Q(embed="")),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} links to {self.embed or f'post {self.target_id}'}"
