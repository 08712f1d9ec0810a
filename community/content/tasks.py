from django.tasks import task

from . import delivery


@task()
def announce_post(post_id: int) -> None:
    delivery.announce(post_id)


@task()
def announce_edit(post_id: int) -> None:
    delivery.tell_mentioned(post_id)
