import datetime
import decimal
import uuid
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.utils import timezone

from community.common import prepared
from community.common.pagination import BrokenCursor, PreparedList, keyset_page, make_cursor, read_cursor

pytestmark = pytest.mark.both

ORDER = ("-date_joined", "-pk")


@pytest.fixture
def people(db):
    """Nine people, three of whom joined at each of three times."""
    start = timezone.now()
    return [
        get_user_model().objects.create_user(handle=f"person{n}", date_joined=start + datetime.timedelta(hours=n // 3))
        for n in range(9)
    ]


def walk(size, **kwargs):
    page = keyset_page(get_user_model().objects.all(), order=ORDER, size=size, **kwargs)
    yield page
    while page.next_cursor:
        page = keyset_page(get_user_model().objects.all(), order=ORDER, size=size, after=page.next_cursor)
        yield page


@pytest.mark.parametrize("size", [1, 2, 3, 4, 8, 9, 10])
def test_pages_hold_every_row_once_in_order(people, size):
    pages = list(walk(size))
    expected = sorted(people, key=lambda person: (person.date_joined, person.pk), reverse=True)
    assert [person for page in pages for person in page] == expected
    assert all(len(page) == size for page in pages[:-1])
    assert pages[0].previous_cursor is None


def test_going_back_shows_the_page_that_was_before(people):
    first, second, third = walk(3)
    again = keyset_page(get_user_model().objects.all(), order=ORDER, size=3, before=third.previous_cursor)
    assert again.items == second.items
    start = keyset_page(get_user_model().objects.all(), order=ORDER, size=3, before=again.previous_cursor)
    assert start.items == first.items
    assert start.previous_cursor is None
    assert start.next_cursor == first.next_cursor


def test_a_row_that_arrives_meanwhile_moves_nothing(people):
    first = next(walk(4))
    get_user_model().objects.create_user(handle="late", date_joined=timezone.now() + datetime.timedelta(days=1))
    second = keyset_page(get_user_model().objects.all(), order=ORDER, size=4, after=first.next_cursor)
    assert not set(first.items) & set(second.items)
    assert [person.handle for person in second] == ["person4", "person3", "person2", "person1"]


def test_the_query_string_keeps_the_other_parameters(people):
    request = RequestFactory().get("/", {"kind": "question", "after": next(walk(2)).next_cursor})
    page = keyset_page(get_user_model().objects.all(), order=ORDER, size=2, request=request)
    query = parse_qs(page.next_query.removeprefix("?"))
    assert query == {"kind": ["question"], "after": [page.next_cursor]}
    assert parse_qs(page.previous_query.removeprefix("?"))["kind"] == ["question"]


def test_no_offset_is_ever_used(people, django_assert_num_queries):
    cursor = next(walk(2)).next_cursor
    with django_assert_num_queries(1) as queries:
        keyset_page(get_user_model().objects.all(), order=ORDER, size=2, after=cursor)
    assert "OFFSET" not in queries[0]["sql"]


VALUES = SimpleNamespace(
    n=3, text="李雷", when=timezone.now(), day=datetime.date(2026, 1, 2), sum=decimal.Decimal("1.50"), key=uuid.uuid4()
)
NAMES = ("n", "-text", "when", "-day", "sum", "key")


def test_a_cursor_gives_back_what_it_was_made_from():
    assert read_cursor(make_cursor(VALUES, NAMES), NAMES) == list(vars(VALUES).values())


def test_a_cursor_of_another_list_is_broken():
    with pytest.raises(BrokenCursor):
        read_cursor(make_cursor(VALUES, ("n",)), ("-n",))


def test_one_changed_letter_is_noticed():
    cursor = make_cursor(VALUES, NAMES)
    for place in range(0, len(cursor), 7):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(BrokenCursor):
            read_cursor(changed, NAMES)


@pytest.mark.parametrize("order", [("-session_epoch", "handle"), ("session_epoch", "-pk"), ("-session_epoch", "-pk")])
@pytest.mark.parametrize("size", [1, 2, 4, 9])
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_parts_holds_every_row_once_in_order_both_ways(people, order, size, count):
    """Each third of the people has the same value in the first column: the parts meet within it."""
    model = get_user_model()
    for place, person in enumerate(people):
        model.objects.filter(pk=person.pk).update(session_epoch=place // 3)
    pks = [person.pk for person in people]
    parts = [model.objects.filter(pk__in=pks[place::count]) for place in range(count)]
    expected = list(model.objects.order_by(*order))
    pages = [keyset_page(model.objects.all(), order=order, size=size, parts=parts)]
    while pages[-1].next_cursor:
        after = pages[-1].next_cursor
        pages.append(keyset_page(model.objects.all(), order=order, size=size, after=after, parts=parts))
    assert [person for page in pages for person in page] == expected
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = keyset_page(model.objects.all(), order=order, size=size, before=back.previous_cursor, parts=parts)
        assert back.items == page.items


@pytest.mark.parametrize("order", [("-session_epoch", "handle"), ("-session_epoch", "-pk"), ("-date_joined", "-pk")])
@pytest.mark.parametrize("count", [1, 3])
def test_a_prepared_list_has_the_pages_of_one_that_is_not(people, order, count, django_assert_max_num_queries):
    model = get_user_model()
    for place_of, person in enumerate(people):
        model.objects.filter(pk=person.pk).update(session_epoch=place_of // 3)
    pks = [person.pk for person in people]
    own = [model.objects.filter(pk__in=pks[number::count]) for number in range(count)]
    placed = [rows.exclude(pk=prepared.place("left_out")) for rows in own]
    listed = PreparedList(model.objects.all(), order=order, size=2, parts=placed)
    for left_out in (pks[0], pks[4]):
        parts = [rows.exclude(pk=left_out) for rows in own]
        after = None
        while True:
            page = keyset_page(model.objects.all(), order=order, size=2, after=after, parts=parts)
            with django_assert_max_num_queries(2):
                same = listed.keyset_page(after=after, left_out=left_out)
            assert same == page
            if page.previous_cursor:
                asked = {"before": page.previous_cursor}
                back = keyset_page(model.objects.all(), order=order, size=2, parts=parts, **asked)
                assert listed.keyset_page(left_out=left_out, **asked) == back
            after = page.next_cursor
            if after is None:
                break
