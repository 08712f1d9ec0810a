from django.tasks import task

from community.accounts import bio, outbox
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


@task(priority=10)  # somebody waits for it
def send_account_mail(mails: list[int]) -> None:
    outbox.send_each(mails)
