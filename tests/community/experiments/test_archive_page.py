"""The page of the living archive, and the ways to it."""

import pytest

from bpsandbox import api, archive
from bpsandbox.models import Attachment, Run, Spec
from tests.training import train

pytestmark = pytest.mark.django_db


@pytest.fixture
def repeated(asked, member, config):
    """A post's run of engine 0 and its repetition, whose numbers differ from step 5 on; return the hash of its spec."""
    asked(member, text=config(title="Drifting"))
    spec_hash = train()
    Run.objects.update(engine_version="0")
    assert archive.repeat(Spec.objects.get().pk)
    train()
    ours = Run.objects.latest("pk")
    changed = ours.agreement | {"largest_difference": 0.25, "same_until": 5}
    Run.objects.filter(pk=ours.pk).update(agreement=changed)
    return spec_hash


def test_the_page_shows_what_drifted_with_a_link(repeated, visitor):
    page = visitor.get("/runs/archive/").content.decode()
    assert f'href="/runs/{repeated}/"' in page and "the same up to step 5" in " ".join(page.split())
    assert "differs by at most" in page and '<th scope="row">0</th>' in page
    assert f"The engine is now version {api.engine_version()}" in page


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_what_is_not_public_is_neither_listed_nor_counted(repeated, visitor, visibility):
    Attachment.objects.update(visibility=visibility)
    page = visitor.get("/runs/archive/").content.decode()
    assert repeated not in page and "No public run has a result of an earlier engine." in page
    assert "0 public runs have a result of it" in page


def test_the_gallery_and_every_run_s_page_lead_to_it_with_the_engine(repeated, visitor):
    assert 'href="/runs/archive/"' in visitor.get("/runs/").content.decode()
    page = visitor.get(f"/runs/{repeated}/").content.decode()
    assert 'href="/runs/archive/"' in page and f"Engine {api.engine_version()}." in page
