"""Which tests run on PostgreSQL too.

At the commit stage those that are marked `both`, beside the test or as `pytestmark` of the file: what tests search,
locks, constraints, raw SQL, keyset lists, races, migrations, or the order of rows. In `./run test --all` every test of
the database.
"""

from pathlib import Path

FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_serialized_rollback"})
MARK = "mark.both"


def touches_the_database(item) -> bool:
    return bool(item.get_closest_marker("django_db") or FIXTURES & set(getattr(item, "fixturenames", ())))


def has_none_for_postgresql(path: Path, config) -> bool:
    """Return whether only marked tests are asked for and a file has none: to import them all costs seconds."""
    is_asked = config.option.markexpr.startswith("both and ") and path.name.startswith("test_")
    return is_asked and path.is_file() and MARK not in path.read_text(encoding="utf-8")
