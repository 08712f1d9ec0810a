"""Fill the site's database with a synthetic community: `./run bench seed_load --size large`.

*large* has 200 people, 12,000 threads and 102,000 posts, one thread of 2,000; *huge* 20,000 people, 100,000 threads
and 1,000,000 posts, one thread of 10,000, a person with 10,000 followers, one who follows 2,000, and 2,000 runs;
*small* a tenth of large, *tiny* a few dozen threads for tests. The same size gives the same texts everywhere.

The database is that of DJANGO_SETTINGS_MODULE and its CHAINRULE_ variables (default: the embedded site of
CHAINRULE_VAR); it must be prepared (`./run manage prepare --without-demo`) and have no threads yet.
"""

# runs in: site

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")
    import django

    django.setup()
    from bench.load.community import Community, analyze
    from bench.load.texts import SHAPES
    from community.content.models import Thread

    if Thread.objects.exists():
        print("This database has threads already; give an empty one.", file=sys.stderr)
        return 1
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    Community(SHAPES[options.size], say=say).write()
    say("analyzing")
    analyze()
    say("done")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("tiny", "small", "large", "huge"), default="large")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
