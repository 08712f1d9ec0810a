"""Hostile texts in a real browser without Content-Security-Policy, to test the sanitiser alone."""

from pathlib import Path

import pytest

from community.rendering import Context, render

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
HOSTILE = sorted((HERE / "hostile").glob("*.md"))
CSS = HERE.parents[2] / "community" / "static" / "community" / "css"
NEVER = ", ".join(f"main {tag}" for tag in ("script", "iframe", "svg", "object", "style", "form"))
# Reports everything that runs.
WATCH = """<script>
window.ran = [];
window.alert = window.confirm = window.prompt = (...words) => window.ran.push(words);
addEventListener('error', event => event.message && window.ran.push(['error', event.message]));
</script>"""

# Events of what was inserted and opened, and the requests of what came into view.
LATER = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


def page_of(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>t</title>{WATCH}{head}<body>{body}</body></html>"


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_nothing_runs_and_nothing_is_asked_for(page, path):
    asked = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    html = render(path.read_text(encoding="utf-8"), Context(kind="article", thread_url="/t/1/x/{number}/")).html
    page.set_content(page_of(f"<main>{html}</main>"))
    page.evaluate(
        """() => {
            for (const element of document.querySelectorAll('main, main *')) {
                for (const name of ['click', 'mouseover', 'focus', 'toggle', 'load', 'error'])
                    element.dispatchEvent(new Event(name, {bubbles: true}));
            }
            for (const details of document.querySelectorAll('details')) details.open = true;
        }"""
    )
    page.evaluate(LATER)
    assert page.evaluate("window.ran") == []
    assert asked == []
    assert page.evaluate(f"document.querySelectorAll('{NEVER}').length") == 0


@pytest.mark.parametrize("path", HOSTILE + sorted((HERE / "examples").glob("*.md")), ids=lambda path: path.stem)
def test_reading_it_again_changes_nothing(page, path):
    html = render(path.read_text(encoding="utf-8"), Context(kind="article")).html
    page.set_content(page_of(""))
    once, twice = page.evaluate(
        """html => {
            const template = document.createElement('template');
            const read = text => { template.innerHTML = text; return template.innerHTML; };
            return [read(html), read(read(html))];
        }""",
        html,
    )
    assert once == twice


def test_every_formula_is_drawn_and_scrolls_alone_at_360_pixels(page):
    page.set_viewport_size({"width": 360, "height": 800})
    sheets = "".join(
        f"<style>{(CSS / name).read_text(encoding='utf-8')}</style>" for name in ("tokens.css", "base.css", "prose.css")
    )
    formulas = (HERE / "bp_formulas.txt").read_text(encoding="utf-8").splitlines()
    source = "\n\n".join(f"$$\n{formula}\n$$" for formula in formulas)
    html = render(source, Context(kind="article")).html
    page.set_content(page_of(f'<main class="prose">{html}</main>', sheets))
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('math')]
            .map(each => each.getBoundingClientRect()).filter(box => box.width > 4 && box.height > 4).length"""
    )
    assert drawn == len(formulas) == 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
