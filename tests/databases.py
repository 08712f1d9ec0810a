"""Which tests run on PostgreSQL too: all database tests, except those with the same result on both.

A new test runs on both. Add a file, or one of its tests, below if it tests pages, texts or headers, and its queries are
tested on both databases elsewhere.
"""

from collections.abc import Iterable
from pathlib import Path

FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_serialized_rollback"})
SAME_ON_BOTH = (
    "tests/architecture/test_budgets.py",
    "tests/architecture/test_chinese_words.py",
    "tests/architecture/test_pages.py",
    "tests/architecture/test_routes.py::test_a_form_is_refused_whoever_sends_it_from_anywhere",
    "tests/architecture/test_routes.py::test_a_form_of_another_site_is_refused",
    "tests/architecture/test_routes.py::test_what_has_no_row_for_a_method_does_not_take_it",
    "tests/community/accounts/test_avatars.py",
    "tests/community/accounts/test_password.py",
    "tests/community/accounts/test_settings.py",
    "tests/community/accounts/test_sign_in.py",
    "tests/community/accounts/test_sign_up.py",
    "tests/community/api/test_access.py",
    "tests/community/api/test_openapi.py",
    "tests/community/api/test_run_files.py",
    "tests/community/blogs/test_articles.py",
    "tests/community/blogs/test_feeds.py",
    "tests/community/blogs/test_writing.py",
    "tests/community/common/test_checks.py",
    "tests/community/common/test_compression.py",
    "tests/community/common/test_middleware.py",
    "tests/community/experiments/test_datasets.py",
    "tests/community/experiments/test_doors.py",
    "tests/community/experiments/test_frames.py",
    "tests/community/experiments/test_pictures.py",
    "tests/community/experiments/test_playground.py",
    "tests/community/experiments/test_run_page.py",
    "tests/community/experiments/test_stream.py",
    "tests/community/experiments/test_worked_steps.py",
    "tests/community/forum/test_thread_page.py",
    "tests/community/pages/",
    "tests/community/scripts/",
    "tests/faults/test_headers.py",
    "tests/faults/test_wrong_configs.py",
)
# No test here touches a database. To collect them costs seconds in each process.
WITHOUT = (
    "tests/bpsandbox/charts/",
    "tests/bpsandbox/core/",
    "tests/bpsandbox/doctor/",
    "tests/bpsandbox/document/",
    "tests/bpsandbox/explain/",
    "tests/bpsandbox/golden/",
    "tests/bpsandbox/oracles/",
    "tests/bpsandbox/runner/",
    "tests/bpsandbox/spec/",
    "tests/bpsandbox/twins/",
    "tests/bpsandbox/wrong_cores/",
    "tests/community/rendering/",
)


def touches_the_database(item) -> bool:
    return bool(item.get_closest_marker("django_db") or FIXTURES & set(getattr(item, "fixturenames", ())))


def runs_on_both(item) -> bool:
    return touches_the_database(item) and not is_listed(item.nodeid, SAME_ON_BOTH + WITHOUT)


def is_listed(nodeid: str, names: Iterable[str]) -> bool:
    """Return whether the test, its file or a folder of it is among the names: none that only begins like one."""
    name = nodeid.partition("[")[0]
    file, folders = name.partition("::")[0], [f"{folder}/" for folder in Path(name.partition("::")[0]).parents]
    return not {name, file, *folders}.isdisjoint(names)


def is_left_out(path: Path, config) -> bool:
    """Return whether no test of a file or folder is asked for, since those that run on both are."""
    if not config.option.markexpr.startswith("both and ") or not path.is_relative_to(config.rootpath):
        return False
    name = path.relative_to(config.rootpath).as_posix() + ("/" if path.is_dir() else "")
    return is_listed(name, SAME_ON_BOTH + WITHOUT)
