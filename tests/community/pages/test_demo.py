"""The stories of the demo."""

import pytest
from django.core.management import call_command

from bpsandbox import api
from bpsandbox.models import Attachment
from community.content import listings
from community.content.models import TagListing
from community.pages.demo import loading


@pytest.mark.django_db
def test_stories_of_the_past_are_listed_at_their_time():
    assert loading.load() and TagListing.objects.exists()
    assert listings.drifted() == set()
    call_command("check_invariants")


@pytest.mark.django_db
def test_a_visitor_can_fork_every_run_of_a_story():
    assert loading.load()
    texts = Attachment.objects.exclude(text="").values_list("text", flat=True)
    refused = {text: api.check(text, for_visitor=True).problems for text in texts}
    assert refused and not any(refused.values()), refused
