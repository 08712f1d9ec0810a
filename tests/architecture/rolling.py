"""What a migration does to the code of the release before it, which runs on beside it for a while.

Old code writes rows without the new columns, and reads and writes the columns that it knows. New code does the same
until the migrations of afterwards are applied.
"""

from collections.abc import Iterator

from django.db import connection, models
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

NEVER = "breaks one of the two releases whenever it is applied"
AFTER = "needs is_post_deployment = True"
SAY_WHICH = "needs is_post_deployment = True, or False if the release before runs on it"


def complaints(migration: Migration, before: ProjectState) -> Iterator[str]:
    """Yield one sentence for each operation that is not where it belongs."""
    declared = getattr(migration, "is_post_deployment", None)
    state, made_here = before.clone(), set()
    for operation in migration.operations:
        if isinstance(operation, ops.CreateModel):
            made_here.add(operation.name_lower)
        for part in parts(operation):
            verdict, why = judged(part, migration.app_label, state, made_here)
            if verdict == NEVER or (verdict == AFTER and declared is not True):
                yield f"{part.describe()} {verdict}: {why}"
            if verdict == SAY_WHICH and declared is None:
                yield f"{part.describe()} {verdict}: {why}"
        operation.state_forwards(migration.app_label, state)


def parts(operation) -> list:
    """Return what is done to the database."""
    return operation.database_operations if isinstance(operation, ops.SeparateDatabaseAndState) else [operation]


def judged(operation, app: str, state: ProjectState, made_here: set[str]) -> tuple[str, str]:
    """Return a verdict and its reason, or two empty strings."""
    if getattr(operation, "model_name_lower", "") in made_here:
        return "", ""
    match operation:
        case ops.AddField():
            return _added(operation.field)
        case ops.RemoveField():
            return _removed(_field(state, app, operation))
        case ops.DeleteModel():
            return AFTER, "the old code reads the table"
        case ops.AlterField():
            return _altered(_field(state, app, operation), operation.field)
        case ops.RenameField():
            return NEVER, "keep the old name of the column with db_column"
        case ops.RenameModel() | ops.AlterModelTable():
            return NEVER, "keep the old name of the table with db_table"
        case ops.AddConstraint() | ops.AlterUniqueTogether():
            return SAY_WHICH, "the old code may write rows that it refuses"
        case ops.RemoveConstraint():
            return SAY_WHICH, "the old code may rely on it, for instance to write a row once"
        case ops.RunPython() | ops.RunSQL():
            return SAY_WHICH, "what it does cannot be seen here"
    return "", ""


def _field(state: ProjectState, app: str, operation) -> models.Field:
    return state.models[app, operation.model_name_lower].get_field(operation.name)


def is_optional(field: models.Field) -> bool:
    """Return whether a row can be written without the column."""
    return field.many_to_many or field.null or field.has_db_default()


def _added(field: models.Field) -> tuple[str, str]:
    if is_optional(field):
        return "", ""
    return NEVER, "the old code writes rows without it; give it db_default or null=True"


def _removed(field: models.Field) -> tuple[str, str]:
    if is_optional(field):
        return AFTER, "the old code reads the column"
    return NEVER, "the new code writes rows without it; first give it db_default or null=True"


def _altered(old: models.Field, new: models.Field) -> tuple[str, str]:
    if old.db_column != new.db_column:
        return NEVER, "keep the old name of the column with db_column"
    if old.null and not new.null:
        return AFTER, "the old code may write a row without it"
    if not old.unique and new.unique:
        return SAY_WHICH, "the old code may write rows that it refuses"
    if _type(old) != _type(new) and not _is_longer(old, new):
        return SAY_WHICH, "the type of the column changes"
    return "", ""


def _type(field: models.Field) -> tuple:
    """Return class and size; relations cannot say their type before they are resolved."""
    if field.is_relation:
        return (type(field),)
    return (field.get_internal_type(), field.db_type(connection) if field.max_length is None else field.max_length)


def _is_longer(old: models.Field, new: models.Field) -> bool:
    texts = {"CharField", "SlugField", "TextField", "URLField", "EmailField"}
    kinds = {old.get_internal_type(), new.get_internal_type()}
    return kinds <= texts and (new.max_length is None or (old.max_length or 10**9) <= new.max_length)
