"""The pages of tags, and the form of moderators, with and without script."""

import re

import pytest

from community.audit.models import AuditEntry
from community.content.models import Tag
from community.content.services import start_thread
from community.social.models import Follow
from tests.factories import PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db

CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def tag(ada):
    start_thread(author=ada, kind="note", source="A note.", tags=["xor"])
    return Tag.objects.get()


@pytest.fixture
def staff(moderator, as_user):
    return as_user(moderator)


def boxes(staff, slug="xor") -> dict[str, str]:
    form = staff.get(f"/tags/{slug}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {
        "base_version": str(form["base_version"].value())
    }


def test_what_is_written_is_shown_in_the_readers_language_with_its_formulas(staff, client, tag):
    sent = boxes(staff) | {
        "name_zh": "异或",
        "description": "Not linear.",
        "description_zh": "线性不可分。",
        "about": "Two bits: $a \\oplus b$.\n\n<script>alert(1)</script>",
        "about_zh": "两位：$a \\oplus b$。",
    }
    assert staff.post("/tags/xor/edit/", sent)["Location"] == "/tags/xor/"
    page = client.get("/tags/xor/").content.decode()
    assert "Not linear." in page and "Two bits" in page and "<math" in page and "<script>alert" not in page
    page = client.get("/tags/xor/", headers=CHINESE).content.decode()
    assert "线性不可分。" in page and "两位" in page and "Two bits" not in page


def test_a_text_in_one_language_is_for_all_and_says_which_it_is(staff, client, tag):
    staff.post("/tags/xor/edit/", boxes(staff) | {"description_zh": "线性不可分。"})
    assert '<p class="lead" lang="zh-Hans">线性不可分。</p>' in client.get("/tags/xor/").content.decode()


def test_each_edit_is_in_the_audit_log_with_a_diff(staff, tag):
    staff.post("/tags/xor/edit/", boxes(staff) | {"about": "One."})
    staff.post("/tags/xor/edit/", boxes(staff) | {"about": "Two.", "synonyms": "parity"})
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.changes for entry in entries] == [
        {"about": ["", "One."]},
        {"about": ["One.", "Two."], "synonyms": ["", "parity"]},
    ]
    page = staff.get("/moderation/audit-log/").content.decode()
    assert "<del>One</del>." in page and "<ins>Two</ins>." in page and "parity" in page
    staff.post("/tags/xor/edit/", boxes(staff))
    assert entries.count() == 2


def test_the_preview_button_shows_both_texts_and_saves_nothing(staff, tag):
    answer = staff.post("/tags/xor/edit/", boxes(staff) | {"about": "$x^2$", "preview": "1"})
    assert answer.status_code == 200 and "<math" in answer.content.decode()
    tag.refresh_from_db()
    assert tag.about == ""


def test_what_is_wrong_is_said_at_its_box_and_nothing_typed_is_lost(staff, tag):
    sent = boxes(staff) | {"name": "a/b", "about": "Kept.", "synonyms": "one"}
    answer = staff.post("/tags/xor/edit/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "can contain only letters" in page and "Kept." in page
    assert answer.context["form"].errors.keys() == {"name"}
    answer = staff.post("/tags/xor/edit/", sent | {"name": "xor", "about": "x" * 5_001})
    assert answer.context["form"].errors.keys() == {"about"}


def test_the_second_of_two_moderators_sees_what_the_first_saved_and_can_replace_it(staff, tag):
    begun = boxes(staff)
    staff.post("/tags/xor/edit/", begun | {"description": "First."})
    answer = staff.post("/tags/xor/edit/", begun | {"description": "Second."})
    page = answer.content.decode()
    assert answer.status_code == 409 and "First." in page and "Second." in page
    again = {name: answer.context["form"][name].value() or "" for name in begun}
    assert staff.post("/tags/xor/edit/", again).status_code == 302
    tag.refresh_from_db()
    assert tag.description == "Second."


def test_what_a_merge_will_change_is_shown_before_it_is_done(staff, ada, bob, as_user, tag):
    other = PersonFactory()
    start_thread(author=ada, kind="note", source="Another.", tags=["parity"])
    start_thread(author=ada, kind="note", source="Both.", tags=["parity", "xor"])
    start_thread(author=ada, kind="note", source="A draft.", tags=["parity", "xor"], publish=False)
    staff.post("/tags/xor/edit/", boxes(staff) | {"name_zh": "异或", "description": "Not linear."})
    parity = Tag.objects.get(slug="parity")
    for person, tags in ((bob, [tag]), (other, [tag, parity])):
        for each in tags:
            as_user(person).post("/follow/", {"kind": "tag", "id": str(each.pk), "level": "3"})
    answer = staff.post("/tags/xor/edit/", {"merge": "1", "of": "parity, "})
    page = " ".join(re.sub(r"<[^>]+>", "", html_of(answer)).split())
    assert answer.status_code == 200
    assert "2 threads move to #parity. 1 of them has both tags already. #parity then has 3 threads." in page
    assert "These names mean #parity from then on: xor, 异或" in page
    assert "1 person who follows or mutes #xor does so with #parity. 1 person already follows" in page
    assert "What was written about #xor is no longer shown." in page
    assert not Tag.objects.filter(slug="xor", synonym_of__isnull=False).exists(), "nothing is done yet"
    merge = answer.context["merge"]
    sent = {"merge": "1", "of": "parity, ", "seen": str(parity.pk)}
    answer = staff.post("/tags/xor/edit/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/tags/parity/")
    assert "#xor is a synonym of #parity now" in staff.get("/tags/parity/").content.decode()
    parity.refresh_from_db()
    assert Follow.objects.filter(tag=parity).count() == merge.moving + merge.staying == 2
    assert parity.thread_count == merge.together == 3
    assert {synonym.name for synonym in parity.synonyms.all()} == set(merge.names)
    assert staff.get("/tags/xor/edit/").status_code == 404


@pytest.mark.parametrize(("moving", "staying"), [(0, 2), (1, 0), (0, 0)])
def test_a_merge_says_only_of_those_who_follow(staff, ada, tag, moving, staying):
    start_thread(author=ada, kind="note", source="Another.", tags=["parity"])
    parity = Tag.objects.get(name="parity")
    for person in PersonFactory.create_batch(moving + staying):
        Follow.objects.create(follower=person, tag=tag, level=3)
    for follow in Follow.objects.filter(tag=tag)[:staying]:
        Follow.objects.create(follower=follow.follower, tag=parity, level=3)
    page = html_of(staff.post("/tags/xor/edit/", {"merge": "", "of": "parity"}))
    assert "0 people" not in page
    assert ("2 people already follow or mute #parity; theirs stays." in page) == bool(staying)
    assert ("1 person who follows or mutes #xor does so with #parity." in page) == bool(moving)


def test_a_merge_that_cannot_be_is_refused_before_and_after_it_was_shown(staff, ada, tag):
    start_thread(author=ada, kind="note", source="Another.", tags=["parity"])
    for of, words in (
        ("xor", "synonym of itself"),
        ("unheard", "no tag with this name"),
        ("", "no tag with this name"),
    ):
        answer = staff.post("/tags/xor/edit/", {"merge": "1", "of": of})
        assert answer.status_code == 422 and words in html_of(answer), of
    answer = staff.post("/tags/xor/edit/", {"merge": "1", "of": "parity", "seen": str(tag.pk)})
    assert answer.status_code == 409 and "belongs to another tag now" in html_of(answer)
    assert 'value="parity"' in html_of(answer)
    for seen in ("x", "0", str(2**63)):
        assert staff.post("/tags/xor/edit/", {"merge": "1", "of": "parity", "seen": seen}).status_code == 422
    assert not Tag.objects.filter(synonym_of__isnull=False).exists()


def test_what_was_typed_when_the_session_had_ended_is_in_the_form_again(client, moderator, tag):
    sent = {"name": "xor", "base_version": "0", "draft_key": f"tag:{tag.pk}", "about": "Typed."}
    assert client.post("/tags/xor/edit/", sent).status_code == 302
    client.force_login(moderator)
    assert client.get("/tags/xor/edit/").context["form"]["about"].value() == "Typed."


def test_only_moderators_see_the_way_to_it(staff, client, tag):
    assert 'href="/tags/xor/edit/"' in staff.get("/tags/xor/").content.decode()
    assert "/edit/" not in client.get("/tags/xor/").content.decode()


def test_a_member_mutes_it_on_its_page(ada, bob, as_user, tag):
    reader = as_user(bob)
    page = reader.get("/tags/xor/").content.decode()
    assert 'name="level" value="0"' in page
    reader.post("/follow/", {"kind": "tag", "id": str(tag.pk), "level": "0"})
    start_thread(author=ada, kind="note", source="Again.", tags=["xor"])
    assert not bob.notifications.exists()
