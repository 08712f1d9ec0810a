"""A moderator removes the picture of a person, whose avatar is drawn again, or the links of their profile."""

import pytest

from community.accounts.models import User
from community.audit.models import AuditEntry
from tests.html import html_of

pytestmark = pytest.mark.django_db
FILE = "0" * 64 + ".webp"


@pytest.fixture
def shown(ada):
    User.objects.filter(pk=ada.pk).update(picture=FILE)
    ada.refresh_from_db()
    return ada


def address(person) -> str:
    return f"/moderation/people/{person.pk}/picture/"


def test_it_is_removed_from_the_profile_and_recorded(client, as_user, shown, moderator):
    browser = as_user(moderator)
    assert FILE in html_of(client.get("/@ada/"))
    assert "Remove their picture" in html_of(browser.get("/@ada/"))
    assert browser.post(address(shown)).url == "/@ada/"
    assert FILE not in html_of(client.get("/@ada/")) and "Remove their picture" not in html_of(browser.get("/@ada/"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_kind, entry.target_id) == ("remove_picture", "user", shown.pk)
    log = html_of(browser.get("/moderation/audit-log/"))
    assert "removed the picture of this person" in log and "@ada</a>" in log


def test_without_a_picture_nothing_is_recorded(as_user, ada, moderator):
    assert as_user(moderator).post(address(ada)).status_code == 302
    assert not AuditEntry.objects.exists()


def test_nobody_else_can(client, as_user, shown, bob):
    for browser in (client, as_user(bob), as_user(shown)):
        assert browser.post(address(shown)).status_code == 404
        assert "Remove their picture" not in html_of(browser.get("/@ada/"))
    shown.refresh_from_db()
    assert shown.picture == FILE and not AuditEntry.objects.exists()


def test_links_are_removed_and_recorded(client, as_user, ada, bob, moderator):
    User.objects.filter(pk=ada.pk).update(links="https://rude.example/")
    place = f"/moderation/people/{ada.pk}/links/"
    for browser in (client, as_user(bob), as_user(ada)):
        assert browser.post(place).status_code == 404
        assert "Remove their links" not in html_of(browser.get("/@ada/"))
    browser = as_user(moderator)
    assert "rude.example" in html_of(client.get("/@ada/")) and "Remove their links" in html_of(browser.get("/@ada/"))
    assert browser.post(place).url == browser.post(place).url == "/@ada/"
    assert "rude.example" not in html_of(client.get("/@ada/"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.changes) == (
        "remove_links",
        ada.pk,
        {"links": ["https://rude.example/", ""]},
    )
    assert "removed the links of this person" in html_of(browser.get("/moderation/audit-log/"))


def test_links_of_who_left_are_not_shown(client, ada):
    User.objects.filter(pk=ada.pk).update(links="https://rude.example/", is_active=False)
    assert "rude.example" not in client.get("/@ada/").content.decode()


def test_picture_and_links_of_a_closed_account_are_removed_too(client, as_user, shown, moderator):
    User.objects.filter(pk=shown.pk).update(links="https://rude.example/", is_active=False)
    browser = as_user(moderator)
    page = html_of(browser.get("/@ada/"))
    assert FILE in page and address(shown) in page and f"/moderation/people/{shown.pk}/links/" in page
    assert browser.post(address(shown)).url == "/@ada/"
    assert browser.post(f"/moderation/people/{shown.pk}/links/").url == "/@ada/"
    shown.refresh_from_db()
    assert (shown.picture, shown.links) == ("", "") and FILE not in html_of(client.get("/@ada/"))
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"remove_picture", "remove_links"}
