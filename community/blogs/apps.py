from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogsConfig(AppConfig):
    name = "community.blogs"
    verbose_name = _("Blogs")

    def ready(self) -> None:
        from community.blogs import plans
        from community.common.changes import watch
        from community.content import places
        from community.content.topics import inside_thread

        from .models import Article

        watch(Article, topics=inside_thread())
        places.register("blogs:article", "blogs:article-short", "blogs:note")
        plans.register()
