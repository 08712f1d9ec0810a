"""Distribution of tests to processes: a file is never split, so that module fixtures are set up once.

Complete sites begin first: they take longest, and one that began last would delay the end.
"""

from xdist.scheduler import LoadFileScheduling

# Files whose sites are started once.
TOGETHER = ("tests/journeys/", "tests/community/launch/test_production.py")
FIRST = (
    *TOGETHER,
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
        self.config.option.loadscopereorder = False  # in the order of `begins_at`, not by number of tests

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER[0] if nodeid.startswith(TOGETHER) else nodeid.split("::", 1)[0]


def begins_at(nodeid: str) -> int:
    """Return a test's sort key: lower begins earlier."""
    return next((place for place, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))
