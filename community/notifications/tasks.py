from django.tasks import task

from community.notifications.mail import digests
from community.notifications.mail import letters as mail_letters
from community.notifications.push import sending as push_sending


@task()
def send_letters(letters: list[int]) -> None:
    mail_letters.send_letters(letters)


@task()
def send_digests(people: list[int]) -> None:
    digests.send_digests(people)


@task(priority=-10)  # it waits for hosts that members named: other jobs come first
def send_pushes(pushes: list[int]) -> None:
    push_sending.send_pushes(pushes)
