from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "community.forum"
    verbose_name = _("Forum")

    def ready(self) -> None:
        from community.notifications.verbs import Group, Verb, register_verb

        register_verb(Verb("accept", _("{actor} accepted your answer to {title}"), "circle-check", Group.TO_YOU))
