"""The reference of the config language on the site: an index of tasks, and a page for each section."""

import re
from html import unescape

import pytest

from bpsandbox import api
from community.experiments import reference

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")


def get(visitor, path: str, language: str = "en") -> str:
    answer = visitor.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_has_a_page_and_the_index_leads_to_it(visitor, language):
    index = get(visitor, "/config/", language)
    for slug in reference.SLUGS:
        assert f'href="/config/{slug}/"' in index
        assert "<h2 " in get(visitor, f"/config/{slug}/", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_anchors_of_the_single_page_are_in_the_index(visitor, language):
    index = get(visitor, "/config/", language)
    pages = "".join(get(visitor, f"/config/{slug}/", language) for slug in reference.SLUGS)
    anchors = set(re.findall(r'id="(c-[^"]+)"', pages))
    assert {"c-dataset", "c-stopping"} <= anchors <= set(re.findall(r'id="(c-[^"]+)"', index))


def test_the_sections_are_the_blocks_they_are_named_after(visitor):
    for slug in reference.SLUGS[1:17]:
        assert re.search(rf'<h2 id="c-[\w-]+"><code>{slug}</code></h2>', get(visitor, f"/config/{slug}/")), slug
    assert "patience" in get(visitor, "/config/stopping/") and "patience" not in get(visitor, "/config/dataset/")


def test_a_task_leads_to_its_section_and_opens_in_the_playground(visitor):
    index = get(visitor, "/config/")
    assert "I want early stopping" in index and 'href="/playground/?task=early-stopping"' in index
    for task in api.config_tasks():
        assert task.section in reference.SLUGS
        assert visitor.get(f"/playground/?task={task.name}").context["playground"].text == task.text
    assert "I want early stopping" in get(visitor, "/config/stopping/")


def test_pages_are_short(visitor):
    assert len(get(visitor, "/config/")) < 45_000
    assert max(len(get(visitor, f"/config/{slug}/")) for slug in reference.SLUGS[:-1]) < 60_000


def test_what_is_no_section_is_not_found(visitor):
    assert visitor.get("/config/nonsense/").status_code == 404
    assert visitor.get("/playground/?task=nonsense").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_opens_in_the_playground(visitor, language):
    page = get(visitor, "/config/examples/", language)
    parts = page.split("<h3 ")[1:]
    presets = list(api.presets().values())
    assert len(parts) == len(presets)
    for part, preset in zip(parts, presets, strict=True):
        assert f'href="/playground/?preset={preset.name}"' in part
        first = next(line for line in preset.text.splitlines() if line and not line.startswith("#"))
        assert first in unescape(re.sub(r"<[^>]+>", "", part)), preset.name
