"""The contributors' guide is correct: its examples run, and its table names what exists."""

import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from tests.factories import ThreadFactory

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/contributing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (?!to add|---)(.+) \| (.+) \| (.+) \|$", re.MULTILINE)
REFUSAL = re.compile(r'^class (\w+)\(\w+\):  # code "(\w+)", status (\d+)$', re.MULTILINE)
TABLE = PAGE.partition("## Where does it go?")[2].partition("\n## ")[0]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


@pytest.fixture
def examples(member, rf, settings, monkeypatch) -> dict:
    """Run every example from top to bottom; return the names they define."""
    settings.TASKS = TASKS
    post = ThreadFactory().opening_post
    request = rf.post("/", {"value": "1"})
    request.user = member
    module = ModuleType("contributing")  # tasks are found by the names of their modules
    monkeypatch.setitem(sys.modules, "contributing", module)
    names = vars(module)
    names.update(request=request, user=member, post=post, pk=post.pk)
    for block in BLOCK.finditer(PAGE):
        line = PAGE[: block.start(1)].count("\n")
        exec(compile("\n" * line + block.group(1), "docs/contributing.md", "exec"), names)
    return names


@pytest.mark.django_db
def test_every_example_runs(examples):
    assert examples["value"] == 1
    assert examples["page"].items == [examples["post"].thread]


@pytest.mark.django_db
def test_a_refusal_has_the_code_and_the_status_of_its_comment(examples):
    described = REFUSAL.findall(PAGE)
    assert described == [(name, examples[name].code, str(examples[name].status)) for name, _code, _status in described]
    assert len(described) == 2


@pytest.mark.django_db
def test_a_refusal_of_the_page_is_the_one_in_the_code(examples):
    from community.content.errors import ThreadLocked

    assert (examples["ThreadLocked"].status, examples["ThreadLocked"].code) == (ThreadLocked.status, ThreadLocked.code)


@pytest.mark.django_db
def test_a_job_of_the_page_goes_with_its_transaction(examples):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        examples["publish"](post=examples["post"])
        assert DBTaskResult.objects.count() == 1
        raise ZeroDivisionError
    assert DBTaskResult.objects.count() == 0


@pytest.mark.django_db
def test_the_stream_of_the_page_is_one(examples):
    async def visitor():
        from django.contrib.auth.models import AnonymousUser

        return AnonymousUser()

    examples["request"].auser = visitor
    response = async_to_sync(examples["events"])(examples["request"])
    response.close()
    assert response["Content-Type"].startswith("text/event-stream")


def _named() -> list[str]:
    cells = [cell for _what, change, example in ROW.findall(TABLE) for cell in (change, example)]
    return sorted({name for cell in cells for name in re.findall(r"`([^`]+)`", cell)})


def _exists(name: str) -> bool:
    if "/" in name and " " not in name:
        return (ROOT / name).exists()
    if name.startswith(("community.", "bpsandbox.", "tests.")):
        return _resolves(name)
    if name.endswith(".py"):
        return any(ROOT.glob(f"community/*/{name}"))
    return True


def _resolves(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True


def test_everything_in_the_table_exists():
    names = _named()
    assert len(ROW.findall(TABLE)) > 25
    assert len(names) > 80
    assert [name for name in names if not _exists(name)] == []
