"""Restores rows created by migrations, such as the categories, after a test that empties the database.

Such a test has no transaction to roll back. It can run before others, since a file stays in one process.
"""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from community.search.backends import backend

MADE_AGAIN = {"contenttypes", "auth"}  # after every flush, by Django itself
first_rows: dict[type[Model], list[Model]] = {}


def remember() -> None:
    there = set(connection.introspection.table_names())  # the search tables differ between databases
    for model in apps.get_models():
        if model._meta.app_label in MADE_AGAIN or model._meta.db_table not in there:
            continue
        if rows := list(model._base_manager.order_by("pk")):
            first_rows[model] = rows


def bring_back() -> None:
    """Write them again, and empty the table of searched words, which is no model's and which a flush leaves."""
    with transaction.atomic():
        backend().delete(list(backend().words().values_list("pk", flat=True)))
        for model, rows in first_rows.items():
            model._base_manager.bulk_create(rows, ignore_conflicts=True)


def empties_the_database(item) -> bool:
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and (marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return bool(is_marked or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
