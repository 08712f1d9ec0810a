"""Keep runs training: `python -m bench.traffic.trainings 2` with the site's settings, until standard input closes.

Each run takes several seconds of processor time; a new one is queued when one has ended.
"""

from __future__ import annotations

import select
import sys
import time

CONFIG = """\
seeds: [{seed}, 7]
dataset: {{name: spiral}}
model: {{layers: [{{type: Linear, out_features: 24, activation: tanh}}, {{type: Linear, out_features: 1}}]}}
loss: {{type: MSELoss}}
training: {{epochs: 20000, batch_size: full, eval_every: 100}}
"""


def main() -> int:
    import django

    django.setup()
    from bpsandbox import api
    from bpsandbox.models import Run

    wanted, queued = int(sys.argv[1]), 0
    first = time.time_ns() % 1_000_000
    while True:
        active = Run.objects.filter(state__in=("queued", "running")).count()
        for _ in range(wanted - active):
            api.submit(config_text=CONFIG.format(seed=first + queued), is_system=True, target=("bench", queued))
            queued += 1
        print(queued, flush=True)
        if select.select([sys.stdin], [], [], 1.0)[0]:
            return 0


if __name__ == "__main__":
    sys.exit(main())
