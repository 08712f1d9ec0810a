from django.core.management.base import BaseCommand

from community.content.models import Post
from community.content.rerendering import render_again
from community.rendering.context import VERSION


class Command(BaseCommand):
    help = "Make the html of posts anew that another version of the renderer made, or that it failed on."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--all", action="store_true", help="every post, whatever made its html")

    def handle(self, *, all: bool, **options) -> None:
        posts = Post.objects.order_by("pk") if all else Post.objects.exclude(html_version=str(VERSION)).order_by("pk")
        keys = posts.values_list("pk", flat=True).iterator(chunk_size=500)
        made = sum(render_again(post_id=pk) for pk in keys)
        self.stdout.write(f"{made} made anew.")
