"""Migrations can be applied while two releases run."""

import re

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from community.common.deploys import split
from community.launch.paths import ROOT
from tests.architecture import rolling
from tests.architecture.rolling import complaints

# The last of each app in releases that are out.
GRANDFATHERED = {
    "accounts": "0002_formulas",
    "api": "0003_idempotency_lease",
    "audit": "0003_no_post",
    "blogs": "0001_initial",
    "bpsandbox": "0005_turns",
    "content": "0005_reply_to",
    "forum": "0002_events_move",
    "media": "0001_initial",
    "moderation": "0003_more_reasons",
    "notifications": "0002_note",
    "search": "0002_documents_without_dates",
    "social": "0001_initial",
}


def ours() -> list[tuple[Migration, ProjectState]]:
    """Return the migrations to check, each with the state before it."""
    loader = MigrationLoader(None)
    names = {
        app: sorted(name for label, name in loader.disk_migrations if label == app) for app in loader.migrated_apps
    }
    here = [key for key in loader.disk_migrations if loader.disk_migrations[key].__module__.startswith(OUR_PACKAGES)]
    new = [key for key in here if names[key[0]].index(key[1]) > _last(names, key[0])]
    return [(loader.disk_migrations[key], loader.project_state(key, at_end=False)) for key in sorted(new)]


OUR_PACKAGES = ("community.", "bpsandbox.")


def _last(names: dict[str, list[str]], app: str) -> int:
    return names[app].index(GRANDFATHERED[app]) if app in GRANDFATHERED else -1


def test_every_migration_is_on_its_side_of_the_deploy():
    found = [f"{migration}: {each}" for migration, state in ours() for each in complaints(migration, state)]
    assert found == []


def test_they_can_be_rolled_out_in_one_release():
    """None of before the deploy needs one of after it. After a release, GRANDFATHERED moves on to its last ones."""
    new = {(migration.app_label, migration.name) for migration, _state in ours()}
    loader = MigrationLoader(None)
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf) if key in new]
    before, after = split([loader.disk_migrations[key] for key in dict.fromkeys(plan)], loader.graph)
    assert len(before) + len(after) == len(new)


def test_the_list_names_migrations_that_exist():
    known = MigrationLoader(None).disk_migrations
    assert [key for key in GRANDFATHERED.items() if key not in known] == []


# === The check itself ===


def found(*operations, **declared) -> list[str]:
    """Return the verdicts on a migration of a table with a required, an optional and a unique column."""
    migration = Migration("0002_next", "forum")
    migration.operations = list(operations)
    for name, value in declared.items():
        setattr(migration, name, value)
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("required", models.CharField(max_length=20)),
        ("optional", models.CharField(max_length=20, null=True)),
        ("ready", models.IntegerField(db_default=0)),
    ]
    state = ProjectState({("forum", "row"): ModelState("forum", "Row", fields)})
    words = (rolling.NEVER, rolling.AFTER, rolling.SAY_WHICH)
    sentences = list(complaints(migration, state))
    return [next(word for word in words if f" {word}: " in sentence) for sentence in sentences]


@pytest.mark.parametrize(
    "operation",
    [
        ops.CreateModel("New", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        ops.AddField("row", "new", models.TextField(null=True)),
        ops.AddField("row", "new", models.IntegerField(db_default=3)),
        ops.AddField("row", "new", models.ManyToManyField("forum.Row")),
        ops.AddIndex("row", models.Index(fields=["required"], name="row_required")),
        ops.AlterField("row", "required", models.CharField(max_length=40)),
        ops.AlterField("row", "required", models.TextField()),
        ops.AlterField("row", "required", models.CharField(max_length=20, null=True, verbose_name="x")),
        ops.SeparateDatabaseAndState(state_operations=[ops.DeleteModel("Row")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_adds_is_before(operation):
    assert found(operation) == []


@pytest.mark.parametrize(
    "operation",
    [
        ops.RemoveField("row", "optional"),
        ops.RemoveField("row", "ready"),
        ops.DeleteModel("Row"),
        ops.AlterField("row", "optional", models.CharField(max_length=20)),
        ops.SeparateDatabaseAndState(database_operations=[ops.DeleteModel("Row")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_takes_away_is_after(operation):
    assert found(operation) == found(operation, is_post_deployment=False) == [rolling.AFTER]
    assert found(operation, is_post_deployment=True) == []


@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("row", "new", models.TextField()),
        ops.AddField("row", "new", models.IntegerField(default=3)),
        ops.RemoveField("row", "required"),
        ops.RenameField("row", "required", "needed"),
        ops.RenameModel("Row", "Line"),
        ops.AlterModelTable("Row", "lines"),
        ops.AlterField("row", "required", models.CharField(max_length=20, db_column="other")),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_one_of_two_releases_cannot_live_with_is_never(operation):
    assert found(operation) == found(operation, is_post_deployment=True) == [rolling.NEVER]


@pytest.mark.parametrize(
    "operation",
    [
        ops.RunPython(ops.RunPython.noop),
        ops.RunSQL("SELECT 1"),
        ops.AddConstraint("row", models.UniqueConstraint(fields=["required"], name="row_once")),
        ops.RemoveConstraint("row", "row_once"),
        ops.AlterField("row", "required", models.CharField(max_length=20, unique=True)),
        ops.AlterField("row", "required", models.CharField(max_length=10)),
        ops.AlterField("row", "ready", models.TextField(db_default="")),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_cannot_be_judged_is_declared(operation):
    assert found(operation) == [rolling.SAY_WHICH]
    assert found(operation, is_post_deployment=True) == found(operation, is_post_deployment=False) == []


def test_a_table_made_in_the_same_migration_is_unknown_to_the_old_code():
    new = ops.CreateModel("New", [("id", models.BigAutoField(primary_key=True))])
    assert found(new, ops.AddField("new", "name", models.TextField(default=""))) == []


# What migrations read that will change. None is added: what a migration did does not change with it. The exception is
# the index of search, which can always be made anew: without their words, no title would be found until then.
READ_LIVE = {
    ("0001_initial", "community.search.backends"),
    ("0004_facts", "community.search.backends"),
    ("0004_facts", "community.search.tokens"),
    ("0005_people_and_tags", "community.rendering.plain"),
    ("0005_people_and_tags", "community.search.backends"),
    ("0005_people_and_tags", "community.search.facts"),
    ("0005_people_and_tags", "community.search.tokens"),
    ("0007_names_of_sqlite", "community.search"),
    ("0007_names_of_sqlite", "community.search.backends"),
    ("0007_names_of_sqlite", "community.search.tokens"),
}
LIVE = re.compile(r"^from (community\.(?!common\.)[\w.]+|bpsandbox\.[\w.]+) import", re.MULTILINE)


def test_migrations_import_no_rules_that_will_change():
    paths = [*ROOT.glob("community/*/migrations/*.py"), *ROOT.glob("bpsandbox/migrations/*.py")]
    found = {(path.stem, module) for path in paths for module in LIVE.findall(path.read_text())}
    assert found == READ_LIVE
