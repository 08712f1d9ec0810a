from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogsConfig(AppConfig):
    name = "community.blogs"
    verbose_name = _("Blogs")

    def ready(self) -> None:
        from community.content import routes
        from community.content.models import Kind

        routes.register(Kind.ARTICLE, write="blogs:write", edit="blogs:edit")
        routes.register(Kind.NOTE, write="blogs:note-write")
