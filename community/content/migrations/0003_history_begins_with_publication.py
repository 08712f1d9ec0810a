"""Forget what threads said before they were published: earlier versions, and moments from before."""

from django.db import migrations
from django.db.models import F


def forget(apps, schema_editor):
    revision, post, thread = (apps.get_model("content", name) for name in ("Revision", "Post", "Thread"))
    since = F("post__thread__published_at")
    revision.objects.filter(post__role="opening", created_at__lte=since).order_by().delete()
    published = F("thread__published_at")
    post.objects.filter(role="opening", edited_at__lte=published).update(edited_at=None)
    thread.objects.filter(created_at__lt=F("published_at")).update(created_at=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("content", "0002_categories")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
