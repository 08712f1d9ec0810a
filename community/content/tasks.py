from django.tasks import task

from community.common.jobs.again import try_again
from community.content import audience, delivery, linking, merging, reindexing, rerendering


@task()
def announce_post(post_id: int) -> None:
    delivery.announce(post_id)


@task()
def announce_version(post_id: int, version: int) -> None:
    delivery.announce_edit(post_id, version)


@task()
def announce_edit(post_id: int) -> None:
    """For jobs of the release before, which does not name the version."""
    delivery.announce_edit(post_id)


@task()
def find_links(post_id: int) -> None:
    linking.find_links(post_id)


@task()
def redeliver_thread(thread_id: int) -> None:
    audience.redeliver(thread_id)


@task()
def reindex_thread(thread_id: int, after: int) -> None:
    reindexing.reindex(thread_id, after)


@task()
def move_tagged(tag_id: int) -> None:
    merging.move_tagged(tag_id)


@task()
def reindex_tag(tag_id: int, after: int) -> None:
    reindexing.reindex_tag(tag_id, after)


@task()
def render_again(post_id: int, tried: int = 0) -> None:
    if not rerendering.render_again(post_id=post_id) and rerendering.is_failed(post_id):
        try_again(render_again, tried, post_id=post_id)
