from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogsConfig(AppConfig):
    name = "community.blogs"
    verbose_name = _("Blogs")

    def ready(self) -> None:
        from community.blogs import plans, summaries
        from community.blogs.series import selectors, services, telling
        from community.common import housekeeping
        from community.common.changes import Topic, watch
        from community.content import places
        from community.content.topics import inside_thread
        from community.mutes import effects
        from community.social import followed

        from .models import Article, Part, Series

        watch(Article, topics=inside_thread())
        watch(Series, topics=[Topic("series", "id"), Topic("person", "owner_id")])
        watch(Part, topics=[Topic("series", "series_id"), *inside_thread("article_id")])
        places.register("blogs:article", "blogs:article-short", "blogs:note")
        plans.register()
        housekeeping.register("summaries of articles", summaries.render_again)
        effects.register(effects.Effect(done=services.after_mute))
        telling.register()
        series = (selectors.follows_of, "blogs/followed_series.html", selectors.find_series)
        followed.register(followed.Followed("series", _("Series"), *series))
