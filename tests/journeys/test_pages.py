"""Every page type in a real browser: no axe violations, no overflow on a phone, no layout shift."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.shots import PAGES

SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({type: 'layout-shift', buffered: true});
"""
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
AT_COMMIT = ("front", "question", "article", "run", "write", "notifications")
WEIGHED = """() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .map(entry => [entry.name, entry.transferSize])"""


@pytest.fixture
def browse(embedded_site, places, arrive):
    """Open page types as a visitor, or signed in where needed."""

    def open_browser(*, is_member: bool, **how):
        person = arrive(embedded_site, **how)
        _prepare(person, places, is_member=is_member)
        return person

    return open_browser


@pytest.fixture(scope="module")
def readers(browser, embedded_site, places) -> Iterator[Callable[..., Person]]:
    """Return who reads page after page in one look: a browser for each page takes longer than axe."""
    found: dict[tuple, Person] = {}

    def reader(*, is_member: bool, color_scheme: str, width: int) -> Person:
        look = (is_member, color_scheme, width)
        if look not in found:
            found[look] = Person(browser, embedded_site, color_scheme=color_scheme, width=width)
            _prepare(found[look], places, is_member=is_member)
        return found[look]

    yield reader
    for person in found.values():
        person.context.close()


def _prepare(person: Person, places: dict, *, is_member: bool) -> None:
    person.page.add_init_script(SHIFTS)
    if is_member:
        person.context.add_cookies([{"name": "sessionid", "value": places["session"], "url": person.site.url}])


def _address(places: dict, name: str) -> str:
    address = PAGES[name][0]
    return places[address.strip("{}")] if address.startswith("{") else address


def _is_formula_in_a_header(rule: str, html: str) -> bool:
    """Axe reports column headers with only a formula as empty; screen readers do read MathML."""
    return rule == "empty-table-header" and html.startswith("<th><math>")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in AT_COMMIT else pytest.mark.full) for name in PAGES]
)
def test_axe_finds_nothing(readers, places, name):
    for scheme, width in (("light", 1280), ("dark", 360)):
        person = readers(is_member=PAGES[name][1], color_scheme=scheme, width=width)
        person.complaints.clear()
        person.asked_elsewhere.clear()
        person.page.goto(_address(places, name))
        person.page.evaluate(AXE_SCRIPT)
        found = person.page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
        nodes = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
        assert [node for node in nodes if not _is_formula_in_a_header(*node)] == []
        assert (person.complaints, person.asked_elsewhere) == ([], [])


@pytest.mark.parametrize("name", ["run", "compare"])
@pytest.mark.full
def test_axe_finds_nothing_in_what_is_folded(browse, places, name):
    person = browse(is_member=False, width=360)
    person.open(_address(places, name))
    person.page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
    person.page.evaluate(AXE_SCRIPT)
    found = person.page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)})")["violations"]
    nodes = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    assert [node for node in nodes if not _is_formula_in_a_header(*node)] == []
    assert person.overflow() <= 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("is_member", [False, True], ids=["visitor", "member"])
@pytest.mark.full
def test_no_page_is_wider_than_a_phone(browse, places, is_member, language):
    person = browse(is_member=is_member, width=360, language=language)
    wide = {}
    for name, (_address_of, needs_person) in PAGES.items():
        if needs_person is is_member:
            person.page.goto(_address(places, name))
            wide[name] = person.overflow()
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize("name", ["front", "question", "article", "run", "note", "runs"])
@pytest.mark.full
def test_nothing_jumps_while_a_page_loads(browse, places, name):
    """What jumps by itself jumps each time; fonts may be late, at first or on a busy machine."""
    for width in (360, 1280):
        person = browse(is_member=False, width=width)
        shifts = []
        for _visit in range(3):
            person.open(_address(places, name))
            person.page.evaluate("document.fonts.ready")
            shifts.append(sum(person.page.evaluate("window.shifts")))
        print(f"{name} at {width}: {shifts[0]:.3f} at first, {shifts[1]:.3f} and {shifts[2]:.3f} then")
        assert min(shifts[1:]) < 0.02


COLUMNS = """() => Object.fromEntries(['.pg', '.pg-text', '.config-box', '.pg-folds']
    .map(name => [name, document.querySelector(name)?.getBoundingClientRect().toJSON()]))"""


@pytest.mark.parametrize("query", ["", "?preset=digits", "?data=moons"])
@pytest.mark.full
def test_the_columns_of_the_playground_are_full(browse, query):
    """The text goes down to the end of the columns; what is folded is below all of them."""
    person = browse(is_member=False)
    person.open(f"/playground/{query}")
    boxes = person.page.evaluate(COLUMNS)
    all_of_it, text, folds = boxes[".pg"], boxes[".pg-text"], boxes[".pg-folds"]
    end = folds["top"] if folds else all_of_it["bottom"]
    assert abs(text["bottom"] - end) <= 2
    assert abs(boxes[".config-box"]["bottom"] - text["bottom"]) <= 2
    assert text["height"] >= 256
    assert not folds or abs(folds["width"] - all_of_it["width"]) <= 4


SPREAD = """() => {
    const net = document.querySelector('.pg-net');
    const ends = [...net.children].map((each) => each.getBoundingClientRect().bottom);
    return net.getBoundingClientRect().bottom - Math.max(...ends);
}"""


@pytest.mark.full
def test_where_only_layers_are_drawn_nothing_is_spread_apart(browse):
    """The controls are taller than the pictures: the text beside them, and the tables of the run, take the room."""
    person = browse(is_member=False)
    person.open("/playground/?preset=sine")
    assert person.page.evaluate(SPREAD) <= 48
    person.page.goto(person.page.locator("[data-result] .run-foot .end").get_attribute("href"))
    curves, tables = (person.page.locator(name).bounding_box() for name in ("#curves", "#tables"))
    assert tables["x"] == curves["x"] and tables["y"] - (curves["y"] + curves["height"]) <= 40


HEIGHTS = """() => ['[data-config-text]', '[data-gutter]', '.config-editor'].map(name => {
    const { clientHeight, scrollHeight } = document.querySelector(name);
    return [clientHeight, scrollHeight];
})"""


@pytest.mark.full
def test_a_long_config_scrolls_together_with_its_line_numbers(browse):
    person = browse(is_member=False)
    person.open("/playground/")
    box = person.page.locator("[data-config-text]")
    box.fill(box.input_value().rstrip() + "\n# more" * 40 + "\n")
    expect(person.page.locator("[data-gutter] span")).not_to_have_count(13)
    (text, all_text), (numbers, _all), (place, inside) = person.page.evaluate(HEIGHTS)
    assert text == all_text == numbers
    assert place < inside


@pytest.mark.parametrize("name", ["home", "thread", "question", "article", "run", "write"])
@pytest.mark.full
def test_a_first_visit_fits_its_bytes(browse, places, name):
    """The bytes actually transferred, without pictures and fonts."""
    person = browse(is_member=True)
    person.page.goto(_address(places, name), wait_until="load")
    expect(person.page.locator(".bell")).to_be_visible()
    sizes = [
        (url, size)
        for url, size in person.page.evaluate(WEIGHED)
        if not re.search(r"\.(woff2|svg|png|jpg|webp)\b", url)
    ]
    script = sum(size for url, size in sizes if ".js" in url)
    print(f"{name}: {sum(size for _url, size in sizes)} bytes, {script} of them script")
    assert 0 < script <= 60 * 1024
    assert sum(size for _url, size in sizes) <= 150 * 1024


@pytest.mark.full
def test_every_page_works_without_script(browse, places):
    for is_member in (False, True):
        person = browse(is_member=is_member, script=False)
        for name, (_address_of, needs_person) in PAGES.items():
            if needs_person is is_member:
                answer = person.page.goto(_address(places, name))
                assert answer.status == (404 if name == "not-found" else 200)
                expect(person.page.locator("main h1")).to_have_count(1)


@pytest.mark.full
def test_all_of_a_page_is_reached_by_keyboard(browse, places):
    """From the skip link on, every focus stop is visible, and the focus always moves."""
    person = browse(is_member=True)
    person.page.goto(_address(places, "thread"))
    person.page.keyboard.press("Tab")
    expect(person.page.locator(".skip")).to_be_focused()
    before = None
    for _ in range(40):
        person.page.keyboard.press("Tab")
        now = person.page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
                return {what: at.outerHTML.slice(0, 120), place: [box.x, box.y + scrollY],
                        drawn: style.outlineStyle !== 'none' || style.boxShadow !== 'none'};
            }"""
        )
        assert now["drawn"], now["what"]
        assert now != before
        before = now


@pytest.mark.full
def test_a_long_name_of_a_list_does_not_widen_a_phone(browse, places):
    person = browse(is_member=True, width=360)
    person.page.goto(places["choose"])
    person.page.locator("[name=new_name]").fill("W" * 60)
    person.page.locator("main form .button.primary").click()
    expect(person.page).to_have_url(re.compile("/t/"))
    person.page.goto("/bookmarks/")
    expect(person.page.locator(".pill bdi").first).to_have_text("W" * 60)
    assert person.overflow() <= 0
    for address in (places["choose"], "/lists/"):
        person.page.goto(address)
        assert person.overflow() <= 0


def _boxes(person: Person, selector: str) -> list[dict]:
    """Return where the elements are, in their order."""
    return person.page.locator(selector).evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())")


def _middles(person: Person, selector: str) -> list[float]:
    return [(box["top"] + box["bottom"]) / 2 for box in _boxes(person, selector)]


@pytest.mark.full
def test_fractions_of_two_lines_of_a_search_result_do_not_touch(browse):
    person = browse(is_member=False)
    person.page.goto("/search/?q=gradient+kind:question")
    above, below = _boxes(person, ".result-excerpt mfrac")[:2]
    assert above["bottom"] + 2 <= below["top"]


@pytest.mark.full
def test_filters_and_order_of_a_search_are_aligned(browse):
    person = browse(is_member=False)
    person.page.goto("/search/?q=gradient")
    choice, explanation = _middles(person, ".list-head :is(.choice, .order-help)")
    assert abs(choice - explanation) <= 1
    person.page.locator(".search-panel > summary").click()
    of_posts = [round(box["left"]) for box in _boxes(person, ".search-panel > :not([role]) > label")]
    of_runs = [round(box["left"]) for box in _boxes(person, ".search-panel > [role] > label")]
    assert of_runs == of_posts[: len(of_runs)]


@pytest.mark.full
def test_on_a_phone_the_number_of_a_post_is_beside_its_author_and_the_order_at_the_margin(browse, places):
    person = browse(is_member=False, width=360)
    person.page.goto(places["discussion"])
    authors, numbers = (_boxes(person, f".post > .post-head > .{name}") for name in ("person", "post-number"))
    assert len(authors) == len(numbers) > 1
    assert all(number["bottom"] <= author["bottom"] for author, number in zip(authors, numbers, strict=True))
    nesting, order = (_boxes(person, f".replies-head .kinds:nth-of-type({nth}) > a")[0] for nth in (1, 2))
    assert nesting["left"] == order["left"]
    assert nesting["bottom"] <= order["top"]


@pytest.mark.full
def test_the_button_of_the_template_and_its_explanation_are_on_one_line(browse):
    person = browse(is_member=True)
    person.page.goto("/write/?kind=question")
    expect(person.page.locator(".ask-template > button")).to_be_visible()
    button, explanation = _middles(person, ".ask-template > *")
    assert abs(button - explanation) <= 1


@pytest.mark.full
def test_the_config_on_the_front_page_is_not_cut(browse):
    person = browse(is_member=False)
    person.page.goto("/")
    assert person.page.locator(".hero textarea").evaluate("text => text.scrollWidth - text.clientWidth") <= 0


@pytest.mark.full
def test_the_number_of_a_row_is_beside_its_title_and_a_list_has_room_below(browse):
    person = browse(is_member=False)
    person.page.goto("/articles/")
    titles, numbers = _boxes(person, ".row-title"), _boxes(person, ".row-replies")
    assert len(titles) == len(numbers) > 3
    assert all(abs(title["top"] - number["top"]) <= 8 for title, number in zip(titles, numbers, strict=True))
    [rows], [feed] = _boxes(person, ".rows"), _boxes(person, "main .aside-block")
    assert feed["top"] - rows["bottom"] >= 16


@pytest.mark.parametrize("address", ["/notifications/?show=moderation", "/following/?kind=thread"])
@pytest.mark.full
def test_tabs_on_a_phone_are_one_line_in_which_the_one_shown_is_seen(browse, address):
    person = browse(is_member=True, width=360)
    person.page.goto(address)
    places = _boxes(person, "main .tabs > a")
    assert len({round(place["top"]) for place in places}) == 1 and len(places) > 4
    [shown] = _boxes(person, "main .tabs > [aria-current]")
    assert shown["left"] >= 0 and shown["right"] <= 360
    assert person.overflow() == 0
    person.page.locator("main .tabs > a").first.focus()
    assert _boxes(person, "main .tabs > a")[0]["left"] >= 0
