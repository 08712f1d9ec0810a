"""Test suite configuration: where tests run, and in which order."""

import pytest
from django.core.management import call_command

from community.content.models import Category
from community.content.services import start_thread
from community.launch.paths import ROOT
from community.search.backends import backend
from tests.databases import SAME_ON_BOTH, WITHOUT, is_listed
from tests.factories import PersonFactory
from tests.scheduling import FIRST, TOGETHER, ByFile, begins_at


@pytest.mark.parametrize(
    "starts", [SAME_ON_BOTH, WITHOUT, FIRST, TOGETHER], ids=["same", "without", "first", "together"]
)
def test_every_path_of_the_lists_is_there(starts):
    names = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    tests = {start: start.partition("::") for start in starts}
    there = [start for start, (path, _, test) in tests.items() if any(_has(name, path, test) for name in names)]
    assert there == [*starts]


def _has(name: str, path: str, test: str) -> bool:
    return name.startswith(path) and (not test or f"def {test}(" in (ROOT / name).read_text())


def test_a_file_is_never_divided_and_what_shares_a_site_stays_together():
    scope = ByFile._split_scope
    assert scope(None, "tests/faults/test_headers.py::test_a[b::c]") == "tests/faults/test_headers.py"
    assert {scope(None, f"tests/journeys/{name}.py::test_a") for name in ("test_main", "test_week")} == {TOGETHER[0]}
    assert scope(None, f"{TOGETHER[1]}::test_a") == TOGETHER[0]


def test_whole_sites_begin_first():
    names = [
        "tests/community/forum/test_lists.py::a",
        "tests/faults/test_headers.py::a",
        "tests/journeys/test_main.py::a",
    ]
    assert sorted(names, key=begins_at) == names[::-1]


@pytest.mark.parametrize(
    ("nodeid", "is_there"),
    [
        ("tests/a/test_b.py::test_c", True),
        ("tests/a/test_b.py::test_c[x::y]", True),
        ("tests/a/test_b.py::test_c_too", False),
        ("tests/a/test_d.py::Group::test_e[1]", True),
        ("tests/a/test_d.pyx::test_e", False),
        ("tests/f/g/test_h.py::test_i", True),
        ("tests/f/", True),
        ("tests/fg/test_h.py::test_i", False),
        ("tests/", False),
    ],
)
def test_a_list_has_what_it_names_and_nothing_that_begins_alike(nodeid, is_there):
    assert is_listed(nodeid, ("tests/a/test_b.py::test_c", "tests/a/test_d.py", "tests/f/")) is is_there


def test_what_touches_no_database_does_not_run_on_the_other(request):
    assert request.node.get_closest_marker("both") is None


@pytest.mark.django_db(transaction=True)
def test_a_test_may_empty_the_whole_database():
    assert Category.objects.exists()
    start_thread(author=PersonFactory(), kind="note", title="", source="Words that are searched.")
    assert backend().words().exists()
    call_command("flush", interactive=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_and_the_next_one_finds_what_migrations_made():
    assert Category.objects.filter(slug="training-troubles").exists()
    assert not backend().words().exists()
