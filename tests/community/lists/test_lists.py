"""Reading lists: private unless said otherwise, in the owner's order, and no bookmark is ever lost with them."""

import pytest
from django.db import connection
from django.utils import timezone

from community.content.models import ReadPosition
from community.content.services import delete_post
from community.lists import selectors, services
from community.lists.errors import ListGone, NameTaken, RenamedMeanwhile, TooManyLists
from community.lists.models import ListItem, ReadingList
from community.mutes import services as mutes
from community.social.models import Bookmark
from community.social.services import add_bookmark, note_bookmark
from tests.at_once import at_once
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(ada):
    return services.create_list(owner=ada, name="Read later")


def post(title="Why is it NaN?", **more):
    return ThreadFactory(title=title, **more).opening_post


def titles(reading_list) -> list[str]:
    items = ListItem.objects.filter(reading_list=reading_list).order_by("position", "pk")
    return [item.bookmark.post.thread.title for item in items.select_related("bookmark__post__thread")]


def filled(owner, reading_list, *names):
    for name in names:
        services.put(owner=owner, post=post(name), into=reading_list)
    return ListItem.objects.filter(reading_list=reading_list).order_by("position")


def test_a_bookmark_is_put_into_a_list_and_into_another(as_user, ada, later):
    browser, wanted = as_user(ada), post()
    page = html_of(browser.get(f"/posts/{wanted.pk}/bookmark/list/"))
    assert "Read later" in page and "No list" in page
    answer = browser.post(
        f"/posts/{wanted.pk}/bookmark/list/", {"into": str(later.pk), "new_name": "", "next": "/lists/"}
    )
    assert answer.url == "/lists/" and titles(later) == ["Why is it NaN?"]
    browser.post(f"/posts/{wanted.pk}/bookmark/list/", {"into": str(later.pk), "new_name": " For  Monday\n"})
    other = ReadingList.objects.get(name="For Monday")
    assert titles(later) == [] and titles(other) == ["Why is it NaN?"]
    browser.post(f"/posts/{wanted.pk}/bookmark/list/", {"into": "none", "new_name": ""})
    assert not ListItem.objects.exists() and Bookmark.objects.get().user == ada


def test_a_new_name_that_is_not_new_is_that_list(ada, later):
    services.put(owner=ada, post=post(), new_name="Read later")
    assert ReadingList.objects.count() == 1 and titles(later) == ["Why is it NaN?"]


def test_who_has_no_list_is_offered_one(as_user, ada):
    page = html_of(as_user(ada).get(f"/posts/{post().pk}/bookmark/list/"))
    assert 'value="Read later"' in page and "No list" not in page
    field = page[page.index("New list") : page.index("</form>", page.index("New list"))]
    assert "Or a new list" not in page and "optional" not in field


def test_the_only_item_of_a_list_is_not_moved(as_user, ada, later):
    [item] = filled(ada, later, "A")
    assert "/move/" not in html_of(as_user(ada).get(later.get_absolute_url()))
    assert f"/lists/items/{item.pk}/remove/" in html_of(as_user(ada).get(later.get_absolute_url()))


def test_what_one_cannot_see_cannot_be_put_anywhere(as_user, ada, later):
    draft = ThreadFactory(draft=True).opening_post
    assert as_user(ada).post(f"/posts/{draft.pk}/bookmark/list/", {"into": str(later.pk)}).status_code == 404
    assert not Bookmark.objects.exists()


def test_a_list_deleted_in_another_tab_is_said_to_be_and_the_bookmark_stays(as_user, ada, later):
    browser, wanted = as_user(ada), post()
    note_bookmark(user=ada, post=wanted, note="Mine", remind_at=None)
    services.delete_list(reading_list=later)
    answer = browser.post(f"/posts/{wanted.pk}/bookmark/list/", {"into": str(later.pk), "new_name": ""})
    assert answer.status_code == 422 and "deleted in the meantime" in html_of(answer)
    with pytest.raises(ListGone):
        services.put(owner=ada, post=wanted, into=later)
    assert Bookmark.objects.get().note == "Mine"


def test_anothers_list_cannot_be_chosen(as_user, ada, bob, later):
    wanted = post()
    answer = as_user(bob).post(f"/posts/{wanted.pk}/bookmark/list/", {"into": str(later.pk), "new_name": ""})
    assert answer.status_code == 422 and titles(later) == []
    with pytest.raises(ListGone):
        services.put(owner=bob, post=wanted, into=later)


def test_deleting_a_list_keeps_its_bookmarks(as_user, ada, later):
    filled(ada, later, "A", "B")
    asked = as_user(ada).get(f"/lists/{later.pk}/delete/")
    assert "Delete this list?" in html_of(asked) and ReadingList.objects.exists()
    assert as_user(ada).post(f"/lists/{later.pk}/delete/").url == "/lists/"
    assert not ReadingList.objects.exists() and Bookmark.objects.filter(user=ada).count() == 2


def test_the_order_is_the_owners(as_user, ada, later):
    first, _second, third = filled(ada, later, "A", "B", "C")
    browser, place = as_user(ada), later.get_absolute_url()
    answer = browser.post(f"/lists/items/{third.pk}/move/", {"to": "up", "next": place})
    assert answer.url == f"{place}#item-{third.pk}" and titles(later) == ["A", "C", "B"]
    for to, expected in (("top", "CAB"), ("up", "CAB"), ("down", "ACB"), ("bottom", "ABC"), ("down", "ABC")):
        browser.post(f"/lists/items/{third.pk}/move/", {"to": to})
        assert titles(later) == list(expected)
    services.move_item(owner=ada, pk=first.pk, to="bottom")
    filled(ada, later, "D")
    assert titles(later) == ["B", "C", "A", "D"]
    assert browser.post(f"/lists/items/{third.pk}/move/", {"to": "sideways"}).status_code == 400


def test_what_two_tabs_do_to_an_item_that_left_loses_nothing(as_user, ada, bob, later):
    item = filled(ada, later, "A", "B")[0]
    browser = as_user(ada)
    for _tab in range(2):
        assert browser.post(f"/lists/items/{item.pk}/remove/").url == "/lists/"
    assert browser.post(f"/lists/items/{item.pk}/move/", {"to": "up"}).status_code == 302
    left = ListItem.objects.get()
    as_user(bob).post(f"/lists/items/{left.pk}/remove/")
    as_user(bob).post(f"/lists/items/{left.pk}/move/", {"to": "top"})
    assert titles(later) == ["B"] and Bookmark.objects.count() == 2


def test_a_list_is_renamed_and_made_public(client, as_user, ada, later):
    filled(ada, later, "A")
    address = later.get_absolute_url()
    assert client.get(address).status_code == as_user(PersonFactory()).get(address).status_code == 404
    form = {"name": "Backprop", "is_public": "on", "base_name": "Read later"}
    assert as_user(ada).post(f"/lists/{later.pk}/edit/", form).url == address
    page = html_of(client.get(address))
    assert "Backprop" in page and ">A<" in page.replace("\n", "").replace(" ", "") and "Move up" not in page
    assert "Backprop" in html_of(client.get("/@ada/lists/"))
    assert "/@ada/lists/" in html_of(client.get("/@ada/"))


def test_private_lists_are_nobodys_to_see(client, as_user, ada, bob, later):
    assert "Read later" not in html_of(client.get("/@ada/lists/"))
    assert "/@ada/lists/" not in html_of(client.get("/@ada/"))
    assert as_user(bob).get(f"/lists/{later.pk}/edit/").status_code == 404
    assert as_user(bob).post(f"/lists/{later.pk}/delete/").status_code == 404
    assert as_user(bob).get(later.get_absolute_url().replace("ada", "bob")).status_code == 404
    assert ReadingList.objects.exists()


def test_a_name_changed_in_another_tab_is_shown_before_it_is_changed_again(as_user, ada, later):
    services.change_list(reading_list=later, name="Other tab", is_public=False, base_name="Read later")
    browser = as_user(ada)
    answer = browser.post(f"/lists/{later.pk}/edit/", {"name": "This tab", "base_name": "Read later"})
    page = html_of(answer)
    assert answer.status_code == 422 and "“Other tab” in another tab" in page
    assert 'value="This tab"' in page and 'name="base_name" value="Other tab"' in page
    assert browser.post(f"/lists/{later.pk}/edit/", {"name": "This tab", "base_name": "Other tab"}).status_code == 302
    later.refresh_from_db()
    assert later.name == "This tab"
    with pytest.raises(RenamedMeanwhile):
        services.change_list(reading_list=later, name="Third", is_public=False, base_name="Read later")


def test_two_lists_of_one_name_are_refused_and_the_name_stays_in_the_form(as_user, ada, bob, later):
    answer = as_user(ada).post("/lists/", {"name": "Read later"})
    assert answer.status_code == 422 and "list with this name already" in html_of(answer)
    assert 'value="Read later"' in html_of(answer)
    services.create_list(owner=bob, name="Read later")
    other = services.create_list(owner=ada, name="Other")
    with pytest.raises(NameTaken):
        services.change_list(reading_list=other, name="Read later", is_public=False, base_name="Other")


@pytest.mark.parametrize("name", ["", "   ", "n" * 61, "\u202e"])
def test_a_name_that_is_none_is_refused(as_user, ada, name):
    assert as_user(ada).post("/lists/", {"name": name}).status_code == 422
    assert not ReadingList.objects.exists()


def test_there_are_a_hundred_lists_at_most(ada):
    ReadingList.objects.bulk_create(ReadingList(owner=ada, name=f"List {n}") for n in range(services.MOST_LISTS))
    with pytest.raises(TooManyLists):
        services.create_list(owner=ada, name="One more")
    with pytest.raises(TooManyLists):
        services.put(owner=ada, post=post(), new_name="One more")
    assert not Bookmark.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_tabs_that_make_the_last_list_at_once_keep_to_the_limit():
    owner = PersonFactory()
    rows = [ReadingList(owner=owner, name=f"List {n}") for n in range(services.MOST_LISTS - 1)]
    ReadingList.objects.bulk_create(rows)
    outcomes = at_once(6, lambda n: services.create_list(owner=owner, name=f"Last {n}"))
    assert sorted(type(each).__name__ for each in outcomes) == ["ReadingList", *5 * ["TooManyLists"]]
    assert ReadingList.objects.filter(owner=owner).count() == services.MOST_LISTS


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_new_list_that_two_tabs_put_a_post_into_is_one_list():
    owner, posts = PersonFactory(), [post(), post()]
    outcomes = at_once(2, lambda n: services.put(owner=owner, post=posts[n], new_name="Read later"))
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert ReadingList.objects.get(owner=owner).items.count() == 2


def test_progress_is_that_of_the_reader(client, as_user, ada, bob, later):
    thread = QuestionFactory(title="Long")
    for _number in range(4):
        AnswerFactory(thread=thread)
    services.put(owner=ada, post=thread.opening_post, into=later)
    services.change_list(reading_list=later, name="Read later", is_public=True, base_name="Read later")

    def shown(browser) -> str:
        return html_of(browser.get(later.get_absolute_url()))

    assert "Not read yet" in shown(as_user(ada)) and "Not read yet" not in shown(client)
    position = {"newest": 5, "last_post_at": timezone.now(), "kind": "question", "read_at": timezone.now()}
    ReadPosition.objects.create(reader=ada, thread=thread, number=2, **position)
    assert "2 of 5 read" in shown(as_user(ada)) and "Not read yet" in shown(as_user(bob))
    ReadPosition.objects.update(number=5)
    assert "of 5 read" not in shown(as_user(ada))


@pytest.mark.parametrize(
    ("total", "number", "newest", "expected"),
    [(30, 12, 30, (12, 30)), (28, 30, 30, (28, 28)), (3, 29, 30, (2, 3)), (1, 0, 1, (0, 1)), (0, 0, 0, (0, 0))],
)
def test_progress_is_right_at_both_ends(total, number, newest, expected):
    assert selectors._progress(total, number, newest, 0) == (*expected, 0)


def test_posts_that_are_gone_leave_the_page_and_not_the_list(as_user, ada, later):
    comment = CommentFactory(thread=ThreadFactory(title="Gone"))
    services.put(owner=ada, post=comment, into=later)
    filled(ada, later, "There")
    delete_post(post=comment, by=comment.author)
    page = html_of(as_user(ada).get(later.get_absolute_url()))
    assert "There" in page and "Gone" not in page and titles(later) == ["Gone", "There"]


def test_people_whom_a_reader_does_not_meet_are_folded_and_a_blocked_owner_is_not_there(as_user, ada, bob, later):
    author = PersonFactory()
    services.put(owner=ada, post=post(author=author), into=later)
    services.change_list(reading_list=later, name="Read later", is_public=True, base_name="Read later")
    mutes.mute(person=bob, other=author)
    assert "A post by somebody you muted." in html_of(as_user(bob).get(later.get_absolute_url()))
    mutes.block(person=ada, other=bob)
    for address in (later.get_absolute_url(), "/@ada/lists/"):
        assert as_user(bob).get(address).status_code == 404


def test_notes_are_never_public(client, ada, later):
    note_bookmark(user=ada, post=(wanted := post()), note="My secret", remind_at=None)
    services.put(owner=ada, post=wanted, into=later)
    services.change_list(reading_list=later, name="Read later", is_public=True, base_name="Read later")
    assert "My secret" not in html_of(client.get(later.get_absolute_url()))


def test_the_page_of_bookmarks_says_in_which_list_each_is(as_user, ada, later):
    services.put(owner=ada, post=post(), into=later)
    add_bookmark(user=ada, post=post("Loose"))
    page = html_of(as_user(ada).get("/bookmarks/"))
    assert page.count(later.get_absolute_url()) == 1 and page.count("/bookmark/list/?next=") == 2


@pytest.mark.parametrize("address", ["/bookmarks/", "/@ada/lists/{}/"])
def test_answers_have_their_votes_beside_them_and_comments_have_none(as_user, ada, later, address):
    question = QuestionFactory()
    for post in (AnswerFactory(thread=question, score=7), CommentFactory(thread=question)):
        services.put(owner=ada, post=post, into=later)
    page = html_of(as_user(ada).get(address.format(later.pk)))
    assert page.count('class="row-replies"') == 1
    assert " ".join(page.split()).count("<b>7</b> votes") == 1


def test_a_list_made_private_in_another_tab_stays_private_when_this_one_renames_it(client, as_user, ada, later):
    ReadingList.objects.update(is_public=True)
    browser = as_user(ada)
    page = html_of(browser.get(f"/lists/{later.pk}/edit/"))
    assert 'name="was_public" value="True"' in page
    opened = {"base_name": "Read later", "was_public": "True"}
    browser.post(f"/lists/{later.pk}/edit/", {"name": "Read later", **opened})
    assert client.get(later.get_absolute_url()).status_code == 404
    browser.post(f"/lists/{later.pk}/edit/", {"name": "Renamed", "is_public": "on", **opened})
    assert "Renamed" in html_of(browser.get("/lists/"))
    assert client.get(later.get_absolute_url()).status_code == 404
    browser.post(
        f"/lists/{later.pk}/edit/",
        {"name": "Renamed", "is_public": "on", "base_name": "Renamed", "was_public": "False"},
    )
    assert client.get(later.get_absolute_url()).status_code == 200


def test_a_name_that_is_taken_at_the_same_moment_is_refused_in_a_sentence(ada, later, monkeypatch):
    other = services.create_list(owner=ada, name="Other")
    locked = services._locked

    def taken_meanwhile(pk, owner):
        row = locked(pk, owner)
        ReadingList.objects.filter(pk=later.pk).update(name="New")
        return row

    monkeypatch.setattr(services, "_locked", taken_meanwhile)
    with pytest.raises(NameTaken):
        services.change_list(reading_list=other, name="New", is_public=False, base_name="Other")


def test_an_item_moves_past_the_one_its_owner_sees_above_it(ada, later):
    comment = CommentFactory(thread=ThreadFactory(title="Gone"))
    filled(ada, later, "A")
    services.put(owner=ada, post=comment, into=later)
    last = filled(ada, later, "B").last()
    delete_post(post=comment, by=comment.author)
    assert services.move_item(owner=ada, pk=last.pk, to="up") and titles(later) == ["B", "Gone", "A"]
    assert services.move_item(owner=ada, pk=last.pk, to="down") and titles(later) == ["A", "Gone", "B"]
    assert not services.move_item(owner=ada, pk=last.pk, to="down")


@pytest.mark.parametrize("to", ["up", "bottom"])
@pytest.mark.parametrize("is_kept", [True, False])
def test_an_item_that_leaves_its_list_while_it_is_moved_stays_where_it_went(ada, later, monkeypatch, to, is_kept):
    other = services.create_list(owner=ada, name="Other")
    filled(ada, other, "X")
    first, second, _third = filled(ada, later, "A", "B", "C")
    locked = services._locked

    def left_meanwhile(pk, owner):
        monkeypatch.setattr(services, "_locked", locked)
        if is_kept:
            services.put(owner=owner, post=second.bookmark.post, into=other)
        else:
            services.take_out(owner=owner, pk=second.pk)
        return locked(pk, owner)

    monkeypatch.setattr(services, "_locked", left_meanwhile)
    assert not services.move_item(owner=ada, pk=second.pk, to=to)
    assert titles(later) == ["A", "C"] and titles(other) == (["X", "B"] if is_kept else ["X"])
    assert ListItem.objects.get(pk=first.pk).position == first.position


def test_a_page_of_which_everything_left_leads_back(as_user, ada, later):
    filled(ada, later, *(f"T{n}" for n in range(selectors.PAGE + 1)))
    browser = as_user(ada)
    page = selectors.items_page(later, ada)
    services.take_out(owner=ada, pk=ListItem.objects.filter(reading_list=later).order_by("position").last().pk)
    shown = html_of(browser.get(f"{later.get_absolute_url()}{page.next_query}"))
    assert "Nothing in this list" not in shown
    assert f'href="{later.get_absolute_url()}">To the beginning of the list' in shown


def test_how_many_bookmarks_a_list_has_is_told_to_its_owner_alone(client, as_user, ada, later):
    services.put(owner=ada, post=ThreadFactory(author=ada, draft=True).opening_post, into=later)
    ReadingList.objects.update(is_public=True)
    assert "1 bookmark" in html_of(as_user(ada).get("/lists/"))
    page = html_of(client.get("/@ada/lists/"))
    assert "Read later" in page and "bookmark<" not in page and "1 bookmark" not in page


def test_a_closed_account_has_no_link_to_its_lists(client, ada, later):
    ReadingList.objects.update(is_public=True)
    ada.is_active = False
    ada.save()
    assert client.get("/@ada/lists/").status_code == 404 and "/@ada/lists/" not in html_of(client.get("/@ada/"))


def test_the_release_before_deletes_a_bookmark_that_is_in_a_list(as_user, ada, later):
    first, _second = filled(ada, later, "A", "B")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM social_bookmark WHERE id = %s", [first.bookmark_id])
    connection.check_constraints()
    browser = as_user(ada)
    page = html_of(browser.get(later.get_absolute_url()))
    assert page.count('class="row"') == 1 and "Move up" not in page
    assert browser.get("/lists/").status_code == browser.get("/bookmarks/").status_code == 200
    services.delete_list(reading_list=later)
    assert not ListItem.objects.exists()
