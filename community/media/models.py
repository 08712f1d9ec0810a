"""Uploaded pictures, decoded and re-encoded. The file is named by content hash and shared by its owners."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from community.rendering.smaller import WIDTHS, copy_of, srcset


class Asset(models.Model):
    """A person's picture.

    `sha256` is of the stored file (64 hex digits): its URL cannot be guessed and never changes.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assets")
    sha256 = models.CharField(max_length=64)
    extension = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "sha256"], name="asset_once"),)
        indexes = (models.Index(fields=["sha256"], name="asset_by_hash"),)

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.extension}"

    def get_absolute_url(self) -> str:
        return reverse("media:asset", args=[self.sha256, self.extension])

    @property
    def path(self) -> str:
        """Path of the file below MEDIA_ROOT."""
        return f"assets/{self.sha256[:2]}/{self.sha256}.{self.extension}"

    @property
    def srcset(self) -> str:
        """Its smaller copies and itself, for `srcset`; empty if it is small."""
        return srcset(self.get_absolute_url(), self.width)

    @property
    def smallest(self) -> str:
        """The address of its smallest copy, or its own."""
        return copy_of(self.get_absolute_url(), WIDTHS[0]) if self.srcset else self.get_absolute_url()

    @property
    def markdown(self) -> str:
        return f"![{self.name}]({self.get_absolute_url()})"
