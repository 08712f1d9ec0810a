"""What a first visit with an empty cache costs on a slow phone: within the budget on every kind of page."""

import pytest

from bench.first_visit import LANGUAGES, pages, visit

pytestmark = pytest.mark.full

MOST_REQUESTS, MOST_BYTES, MOST_SHIFT = 12, 250_000, 0.02
KINDS = ("home", "thread with formulas", "article", "run", "playground")
SHIFTING = """data:text/html,<meta name=viewport content="width=device-width">
<p>Above</p><div style="height: 400px; background: teal">Below</div><script>
const move = () => document.querySelector("p").style.height = "300px";
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(move, 200)))</script>"""


@pytest.fixture(scope="module")
def addresses(embedded_site, places) -> dict[str, str]:
    """Once the demo's trainings have ended: the card of one that goes on is asked for again and again."""
    found = pages(embedded_site.url)
    assert found.keys() == {*KINDS}
    return {kind: embedded_site.url + path for kind, path in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_first_visit_is_within_the_budget(browser, addresses, kind, language):
    seen = visit(browser, addresses[kind], language)
    print(f"{kind}, {language}: {seen.requests} requests, {seen.total} bytes, shift {seen.shift}")
    assert {"html", "css", "script", "font"} <= seen.bytes.keys()
    assert seen.requests <= MOST_REQUESTS
    assert seen.total <= MOST_BYTES
    assert seen.shift <= MOST_SHIFT
    assert seen.paint


def test_a_page_that_moves_is_noticed(browser):
    assert visit(browser, SHIFTING, slow=False).shift > MOST_SHIFT
