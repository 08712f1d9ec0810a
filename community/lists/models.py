"""Named lists of bookmarks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 60


class ReadingList(models.Model):
    """A list of some of its owner's bookmarks, in an order of their own. Only they see it, unless it is public."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading_lists", db_index=False
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    is_public = models.BooleanField(_("everyone can see it"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="list_name_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return its address. Requires `owner` loaded."""
        return reverse("lists:list", args=[self.owner.handle, self.pk])


class ListItem(models.Model):
    """A bookmark's place in the one list that it is in. Places are in order, and may have gaps.

    The database does not check that the bookmark is there: the release before deletes bookmarks without knowing of
    lists. What it leaves behind is in no page.
    """

    reading_list = models.ForeignKey(ReadingList, on_delete=models.CASCADE, related_name="items", db_index=False)
    bookmark = models.OneToOneField(
        "social.Bookmark", on_delete=models.CASCADE, related_name="list_item", db_constraint=False
    )
    position = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["reading_list", "position", "id"], name="list_order"),)

    def __str__(self) -> str:
        return f"bookmark {self.bookmark_id} in list {self.reading_list_id}"
