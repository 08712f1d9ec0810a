"""The playground without an account."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from bpsandbox.charts.stage import stage
from bpsandbox.models import PEOPLE, VISITORS, Attachment, Run
from community.common.ratelimit import Limit
from community.common.ratelimit.store import limiter
from community.experiments import reference, sharing
from community.experiments.rates import PLAYING, SKETCHING
from community.experiments.visitors import COOKIE
from community.rendering.context import Rendered
from tests.kept_pages import kept_pages

from .conftest import train

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch", "Accept": "text/html"}


def test_it_opens_with_a_config_that_is_fine(visitor):
    page = visitor.get("/playground/")
    assert page.status_code == 200
    assert "out_features: 2" in page.content.decode() and "9 parameters" in page.content.decode()


def test_a_preset_a_fork_and_a_run_are_opened_by_address(visitor, trained):
    assert "name: spiral" in visitor.get("/playground/?preset=spiral").content.decode()
    spec_hash = trained()
    forked = visitor.get(f"/playground/?fork={spec_hash}").content.decode()
    assert "epochs: 40" in forked and f'data-run="{spec_hash}"' in forked
    assert 'class="run-card"' in visitor.get(f"/playground/?run={spec_hash}").content.decode()
    assert visitor.get("/playground/?preset=nonsense").status_code == 200


@pytest.mark.parametrize("field", ["fork", "run"])
def test_an_address_with_a_run_that_is_not_there_leads_to_the_playground(visitor, trained, config, member, field):
    absent = [f"/playground/?{field}={each}" for each in ("0" * 32, trained(config(title="Mine"), requester=member))]
    pages = [visitor.get(address) for address in absent]
    assert [page.status_code for page in pages] == [404, 404]
    shown = [page.content.decode().partition("<main")[2].partition("</main>")[0] for page in pages]
    assert shown[0] == shown[1]  # whether somebody else has one is not told
    assert "There is no such run, or it is not public." in shown[0] and 'href="/playground/"' in shown[0]


def test_what_was_run_as_it_was_opened_is_there_after_a_reload(visitor, trained):
    """The address is then still that of a fork, of a change to one, of a task or of a data set."""
    spec_hash = trained()
    addresses = [f"/playground/?fork={spec_hash}&fix=adam", "/playground/?task=dropout", "/playground/?data=xor"]
    for address in addresses:
        page = visitor.get(address).content.decode()
        assert 'class="run-card"' not in page
        text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
        visitor.post("/playground/", {"config": text}, headers=FETCH)
        assert 'class="run-card"' in visitor.get(address).content.decode(), address


def test_a_visitor_runs_a_config_and_keeps_it_for_a_day(visitor, config):
    answer = visitor.post("/playground/", {"config": config()})
    assert answer.status_code == 302 and answer["Location"].startswith("/playground/?c=")
    page = visitor.get(answer["Location"]).content.decode()
    assert 'data-state="queued"' in page and "epochs: 40" in page
    attachment = Attachment.objects.get()
    assert (attachment.owner, attachment.visibility, bool(attachment.expires_at)) == (None, "unlisted", True)
    assert COOKIE in answer.cookies and attachment.owner_key not in answer.cookies[COOKIE].value.split(":")[1:]
    again = visitor.get(f"/runs/{attachment.spec.hash}/").content.decode()
    assert "Cancel" in again


@pytest.mark.parametrize("visibility", ["private", "public"])
def test_the_playground_shows_a_run_to_nobody_new_and_hides_it_from_nobody(
    trained, signed_in, visitor, member, config, visibility
):
    """Programs are told that only they see what they train, and its page leads to the playground."""
    spec_hash = trained(requester=member, visibility=visibility)
    card = signed_in(member).post("/playground/", {"config": config()}, headers=FETCH).content.decode()
    assert 'class="run-card"' in card
    assert Attachment.objects.get().visibility == visibility
    assert visitor.get(f"/runs/{spec_hash}/").status_code == (404 if visibility == "private" else 200)


def test_a_script_gets_the_card_alone(visitor, config):
    answer = visitor.post("/playground/", {"config": config()}, headers=FETCH)
    assert answer.content.decode().lstrip().startswith('<section class="run-card"')


def test_a_config_that_was_run_before_is_said_to_have_been_and_its_result_shown(visitor, config):
    first = visitor.post("/playground/", {"config": config()}, headers=FETCH).content.decode()
    assert "playground-told" not in first
    again = visitor.post("/playground/", {"config": config()}, headers=FETCH).content.decode()
    assert "This config is already running. Here is the run." in again and 'data-state="queued"' in again
    train()
    told = '<p class="playground-told">This config has been run before. Here is the result.</p>'
    for headers in (FETCH, {}):
        done = visitor.post("/playground/", {"config": config()}, headers=headers, follow=True).content.decode()
        assert told in done and 'class="curve"' in done
    assert Run.objects.count() == 1


def test_a_card_of_the_playground_has_the_title_of_its_config(visitor, config):
    page = visitor.post("/playground/", {"config": config(title="Mine alone")}, headers=FETCH).content.decode()
    assert 'aria-label="Run: Mine alone"' in page


def test_problems_stand_beside_the_lines_and_the_text_is_kept(visitor, config):
    wrong = config().replace("sigmoid", "sigmod")
    answer = visitor.post("/playground/", {"config": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and Run.objects.count() == 0
    assert page.count("Unknown name: sigmod") == 2  # in the list and beside the button
    assert "activation: sigmod" in page
    told = visitor.post("/playground/", {"config": wrong}, headers=FETCH)
    assert told.status_code == 422 and [p["line"] for p in told.json()["problems"]] == [3]


def test_a_visitor_has_smaller_limits(visitor, config):
    answer = visitor.post("/playground/", {"config": config(seeds="{start: 0, count: 17}")})
    assert answer.status_code == 422 and Run.objects.count() == 0


def test_over_the_hourly_limit_a_sentence_says_so(visitor, config, settings):
    settings.BPSANDBOX_VISITOR_RUNS_AN_HOUR = 1
    visitor.post("/playground/", {"config": config()})
    answer = visitor.post("/playground/", {"config": config(seeds="[8]")})
    assert (
        answer.status_code == 429 and "an hour" in answer.content.decode() and "seeds: [8]" in answer.content.decode()
    )
    assert Run.objects.count() == 1


def test_who_is_over_the_limit_signs_in_and_has_the_config_again(visitor, signed_in, member, config, settings):
    settings.BPSANDBOX_VISITOR_RUNS_AN_HOUR = 1
    visitor.post("/playground/", {"config": config()})
    sent = {"config": config(seeds="[8]")}
    door = visitor.post("/playground/", sent, headers=FETCH).json()["sign_in"]
    page = visitor.post("/playground/", sent).content.decode()
    plain = re.search(r'data-refusal>[^<]+<a href="([^"]+)">Sign in</a>', page)[1]
    address, again = (parse_qs(urlsplit(each).query)["next"][0] for each in (door, html.unescape(plain)))
    assert address == again
    assert "seeds: [8]" in signed_in(member).get(address).content.decode()
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = 1
    known = signed_in(member)
    known.post("/playground/", {"config": config(seeds="[9]")})
    assert "sign_in" not in known.post("/playground/", sent, headers=FETCH).json()


def test_a_class_behind_one_address_has_runs_for_each_browser_up_to_a_total(config, settings):
    settings.BPSANDBOX_VISITOR_RUNS_AN_HOUR, settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = 2, 5
    seed = iter(range(100, 200))
    browsers = [Client() for _ in range(3)]
    for browser in browsers[:2]:
        told = [browser.post("/playground/", {"config": config(seeds=f"[{next(seed)}]")}) for _ in range(3)]
        assert [answer.status_code for answer in told] == [302, 302, 429]
        assert "With one it is 20, and runs are kept." in told[-1].content.decode()
    assert browsers[2].post("/playground/", {"config": config(seeds=f"[{next(seed)}]")}).status_code == 302
    told = browsers[2].post("/playground/", {"config": config(seeds=f"[{next(seed)}]")})
    assert told.status_code == 429 and "With an account you have 20 of your own." in told.content.decode()


@pytest.mark.parametrize(
    ("most", "sure", "shared", "total", "count"),
    [(4, 2, 8, 15, 4), pytest.param(10, 3, 120, 240, 40, marks=pytest.mark.full)],
)
def test_busy_visitors_leave_a_few_runs_to_each_of_a_class(config, settings, most, sure, shared, total, count):
    if count < 40:  # the limits as they are in production are for a class of 40
        settings.BPSANDBOX_VISITOR_RUNS_AN_HOUR, settings.BPSANDBOX_VISITOR_SURE_RUNS_AN_HOUR = most, sure
        settings.BPSANDBOX_NETWORK_SHARED_RUNS_AN_HOUR, settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = shared, total
    settings.BPSANDBOX_MEMBER_WAITING = 100
    seed = iter(range(100, 2000))

    def runs(browser, times):
        limiter().storage.reset()  # not all of them come in the same minute
        return [browser.post("/playground/", {"config": config(seeds=f"[{next(seed)}]")}) for _ in range(times)]

    browsers = [Client() for _ in range(count)]
    busy, late = browsers[: shared // most], browsers[shared // most :]
    assert {answer.status_code for browser in busy for answer in runs(browser, most)} == {302}
    for browser in late:
        assert [answer.status_code for answer in runs(browser, sure)] == [302] * sure
    (told,) = runs(late[0], 1)
    assert told.status_code == 429 and "you have had your share. With an account you have 20" in told.content.decode()
    # Who throws the cookie away each time gets no further than the network.
    left = total - shared - sure * len(late)
    assert [runs(Client(), 1)[0].status_code for _ in range(left + 1)] == [302] * left + [429]


def test_a_class_whose_minute_one_visitor_has_used_up_still_plays(visitor, config):
    PLAYING.shared.hit_key("net:127.0.0.1", cost=200)
    assert visitor.post("/playground/", {"config": config()}).status_code == 302  # and gets a cookie
    answers = [visitor.post("/playground/", {"config": "seeds: ["}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    told = "Your network has sent too many configs. With an account, yours are counted alone. Please wait"
    assert told in answers[-1].content.decode()
    assert Client().post("/playground/", {"config": config()}).status_code == 302


@pytest.mark.parametrize("cookie", ["", "forged", "a:b:c", "\xe9" * 9])
def test_a_browser_without_a_cookie_of_ours_counts_in_its_network(config, settings, cookie):
    settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = 3
    answers = []
    for seed in range(100, 105):
        browser = Client()
        if cookie:
            browser.cookies[COOKIE] = cookie
        answers.append(browser.post("/playground/", {"config": config(seeds=f"[{seed}]")}).status_code)
    assert answers == [302, 302, 302, 429, 429]


def test_the_cookie_comes_with_the_first_run_and_not_before(visitor, config):
    assert COOKIE not in visitor.get("/playground/").cookies
    assert COOKIE not in visitor.post("/playground/check/", {"config": config()}).cookies
    assert COOKIE not in visitor.post("/playground/edit/", {"config": config()}).cookies
    assert COOKIE in visitor.post("/playground/", {"config": config()}).cookies


def test_the_check_tells_problems_notes_and_price(visitor, config):
    fine = visitor.post("/playground/check/", {"config": config()}).json()
    assert fine["problems"] == [] and fine["price"].startswith("13 parameters · less than ")
    wrong = visitor.post("/playground/check/", {"config": "dataset: {name: xorr}"}).json()
    assert {problem["path"] for problem in wrong["problems"]} == {"dataset.name", "model", "loss"} and wrong[
        "price"
    ] == ""


@pytest.mark.parametrize(
    "text", ["", "   ", "\0", "\ud800", "a: " * 40_000, "[" * 5000, "&a [*a, *a]", "- \u202e", "{" * 100]
)
def test_bad_input_is_answered_with_a_sentence(visitor, text):
    body = text.encode("utf-8", "surrogatepass")
    for address in ("/playground/check/", "/playground/"):
        answer = visitor.generic(
            "POST",
            address,
            b"config=" + b"".join(b"%%%02X" % byte for byte in body),
            "application/x-www-form-urlencoded",
        )
        assert answer.status_code in (200, 400, 413, 422)
    assert Run.objects.count() == 0


def test_a_refused_run_says_so_beside_the_button_too(visitor, config):
    page = visitor.post("/playground/", {"config": config(seeds="{start: 0, count: 40}")})
    refusal = re.search(r"<p[^>]*data-refusal>([^<]+)<", page.content.decode())
    assert page.status_code == 422 and refusal[1].strip().startswith("40 seeds; the limit is 16")
    page = visitor.post("/playground/", {"config": config(record="{lr_range: {low: 1}}")}).content.decode()
    assert "record.lr_range.low: 1 is not allowed" in re.search(r"<p[^>]*data-refusal>([^<]+)<", page)[1]


def test_a_visitor_is_told_what_an_account_has_room_for(visitor, newcomer, signed_in, config):
    sent = {"config": config(seeds="{start: 0, count: 17}")}
    told = visitor.post("/playground/", sent, headers=FETCH).json()
    assert told["message"] == f"{told['problems'][0]['message']} With an account it runs as it is."
    page = visitor.post("/playground/", sent).content.decode()
    assert "With an account it runs as it is." in re.search(r"<p[^>]*data-refusal>([^<]+)<", page)[1]
    wrong = {"config": config(seeds="{start: 0, count: 17}", loss="Nonsense")}
    for client, body in ((visitor, wrong), (signed_in(newcomer), sent)):
        assert client.post("/playground/", body, headers=FETCH).json()["message"] == ""


def test_a_limit_is_told_with_the_price_before_a_run(trained, visitor, member, signed_in, config):
    text = config(seeds="{start: 0, count: 40}")
    spec_hash = trained(text)
    for address in (f"/playground/?fork={spec_hash}", f"/playground/?c={sharing.packed(text)}"):
        page = visitor.get(address).content.decode()
        told = re.search(r"<p[^>]*data-refusal>([^<]+)<", page)[1]
        told = told.strip()
        assert told.startswith("40 seeds; the limit is 16") and told.endswith("With an account it runs as it is.")
        assert "/accounts/login/?next=/playground/" in page
        assert "the limit is 16" not in signed_in(member).get(address).content.decode()
    checked = visitor.post("/playground/check/", {"config": text}).json()
    (problem,) = checked["problems"]
    line = text.splitlines()[problem["line"] - 1]
    assert line[problem["column"] - 1 :].startswith(problem["seen"]) and problem["seen"] == "40"
    fixed = text.replace("40}", f"{problem['suggestion']}}}")
    assert checked["refusal"] and not visitor.post("/playground/check/", {"config": fixed}).json()["refusal"]


@pytest.mark.parametrize(
    ("seconds", "seeds", "met"),
    [(1e-6, 3, "This would take"), (5, 17, "17 seeds; the limit is 16"), (1e-6, 17, "17 seeds; the limit is 16")],
)
def test_of_a_visitors_limits_the_first_that_is_met_is_named(visitor, config, settings, seconds, seeds, met):
    settings.BPSANDBOX_VISITOR_CPU_SECONDS = seconds
    sent = {"config": config(seeds=f"{{start: 0, count: {seeds}}}")}
    told = visitor.post("/playground/", sent, headers=FETCH).json()["message"]
    assert told.startswith(met) and told.endswith("With an account it runs as it is.")


def test_line_ends_of_a_form_do_not_move_the_problems(visitor, config):
    sent = config().replace("sigmoid", "sigmod").replace("\n", "\r\n")
    answer = visitor.post("/playground/check/", {"config": sent}).json()
    assert [problem["line"] for problem in answer["problems"]] == [3]


def test_presets_are_offered_to_the_editors(visitor):
    offered = visitor.get("/playground/presets/").json()["presets"]
    assert {"xor", "circle", "spiral", "digits"} <= {preset["name"] for preset in offered}
    assert all(preset["title"] and "dataset:" in preset["text"] for preset in offered)


def test_a_member_needs_no_cookie(signed_in, member, config):
    answer = signed_in(member).post("/playground/", {"config": config()})
    assert COOKIE not in answer.cookies and Attachment.objects.get().owner == member


def test_the_first_page_shows_that_where_a_net_starts_decides():
    from bpsandbox import charts, core, spec
    from community.experiments.playground import FIRST

    made = core.run(spec.build(spec.parse(spec.presets.PRESETS[FIRST].text))).document()
    shown = charts.facts(made)
    assert (shown.seeds, shown.stuck) == (16, 6) and shown.median < 0.001


def test_the_first_pages_network_is_trained_once_by_the_system(visitor):
    for _ in range(2):
        call_command("front_run")
    assert Run.objects.get().quota_key == ""
    train()
    assert '<svg class="curve" role="img"' in visitor.get("/playground/").content.decode()


def test_editors_elsewhere_can_ask_for_the_schema_of_configs(visitor):
    response = visitor.get("/playground/config.schema.json")
    assert response["Content-Type"] == "application/schema+json"
    assert response.json()["required"] == ["model", "loss"]
    assert response.json()["$defs"].keys() >= {"dataset", "layer", "loss", "optimizer"}


def test_the_reference_of_configs_is_in_the_readers_language(visitor):
    assert 'href="/playground/config.schema.json"' in visitor.get("/config/").content.decode()
    pages = "".join(visitor.get(f"/config/{name}/").content.decode() for name in ("model", "examples"))
    assert "Layers from the data to the loss" in pages and "Target: ≥ 15 of 16 seeds" in pages
    chinese = visitor.get("/config/examples/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "目标：" in chinese and "达标线" not in chinese and "Target:" not in chinese


def test_a_reference_that_could_not_be_formatted_is_not_kept(visitor, monkeypatch):
    with kept_pages():
        with monkeypatch.context() as patch:
            patch.setattr(reference.pool, "render", lambda source, context: Rendered(html="<pre>", notice="Not now."))
            assert "<pre>" in visitor.get("/config/").content.decode()
        assert 'href="/config/dataset/"' in visitor.get("/config/").content.decode()


def test_a_chosen_preset_tells_its_target(visitor):
    assert "Target: ≥ 15 of 16 seeds below a loss of 0.01." in visitor.get("/playground/?preset=xor").content.decode()


def test_an_account_without_a_confirmed_address_has_a_visitors_quota_and_limits(newcomer, member, signed_in, config):
    for person, priority, seconds, count in ((newcomer, VISITORS, 5, 2), (member, PEOPLE, 30, 4)):
        signed_in(person).post("/playground/", {"config": config(seeds=f"{{start: 0, count: {count}}}")})
        run = Run.objects.latest("pk")
        assert (run.requester, run.priority, run.cpu_seconds) == (person, priority, seconds)
    too_many = {"config": config(seeds="{start: 0, count: 17}")}
    assert signed_in(newcomer).post("/playground/", too_many).status_code == 422
    assert signed_in(member).post("/playground/", too_many).status_code == 302
    problems = [signed_in(person).post("/playground/check/", too_many).json() for person in (newcomer, member)]
    assert "seeds" in str(problems[0]) and problems[0] != problems[1]


def test_an_unknown_example_is_named_with_those_that_there_are(visitor):
    for query in ("preset=nonsense", "task=nonsense", "data=nonsense"):
        page = html.unescape(visitor.get(f"/playground/?{query}").content.decode())
        assert "There is no example “nonsense”. Here is the first one instead. All of them: by-hand, xor-luck," in page
        assert "out_features: 2" in page
    assert "There is no example" not in visitor.get("/playground/?preset=spiral").content.decode()


@pytest.mark.parametrize("opens", ["run", "fork"])
def test_a_change_or_a_setting_that_a_run_does_not_have_leaves_its_config_and_says_so(visitor, trained, opens):
    told = "This address asks for a change or a setting that the run does not have. Here is its config as it is."
    address = f"/playground/?{opens}={trained()}"
    for query in ("fix=nonsense", "fix=lr%3Dnan", "setting=" + "9" * 8000, "setting=1&fix=adam"):
        page = visitor.get(f"{address}&{query}").content.decode()
        assert told in page and "lr: 2.0" in page, query[:40]
    for known in ("", "&fix=adam"):
        assert told not in visitor.get(address + known).content.decode()


def test_an_unknown_example_is_shown_as_text(visitor):
    page = visitor.get("/playground/", {"preset": "<b>" + "x" * 99}).content.decode()
    told = re.search(r"data-refusal>(.*?)</p>", page, re.DOTALL)[1]
    assert "&lt;b&gt;xxx" in told and "x" * 38 not in told


def test_a_network_is_there_before_it_is_run_also_without_script(visitor, trained, config):
    page = visitor.get("/playground/?preset=circle").content.decode()
    start = page.split("data-before>")[1].split("data-stage")[0]
    assert "Before the training: the start weights of seed 0" in " ".join(start.split())
    assert 'class="network"' in start and "plane boundary" in start and 'id="boundary"' not in page
    assert "data-before hidden" in visitor.get(f"/playground/?run={trained()}").content.decode()
    assert "data-before hidden" in visitor.post("/playground/", {"config": "a: ["}).content.decode()


def test_a_check_brings_the_network_of_the_text_and_nothing_for_what_is_no_config(visitor, config):
    sent = {"config": config(), "controls": "1"}
    assert "the start weights of seed 0" in visitor.post("/playground/check/", sent).json()["before"]
    assert "before" not in visitor.post("/playground/check/", {"config": config()}).json()
    assert "before" not in visitor.post("/playground/check/", {"config": "a: [", "controls": "1"}).json()
    edited = visitor.post("/playground/edit/", sent | {"set.layers.0.size": "5"}, headers=FETCH).json()
    assert "2-5-1" in edited["before"]


def test_networks_of_checks_are_limited_and_push_out_no_stage_of_a_run(visitor, config, monkeypatch):
    monkeypatch.setattr(SKETCHING, "items", Limit("config-sketch-test", "1/minute").items)
    kept = stage.cache_info()
    answers = [visitor.post("/playground/check/", {"config": config(), "controls": "1"}).json() for _ in range(2)]
    assert ["before" in answer for answer in answers] == [True, False]
    assert [answer["price"] for answer in answers] == 2 * [answers[0]["price"]] and answers[0]["price"]
    assert stage.cache_info() == kept
