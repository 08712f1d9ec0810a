"""Train one config through the queue and a real child, on a separate database; print what was stored.

python -m tests.bpsandbox.one_run < CONFIG, with HOST_VAR and optionally HOST_DATABASE in the environment.
"""

import json
import os
import sys

SERIES = ("seeds", "epochs", "steps", "curves", "final", "best", "best_epoch", "stop")


def series(document):
    """Return the series as text: equal texts are equal numbers, to the last bit."""
    return json.dumps({name: document[name] for name in SERIES if name in document}, sort_keys=True)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bpsandbox.host.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bpsandbox import api, leases
    from bpsandbox.models import Run
    from bpsandbox.runner import Children, results
    from bpsandbox.worker import Flag, Training

    api.submit(config_text=sys.stdin.read(), is_system=True, target=("page", 1))
    Training(leases.claim_next("one"), stopping=Flag(), children=Children()).run()
    run = Run.objects.get()
    document = results.unpack(bytes(run.archive)).to_json()
    stored = {"result": series(run.result), "card": series(run.card), "summary": run.summary}
    print(json.dumps({"archive": series(document), **stored}, sort_keys=True))


if __name__ == "__main__":
    main()
