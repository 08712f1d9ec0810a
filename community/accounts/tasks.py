from django.tasks import task

from community.accounts import bio
from community.accounts.models import User
from community.common.jobs.again import try_again


def finish_bio(person: User) -> None:
    """Have a job render a saved bio whose rendering failed."""
    if person.bio and not person.bio_html_version:
        render_bio.enqueue(user_id=person.pk)


@task()
def render_bio(user_id: int, tried: int = 0) -> None:
    if not bio.render_again(user_id=user_id):
        try_again(render_bio, tried, user_id=user_id)
