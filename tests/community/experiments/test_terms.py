"""The page of terms, and the links to it from the numbers of a run and its worked step."""

import re

import pytest

from community.experiments.terms import TERMS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("en", "Terms of run pages"), ("zh-hans", "实验页的术语")])
def test_each_term_has_an_anchor_and_is_explained_in_the_language_of_the_reader(visitor, language, words):
    page = visitor.get("/runs/terms/", headers={"Accept-Language": language}).content.decode()
    assert words in page and ("One pass over the training part" in page) == (language == "en")
    assert re.findall(r'<dt id="([\w-]+)">', page) == [term.slug for term in TERMS]
    assert len({term.slug for term in TERMS}) == len(TERMS)


def test_the_numbers_of_a_run_and_its_worked_step_lead_to_their_terms(trained, visitor, config):
    spec_hash = trained(config(optimizer="{type: SGD, lr: 1e6}", model="{layers: [{type: Linear, out_features: 1}]}"))
    pages = [visitor.get(f"/runs/{each}/").content.decode() for each in (spec_hash, trained())]
    found = set(re.findall(r'href="/runs/terms/#([\w-]+)"', "".join(pages)))
    assert {"diverged", "baseline", "quartiles", "worked-step"} <= found <= {term.slug for term in TERMS}
