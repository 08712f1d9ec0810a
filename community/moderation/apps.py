from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "community.moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from community.common import slots
        from community.content import corrections
        from community.moderation import notices, selectors

        notices.register()
        corrections.register_reaction(selectors.is_reported)
        slots.fill("post-menu", "moderation/post_menu.html")
        slots.fill("person-menu", "moderation/person_menu.html")
