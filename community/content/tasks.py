from django.tasks import task

from community.content import delivery, rerendering


@task()
def announce_post(post_id: int) -> None:
    delivery.announce(post_id)


@task()
def announce_edit(post_id: int) -> None:
    delivery.announce_edit(post_id)


@task()
def render_again(post_id: int) -> None:
    rerendering.render_again(post_id=post_id)
