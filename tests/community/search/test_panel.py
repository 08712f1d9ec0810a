"""The form beside the box writes operators into an address that can be shared."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse

from community.content.services import add_post, start_thread
from community.search import operators
from community.search.panel import panel_of, tidy_address
from tests.factories import PersonFactory

URL = reverse("search:results")
FIELDS = "kind= is= tag= by= lang= has= score= after= before=".split()


def led_to(**given: str) -> str:
    """Return the query of the address that a form leads to."""
    form = QueryDict("&".join(FIELDS), mutable=True)
    for name, value in given.items():
        form[name] = value
    address = urlsplit(tidy_address(form.dict()))
    assert address.path == URL
    return parse_qs(address.query).get("q", [""])[0]


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"q": "plateau", "was": ""}, "plateau"),
        ({"q": "plateau", "was": "plateau", "kind": "question", "tag": "xor"}, "plateau kind:question tag:xor"),
        ({"q": "a tag:xor", "was": "a tag:xor", "tag": ""}, "a"),
        ({"q": "a is:solved", "was": "a is:solved", "is": "unsolved"}, "a is:unsolved"),
        # The box and the panel were both changed: what was changed in the panel counts, and the box for the rest.
        ({"q": "b by:mei", "was": "a by:ada", "by": "ada", "lang": "zh"}, "b by:mei lang:zh"),
        ({"q": "a 标签:异或", "was": "a 标签:异或", "tag": "异或", "has": "run"}, "a tag:异或 has:run"),
        ({"q": '"x y" -z -tag:a', "was": '"x y" -z -tag:a', "after": "2026-01-01"}, '"x y" -z -tag:a after:2026-01-01'),
        ({"q": "a after:2026-03", "was": "a after:2026-03", "after": "2026-03-01"}, "a after:2026-03"),
        ({"q": "a", "was": "a", "tag": "batch norm"}, 'a tag:"batch norm"'),
        ({"q": "layer:LSTM stuck:", "was": "layer:LSTM stuck:", "kind": "run"}, "layer:LSTM stuck: kind:run"),
        ({"q": "a", "was": "a", "layer": "LSTM", "optimizer": "Adam"}, "a layer:LSTM optimizer:Adam"),
        ({"q": "a 优化器:adam", "was": "a 优化器:adam", "optimizer": "Adam"}, "a optimizer:adam"),
        ({"q": "a layer:LSTM", "was": "a layer:LSTM", "layer": ""}, "a"),
        ({"q": "a", "was": "a", "score": "5"}, "a score:5"),
        ({"q": "a votes:>2", "was": "a votes:>2", "score": ">2", "is": "solved"}, "a score:>2 is:solved"),
        ({"q": "loss:<0.01", "was": "loss:<0.01", "below": "0.01", "data": "xor"}, "loss:<0.01 data:xor"),
        ({"q": "loss:<0.01", "was": "loss:<0.01", "data": "xor"}, "loss:<0.01 data:xor"),
        ({"q": "a", "was": "a", "below": "1e-3", "sizes": "2-3-1"}, "a sizes:2-3-1 loss:<1e-3"),
        ({"q": "loss:MSELoss loss:<=0.1", "was": "loss:MSELoss loss:<=0.1", "loss": "MSELoss", "below": "0.2"},
         "loss:MSELoss loss:<0.2"),
        ({"q": "loss:mse loss:<0.1", "was": "loss:mse loss:<0.1", "loss": "", "below": "0.1"}, "loss:<0.1"),
        ({"q": "loss:>0.1", "was": "loss:>0.1", "loss": "", "above": "0.1", "below": ""}, "loss:>0.1"),
        ({"q": "a loss:>0.1", "was": "a loss:>0.1", "above": "0.5", "below": "2"}, "a loss:<2 loss:>0.5"),
        ({"q": "loss:<1 loss:>=0.1", "was": "loss:<1 loss:>=0.1", "above": "", "below": "1"}, "loss:<1"),
        ({"q": "a", "was": "a", "stuck": "yes"}, "a stuck:"),
        ({"q": "a 卡住:", "was": "a 卡住:", "stuck": "yes", "data": "xor"}, "a stuck: data:xor"),
        ({"q": "a stuck:", "was": "a stuck:", "stuck": ""}, "a"),
        ({"q": "a", "was": "a", "exact": "dead units", "without": "CNN"}, 'a "dead units" -CNN'),
        ({"q": 'a "b c" -d', "was": 'a "b c" -d', "exact": "", "without": ""}, "a"),
        ({"q": 'a "b c" -d', "was": 'a "b c" -d', "exact": "b c", "without": "d", "tag": "xor"}, 'a "b c" -d tag:xor'),
        ({"q": "a", "was": "a", "exact": '"b c" “d e”', "without": '-d "e f" 3d is:solved'},
         'a "b c" "d e" -d -"e f" -"3d" -"is:solved"'),
        ({"q": "a", "was": "a", "exact": 'it "', "without": '" -'}, 'a "it"'),
        ({"q": "a", "was": "a", "exact": 'it "b c"', "without": ""}, 'a "b c" "it"'),
        ({"q": "a", "was": "a", "below": "<0.01"}, "a loss:<0.01"),
    ],
)  # fmt: skip
def test_a_form_leads_to(given, query):
    assert led_to(**given) == query


def test_the_panel_shows_what_the_query_says():
    query = operators.read(
        "类型:问题,回答 状态:已解决 作者:ada after:2026-03 before:nonsense has:formula has:run lang:中文"
    )
    panel = panel_of(query)
    assert {name: value for name, value in panel.values.items() if f"{name}=" in FIELDS} == {
        "kind": "question,answer", "is": "solved", "tag": "", "by": "ada", "lang": "zh", "after": "2026-03-01",
        "before": "", "has": "run,formula", "score": "",
    }  # fmt: skip
    assert [option.words for option in panel.kinds if option.is_chosen] == ["Questions, Answers"]


def test_the_panel_offers_what_runs_are_made_of():
    panel = panel_of(operators.read("层:lstm 优化器:sgd loss:<0.01 loss:>=1e-5 finding:plateau stuck:"))
    assert panel.used == 6
    chosen = {field.name: [each.value for each in field.options if each.is_chosen] for field in panel.of_runs}
    assert chosen == {
        "layer": ["LSTM"], "activation": [], "optimizer": ["SGD"], "loss": [], "data": [], "finding": ["plateau"],
        "stuck": ["yes"],
    }  # fmt: skip
    assert {each.name: each.value for each in panel.typed_of_runs} == {"sizes": "", "below": "0.01", "above": "1e-5"}
    assert all(field.label and len(field.options) > 2 for field in panel.of_runs if field.name != "stuck")


def test_the_panel_shows_the_words_that_are_exact_or_excluded():
    def shown(text: str) -> list[str]:
        values = panel_of(operators.read(text)).values
        return [values["exact"], values["without"]]

    assert shown('a "b c" -d -"e f"') == ["b c", 'd "e f"']
    assert shown('"b c" "d"') == ['"b c" "d"', ""]


@pytest.mark.django_db
def test_the_form_has_these_fields_with_their_values(client):
    page = client.get(URL, {"q": 'a "b c" -d sizes:2-3-1 loss:<0.01'}).content.decode()
    for name, value in (("exact", "b c"), ("without", "d"), ("sizes", "2-3-1"), ("below", "0.01")):
        assert f'name="{name}" value="{value}"' in page
    assert '<span class="soft">4</span></summary>' in page


@pytest.mark.django_db
def test_the_page_has_counts_filters_to_remove_orders_and_the_panel(client):
    author = PersonFactory(handle="ada")
    thread = start_thread(author=author, kind="question", title="A plateau", source="x", tags=["xor"])
    add_post(thread=thread, author=author, source="The plateau.")
    response = client.get(URL, {"q": "plateau", "was": "", "kind": "answer", "sort": "newest"})
    assert response.status_code == 302
    assert response.url == f"{URL}?q=plateau+kind%3Aanswer&sort=newest"
    page = client.get(response.url)
    shown = page.content.decode()
    assert [(kind.words, kind.count, kind.is_current) for kind in page.context["kinds"]] == [
        ("All", 2, False), ("Questions", 1, False), ("Answers", 1, True),
    ]  # fmt: skip
    assert [(each.words, each.url) for each in page.context["filters"]] == [
        ("kind:answer", f"{URL}?q=plateau&sort=newest")
    ]
    assert [each.words for each in page.context["orders"] if each.is_current] == ["Newest"]
    assert '<span class="soft">1</span></summary>' in shown and '<option value="answer" selected>' in shown


@pytest.mark.parametrize(("query", "is_open"), [("xor", False), ("xor kind:run", True), ("xor layer:LSTM", True)])
def test_filters_of_runs_are_folded_unless_runs_are_looked_for(client, db, query, is_open):
    page = client.get("/search/", {"q": query}).content.decode()
    assert ('class="search-of-runs" open' in page) is is_open and 'name="layer"' in page


@pytest.mark.parametrize("text", ['"vanishing gradient', "tag: gradient", "word " * 2_048, "gradient AND loss"])
def test_what_is_wrong_with_a_text_is_said_after_the_form_was_sent_too(client, db, text):
    """The form sends what it was made for, and leads to an address without that."""
    answer = client.get("/search/", {"q": text, "was": ""}, follow=True)
    assert answer.redirect_chain and answer.context["problems"]
    assert answer.context["query"].startswith(text.strip()[:500].strip())
    there = client.get("/search/", {"q": text, "in": "1"}, follow=True)
    assert there.redirect_chain and set(answer.context["problems"]) <= set(there.context["problems"])
