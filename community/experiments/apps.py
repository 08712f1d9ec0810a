from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperimentsConfig(AppConfig):
    name = "community.experiments"
    verbose_name = _("Experiments")

    def ready(self) -> None:
        from bpsandbox import api
        from community.common import readiness, slots
        from community.content import places
        from community.content.drafts import register_beginning

        from . import embeds, finding, invariants, playground, receivers, roundup, topics

        topics.register()
        embeds.register()
        finding.connect()
        invariants.register()
        places.register("experiments:run")
        receivers.connect()
        register_beginning(playground.BEGUN, playground.begun)
        roundup.connect()
        slots.fill("editor-attrs", "experiments/editor_attrs.html")
        slots.fill("editor-help", "experiments/editor_help.html")
        slots.fill("settings-parts", "experiments/run_allowance.html")
        readiness.register("training", lambda: api.workers_alive() > 0, reads_database=True)
