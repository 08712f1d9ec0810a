"""Addresses for replies: whose they are, and which are void."""

from __future__ import annotations

import pytest

from community.accounts.models import User
from community.notifications.inbound import addresses
from community.notifications.inbound.door import Outcome, receive
from tests.community.notifications.incoming import reply_to, written
from tests.community.notifications.mailing import SOON, html_of
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_email")]


class TestAddress:
    def test_a_letter_says_where_to_reply_and_so_does_its_text(self, clock, post):
        [letter] = clock.pass_(SOON)
        [to] = letter.reply_to
        assert to.startswith("reply+") and to.endswith("@in.example") and len(to.partition("@")[0]) <= 64
        hint = "Reply to this email to post a reply, which everybody can read. Attachments are left out."
        assert hint in letter.body and hint in html_of(letter)
        assert letter.from_email.startswith("bounce+") and letter.extra_headers["From"].startswith("Ada on Chainrule <")
        way = addresses.read(to)
        assert (way.kind, way.target, way.is_for_bounces) == ("post", post.pk, False)
        assert addresses.read(letter.from_email).is_for_bounces

    def test_a_site_that_takes_no_replies_offers_none(self, clock, settings, post):
        settings.MAIL_REPLY_ADDRESS = settings.MAIL_BOUNCE_ADDRESS = ""
        [letter] = clock.pass_(SOON)
        assert letter.reply_to == [] and "Reply to this email" not in letter.body
        assert letter.from_email == "Ada on Chainrule <noreply@localhost>"

    def test_what_nobody_can_reply_to_has_no_such_address(self, asker):
        assert addresses.reply_address(asker, "person", asker.pk) == ""

    def test_capitals_are_the_same_address(self, asker, post):
        assert addresses.read(reply_to(asker, post).upper()) is not None

    def test_many_are_read_with_one_query_and_malformed_ones_with_none(self, asker, post, django_assert_num_queries):
        other = PersonFactory()
        nobody = f"reply+{'a' * addresses.TOKEN_LENGTH}@in.example"
        with django_assert_num_queries(1):
            found = addresses.read_all([nobody, reply_to(other, post), "reply@in.example", reply_to(asker, post)])
        assert [way and way.person for way in found] == [None, other, None, asker]
        with django_assert_num_queries(0):
            assert addresses.read_all(["reply@in.example", "reply+short@in.example"]) == [None, None]

    @pytest.mark.parametrize("place", [6, 20, 40, 53])
    def test_an_address_that_was_changed_is_none(self, asker, post, place):
        to = reply_to(asker, post)
        changed = to[:place] + ("a" if to[place] != "a" else "b") + to[place + 1 :]
        assert addresses.read(changed) is None

    @pytest.mark.parametrize("to", ["", "@", "reply@in.example", "reply+@in.example", f"reply+{'a' * 48}@in.example"])
    def test_what_is_no_address_of_ours_is_none(self, to):
        assert addresses.read(to) is None

    @pytest.mark.parametrize("key", [0, -1, 2**63 - 1])
    def test_numbers_of_nobody_are_none(self, asker, key):
        asker.pk = key
        assert addresses.read(addresses.reply_address(asker, "post", key)) is None

    @pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"is_active": False}, {"email": ""}])
    def test_an_address_is_void_with_another_mailbox_or_a_closed_account(self, asker, post, change):
        to = reply_to(asker, post)
        User.objects.filter(pk=asker.pk).update(**change)
        assert addresses.read(to) is None

    def test_an_address_for_bounces_posts_nothing_and_the_other_way_round(self, asker, post):
        assert receive(written(asker, post, To=addresses.bounce_address(asker)).as_bytes()) == Outcome.UNKNOWN
        swapped = reply_to(asker, post).replace("reply+", "bounce+")
        assert not addresses.read(swapped).is_for_bounces


def test_a_person_without_a_confirmed_address_has_no_way_in(asker, post):
    to = reply_to(asker, post)
    User.objects.filter(pk=asker.pk).update(email="")
    assert receive(written(asker, post, To=to).as_bytes()) == Outcome.UNKNOWN
