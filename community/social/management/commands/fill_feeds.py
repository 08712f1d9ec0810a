from itertools import chain

from django.core.management.base import BaseCommand

from community.accounts.models import User
from community.common.progress import Progress
from community.common.walk import batches
from community.social import feeds


class Command(BaseCommand):
    help = "Bring what people follow into their home feeds, as after an update from a version without stored feeds."

    def handle(self, **options) -> None:
        people = User.objects.filter(is_active=True)
        with Progress(self.stderr, people.count(), "feeds") as progress:
            for done, pk in enumerate(chain.from_iterable(batches(people)), start=1):
                feeds.fill_anew(User(pk=pk))
                progress(done)
