"""Comparisons of runs: their address, what their page says, and who sees which run in them."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from bpsandbox.models import Run
from community.common.ratelimit import Limit
from community.experiments.rates import DRAWING, ZOOMING
from tests.kept_pages import kept_pages
from tests.taken_back import taken_back

from .conftest import finished, text_with

pytestmark = pytest.mark.django_db

MISSING = "One of these runs does not exist, or you may not see it."


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker) -> Iterator[tuple[str, str]]:
    """Two public runs with another learning rate, trained once for all tests here."""
    with django_db_blocker.unblock(), taken_back():
        yield finished(text_with()), finished(text_with(optimizer="{type: SGD, lr: 0.5}"))


def test_two_runs_are_drawn_in_one_chart_with_words_for_the_difference(two, visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        answer = visitor.get(f"/compare/?runs={two[0]},{two[1]}")
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count('class="curve"') == 1
    assert page.count('class="median"') >= 2 and page.count('class="band"') == 2
    assert "learning rate 2 → 0.5" in text_of(answer)
    assert "3 and 3 seeds are too few to tell: p cannot fall below 0.1 with them" in text_of(answer)


def test_the_chart_is_a_file_too(two, visitor):
    page = visitor.get(f"/compare/?runs={two[0]},{two[1]}&x=steps&scale=linear")
    address = f"/compare/curve.svg?runs={two[0]},{two[1]}&x=steps&scale=linear"
    assert page.context["page"].picture == address
    drawing = visitor.get(address)
    assert drawing["Content-Type"].startswith("image/svg+xml") and "sandbox" in drawing["Content-Security-Policy"]
    assert drawing.content.startswith(b"<svg") and b"hue-1" in drawing.content and b">step" in drawing.content
    for nothing in ("", "?runs=x", f"?runs={'0' * 32},{'1' * 32}"):
        assert visitor.get(f"/compare/curve.svg{nothing}").status_code == 404


def test_the_file_of_a_chart_is_kept_and_new_ones_are_limited(two, visitor, monkeypatch):
    monkeypatch.setattr(DRAWING, "items", Limit("curve-drawing-test", "2/minute").items)
    first, *others = [f"/compare/curve.svg?runs={two[0]},{two[1]}{more}" for more in ("", "&x=steps", "&scale=linear")]
    with kept_pages():
        assert [visitor.get(address).status_code for address in (first, first, *others)] == [200, 200, 200, 429]


def test_a_form_leads_to_the_permanent_address(two, visitor):
    answer = visitor.get(
        "/compare/chosen/", {"run": [two[0], f" https://site.example/runs/{two[1]}/?post=3#curves", ""]}
    )
    assert answer.status_code == 302 and answer["Location"] == f"/compare/?runs={two[0]},{two[1]}"


def test_a_curve_that_no_two_runs_have_is_named_and_another_one_is_shown(two, visitor):
    told = "No two of these runs have a curve “val_&lt;b&gt;”, so another one is shown."
    page = text_of(visitor.get("/compare/", {"runs": ",".join(two), "curve": "val_<b>"}))
    assert told in page and "Training loss" in page
    page = text_of(visitor.get("/compare/", {"runs": ",".join(two), "curve": "train_loss"}))
    assert "another one is shown" not in page


def test_a_form_with_something_else_keeps_it_and_says_so(two, visitor):
    answer = visitor.get("/compare/chosen/", {"run": [two[0], "my best, run"]}, follow=True)
    assert answer.status_code == 200 and "“my best run” is not the address of a run" in text_of(answer)


@pytest.mark.parametrize(
    ("runs", "status", "words"),
    [
        ("", 200, "See runs in one chart"),
        ("nonsense", 400, "“nonsense” is not the address of a run"),
        ("f" * 32, 404, MISSING),
        ("f" * 32 + "," + "e" * 32, 404, "2 of these runs do not exist, or you may not see them."),
        ("<script>alert(1)</script>", 400, "is not the address of a run"),
        ("x" * 8192, 400, "This address is too long"),
        (",".join(["f" * 32] * 248), 400, "This address is too long"),
        ("%00,' OR 1=1", 400, "is not the address of a run"),
        (",".join(["x", *(f"{number:032x}" for number in range(13))]), 400, "At most 12 runs can be compared."),
    ],
)
def test_an_address_that_was_tampered_with_gives_a_sentence(visitor, db, runs, status, words):
    answer = visitor.get("/compare/", {"runs": runs})
    assert answer.status_code == status and words in text_of(answer).replace("&lt;", "<")
    assert b"<script>alert" not in answer.content and b"Choose runs" in answer.content


def span_of(page: str, name: str = "data-span") -> str:
    return re.search(rf'{name}="([^"]*)"', page)[1]


def test_a_range_is_drawn_with_its_own_axis_and_numbers_and_kept_in_the_address(two, visitor):
    answer = visitor.get(f"/compare/?runs={two[0]},{two[1]}&from=10&to=20&scale=linear")
    page = answer.content.decode()
    assert span_of(page) == "10 20" and span_of(page, "data-range") == "0 40"
    assert "from=10&amp;to=20" in page and answer.context["page"].picture.endswith("scale=linear&from=10&to=20")
    table = page[page.index("<table") :].split("</table>")[0]
    assert re.findall(r'<th scope="row">\s*(\d+)', table)[:1] == ["10"]
    drawing = visitor.get(answer.context["page"].picture)
    assert drawing.status_code == 200 and ">20</text>" in drawing.content.decode()
    assert ">40</text>" not in drawing.content.decode()
    steps = re.search(r'href="([^"]*x=steps[^"]*)"', page)[1]
    assert "from=" not in steps  # epochs are no steps


@pytest.mark.parametrize(
    "query", ["from=900", "from=7&to=7", "from=x", "from=20&to=10", "to=0", "from=9999999999999999"]
)
def test_a_range_without_points_shows_everything(two, visitor, query):
    page = visitor.get(f"/compare/?runs={two[0]},{two[1]}&{query}").content.decode()
    assert span_of(page) == "0 40"
    assert ("No run has two points in this range" in page) == (query in ("from=900", "to=0"))


def test_too_many_ranges_are_drawn_with_fewer_points(two, visitor, monkeypatch):
    monkeypatch.setattr(ZOOMING, "items", Limit("curve-range-test", "2/minute").items)
    pages = [visitor.get(f"/compare/?runs={two[0]},{two[1]}&from={n}&to=20").content.decode() for n in (5, 6)]
    assert ["Too many ranges" in page for page in pages] == [False, True] and span_of(pages[1]) == "6 20"


def test_what_one_reader_may_no_longer_ask_for_is_not_kept_for_others(two, monkeypatch):
    monkeypatch.setattr(ZOOMING, "items", Limit("curve-range-one", "2/minute").items)
    first, second = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.1")
    address = f"/compare/?runs={two[0]},{two[1]}&to=20&from="
    with kept_pages():
        pages = [browser.get(f"{address}{n}").content.decode() for browser, n in ((first, 5), (first, 6), (second, 6))]
        assert ["Too many ranges" in page for page in pages] == [False, True, False]


@pytest.mark.parametrize(("count", "is_said"), [(30, False), (31, True), (200, True)])
def test_more_hidden_settings_than_are_read_are_told(two, visitor, count, is_said):
    paths = ",".join(f"model.layers.{number}.activation.negative_slope" for number in range(count))
    answer = visitor.get(f"/compare/?runs={two[0]},{two[1]}&hide={paths}")
    assert answer.status_code == 200 and len(answer.context["page"].asked.hidden) == min(count, 30)
    assert ("At most 30 settings can be hidden. The others are shown." in answer.content.decode()) == is_said


def test_what_tells_the_range_is_marked_to_follow_it(two, visitor):
    page = visitor.get(f"/compare/?runs={two[0]},{two[1]}&from=10&to=20").content.decode()
    parts = page.split(" data-follows>")
    assert [re.search(r'id="([\w-]+)"$', part)[1] for part in parts[:-1]] == [
        "compare-choices", "compare-reading", "settings", "runs",
    ]  # fmt: skip
    links = re.findall(r'href="(/compare/[^"]*)"', page.partition('<form method="get"')[0] + "".join(parts[2:]))
    base = f"/compare/?runs={two[0]},{two[1]}"
    assert len(links) > 5 and {link for link in links if "from=10&amp;to=20" not in link} == {
        base,
        f"{base}&amp;x=steps",
    }


def test_a_result_from_before_there_were_findings_has_them_here_and_on_its_page(two, visitor):
    run = Run.objects.get(spec__hash=two[0])
    warning = {"code": "grown", "seeds": run.result["seeds"][:1], "losses": [40.0]}
    for kept in (run.result, run.card):
        kept.pop("findings")
        kept["warnings"] = [warning]
    run.archive = None
    run.save()
    compared = visitor.get(f"/compare/?runs={two[0]},{two[1]}").content.decode()
    assert f'href="/runs/{two[0]}/#findings">Diverged</a>' in compared
    page = visitor.get(f"/runs/{two[0]}/").content.decode()
    assert 'id="findings"' in page and 'data-finding="diverged"' in page
    assert "ends farther from it than before" in page
