"""Import rules: the contracts are in pyproject.toml."""

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.apps import apps

from community.launch.paths import ROOT

APPS_DOWNWARD = [
    ("pages", "api"),
    ("profiles",),
    ("moderation", "experiments"),
    ("forum", "blogs", "lists", "review", "saved"),
    ("social",),
    ("content",),
    ("search", "notifications", "media"),
    ("mutes",),
    ("audit",),  # next to accounts, but for the key of the actor
    ("accounts",),
]


def test_every_import_contract_is_kept():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:]


def test_no_module_of_the_engine_imports_itself_by_way_of_others():
    """The contracts exclude imports for type checking; here they count."""
    graph = grimp.build_graph("bpsandbox", exclude_type_checking_imports=False, cache_dir=None)
    ours = graph.find_descendants("bpsandbox.core")
    imports = {module: graph.find_modules_directly_imported_by(module) & ours for module in ours}
    assert sum(map(len, imports.values())) > 100
    TopologicalSorter(imports).prepare()  # raises CycleError with the cycle


def _rank(label: str) -> int | None:
    return next((rank for rank, row in enumerate(APPS_DOWNWARD) if label in row), None)


def _foreign_keys():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is not None:
                yield model, field


@pytest.mark.parametrize(
    ("model", "field"), [pytest.param(*pair, id=f"{pair[0]._meta.label}.{pair[1].name}") for pair in _foreign_keys()]
)
def test_a_foreign_key_points_downward(model, field):
    here, there = _rank(model._meta.app_label), _rank(field.related_model._meta.app_label)
    if here is None or there is None:
        return
    assert here < there or model._meta.app_label == field.related_model._meta.app_label


def test_the_sandbox_points_at_nothing_of_the_site():
    ours = {label for row in APPS_DOWNWARD for label in row}
    targets = {
        field.related_model._meta.app_label for model, field in _foreign_keys() if model._meta.app_label == "bpsandbox"
    }
    assert targets & ours <= {"accounts"}, "only the swappable user model may be pointed at"
