from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "community.forum"
    verbose_name = _("Forum")

    def ready(self) -> None:
        from community.common import slots
        from community.content import places, reader_state
        from community.forum import inviting, proofs
        from community.notifications.topics import Topic
        from community.notifications.verbs import Verb, register_verb

        register_verb(Verb("accept", _("{actor} accepted your answer to {title}"), "circle-check", Topic.ACCEPTED))
        invites = _("{actor} asks you to answer {title}")
        register_verb(Verb("invite", invites, "message-circle-question-mark", Topic.INVITATIONS))
        places.register("forum:thread", "forum:thread-short", "forum:post")
        reader_state.register("forum", proofs.on_posts, inviting.of_reader)
        slots.fill("post-side", "forum/answer_mark.html", place=1)
        slots.fill("post-notices", "forum/answer_proof.html")
        slots.fill("post-menu", "forum/proof_item.html")
        slots.fill("notifications-first-step", "forum/read_step.html")
        slots.fill("bookmarks-first-step", "forum/latest_step.html")
