from itertools import chain

from django.core.management.base import BaseCommand

from community.accounts import bio
from community.accounts.models import User
from community.common.progress import Progress
from community.common.walk import batches
from community.content.models import Post
from community.content.rerendering import render_again
from community.rendering.context import VERSION


class Command(BaseCommand):
    help = "Make the html of posts and bios anew that another version of the renderer made, or that it failed on."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--all", action="store_true", help="every post and bio, whatever made its html")

    def handle(self, *, all: bool, **options) -> None:
        posts = Post.objects.all() if all else Post.objects.exclude(html_version=str(VERSION))
        bios = User.objects.exclude(bio="")
        bios = bios if all else bios.exclude(bio_html_version=VERSION)
        made = done = 0
        with Progress(self.stderr, posts.count(), "posts") as progress:
            for pk in chain.from_iterable(batches(posts)):
                made += render_again(post_id=pk)
                done += 1
                progress(done)
        for pk in chain.from_iterable(batches(bios)):
            made += bio.render_again(user_id=pk)
        self.stdout.write(f"{made} made anew.")
