"""Which process runs which tests: a file is never divided, so that what a module sets up is set up once.

Whole sites begin first: they take longest, and one that began last would let the other processes wait for it.
"""

from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/journeys/",)  # their sites are opened once
FIRST = (
    "tests/journeys/",
    "tests/faults/test_embedded.py",
    "tests/faults/test_production.py",
    "tests/community/launch/",
    "tests/bpsandbox/test_worker.py",
    "tests/architecture/",
    "tests/faults/",
    "tests/bpsandbox/",
)


class ByFile(LoadFileScheduling):
    def __init__(self, config, log=None) -> None:
        super().__init__(config, log)
        self.config.option.loadscopereorder = False  # in the order of `begins_at`, not the most numerous file first

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", 1)[0])


def begins_at(nodeid: str) -> int:
    """Return a test's place in the order: small for what begins first."""
    return next((place for place, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))
