"""Run pages, cards, downloads and their visibility."""

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template.loader import render_to_string

from bpsandbox import api
from bpsandbox.charts.snapshot import View
from bpsandbox.document import Progress
from bpsandbox.models import Attachment, Run
from bpsandbox.runner import results
from community.common.ratelimit import Limit
from community.experiments.views import files, runs
from community.experiments.visitors import COOKIE
from tests.factories import PersonFactory

from .conftest import train

pytestmark = pytest.mark.django_db

PARTS = ("", "card/", "curve.svg", "series.csv", "result.json", "worked.tex", "fork/")


def test_the_page_shows_everything_that_was_computed(trained, visitor, django_assert_max_num_queries):
    spec_hash = trained()
    with django_assert_max_num_queries(12):
        answer = visitor.get(f"/runs/{spec_hash}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for anchor in ("curves", "seeds", "network", "boundary", "worked", "checks", "config"):
        assert f'id="{anchor}"' in page
    for class_ in ('class="curve"', 'class="network"', 'class="plane boundary"', 'class="median"', "<math"):
        assert class_ in page
    assert page.count('class="seed"') == 3 and page.count('class="plane boundary"') == 1
    assert "Stopped after all 40 epochs." in page and "Re-run" in page


@pytest.mark.parametrize(("epochs", "where"), [(1, "step {number}"), (40, "epoch {number}")])
def test_a_curve_is_read_by_what_its_axis_counts(trained, visitor, config, epochs, where):
    text = config(training=f"{{epochs: {epochs}, batch_size: 1, eval_every: 1}}", record="{gradients: true}")
    spec_hash = trained(text)
    page = visitor.get(f"/runs/{spec_hash}/?epoch=1").content.decode()
    assert set(re.findall(r'data-where="(\w+ {number})"', page)) == {where}
    assert ("data-by-step" in page) is (epochs == 1)
    assert ('<line class="moment"' in page) is (epochs > 1)
    assert f'data-of-where="{where}"' in visitor.get(f"/runs/{spec_hash}/stage/").content.decode()


def test_every_setting_of_a_sweep_is_read_like_a_curve(trained, visitor, config):
    spec_hash = trained(config(sweep="{parameters: {optimizer.lr: [0.5, 1.0]}}"))
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    places = re.findall(
        r'<div class="spots-place" data-readings="([^"]+)"\s+data-where="([^"]+)"\s+'
        r'data-median=""\s+data-label="Setting (\d): [^"]+: use the arrow keys to read it">',
        page,
    )
    assert [number for *_, number in places] == ["1", "2"]
    assert {where for _readings, where, _number in places} == {"epoch {number}"}
    assert all(json.loads(unescape(readings))[-1][:2] == [1, "40"] for readings, *_ in places)


def test_the_linear_scale_and_other_curves_have_addresses(trained, visitor, config):
    spec_hash = trained(config(metrics="[accuracy]"))
    linear = visitor.get(f"/runs/{spec_hash}/?scale=linear").content.decode()
    assert "log scale" not in linear and 'aria-current="true">linear' in linear
    assert "Training accuracy" in visitor.get(f"/runs/{spec_hash}/?curve=train_accuracy").content.decode()
    assert visitor.get(f"/runs/{spec_hash}/?curve=<script>").status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("epoch=40&seed=2&from=0&to=20&smooth=0.6&curve=train_loss&scale=linear&hide=band", None),
        ("epoch=41&seed=3", "seed=3, epoch=41"),
        ("epoch=-1&smooth=7&scale=square&curve=<b>", "curve=&lt;b&gt;, scale=square, smooth=7, epoch=-1"),
        ("from=500&to=900&hide=moon", "from=500, to=900, hide=moon"),
        ("from=30&to=20", "from=30, to=20"),
        ("seed=" + "9" * 60, "seed=" + "9" * 40),
    ],
)
def test_what_the_address_asks_for_in_vain_is_named_in_one_line(trained, visitor, query, told):
    page = " ".join(visitor.get(f"/runs/{trained()}/?{query}").content.decode().split())
    found = re.search("Left out, because this run has no such values?: (.*?) </p>", page)
    assert (found and found[1]) == told


def test_a_run_on_its_way_has_a_live_card_and_a_way_without_script(wanted, visitor):
    spec_hash = wanted().spec_hash
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert "data-run-live" in page and '<noscript><meta http-equiv="refresh"' in page and "queued" in page


def test_a_queued_card_says_how_many_are_before_it(wanted, visitor, config):
    wanted()
    spec_hash = wanted(config(seeds="[5]")).spec_hash
    assert "queued: 1 ahead" in visitor.get(f"/runs/{spec_hash}/card/").content.decode()


@pytest.mark.parametrize("part", PARTS)
def test_a_private_run_is_the_same_404_as_none(trained, visitor, member, signed_in, newcomer, part):
    spec_hash = trained(requester=member)
    missing = "f" * 32
    assert signed_in(member).get(f"/runs/{spec_hash}/{part}").status_code == 200
    for browser in (visitor, signed_in(newcomer)):
        hidden, absent = browser.get(f"/runs/{spec_hash}/{part}"), browser.get(f"/runs/{missing}/{part}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content.replace(spec_hash.encode(), b"") == absent.content.replace(missing.encode(), b"")


def test_the_files_are_whole(trained, visitor):
    spec_hash = trained()
    csv = visitor.get(f"/runs/{spec_hash}/series.csv").content.decode().splitlines()
    assert csv[0].startswith("# spec ") and csv[2] == "seed,epoch,step,train_loss" and len(csv) == 3 + 3 * 41
    assert json.loads(visitor.get(f"/runs/{spec_hash}/result.json").content)["spec_hash"] == spec_hash
    assert r"\delta^{[1]}" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()
    drawing = visitor.get(f"/runs/{spec_hash}/curve.svg?size=narrow&scale=linear")
    assert drawing["Content-Type"].startswith("image/svg+xml") and "sandbox" in drawing["Content-Security-Policy"]
    assert b'viewBox="0 0 320 230"' in drawing.content
    assert visitor.get(f"/runs/{spec_hash}/curve.svg?size=huge").status_code == 404


def test_the_curve_as_a_file_is_the_one_that_is_shown(trained, visitor):
    spec_hash = trained()
    page = visitor.get(f"/runs/{spec_hash}/?from=10&to=20&smooth=0.9&hide=seeds&hide=band&seed=1&scale=linear")
    (address,) = set(re.findall(r'href="(/runs/\w+/curve.svg\?[^"]+)"[^>]*data-curve-file', page.content.decode()))
    drawing = visitor.get(unescape(address)).content.decode()
    assert 'class="raw"' in drawing and 'class="picked"' in drawing and 'class="seed"' not in drawing
    assert ">10<" in drawing and ">40<" not in drawing and "log scale" not in drawing
    assert 'class="seed"' in visitor.get(f"/runs/{spec_hash}/curve.svg").content.decode()


def test_without_a_recorded_step_there_is_a_form_and_no_working(trained, visitor, config):
    spec_hash = trained(config(record="{}"))
    assert visitor.get(f"/runs/{spec_hash}/worked.tex").status_code == 404
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert 'class="worked-choice"' in page and 'class="worked-step"' not in page


def test_posts_that_show_a_run_are_named_to_who_may_see_them(asked, member, visitor, signed_in):
    other = PersonFactory()
    spec_hash = asked(member).thread.lead_embed
    asked(other, publish=False)
    train()
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert page.count('class="run-posts"') == 1 and page.count("/t/") == 1
    assert signed_in(other).get(f"/runs/{spec_hash}/").content.decode().count("/t/") == 2


def test_a_rerun_is_compared_bit_by_bit(trained, signed_in, member):
    spec_hash = trained()
    browser = signed_in(member)
    assert browser.get(f"/runs/{spec_hash}/rerun/").status_code == 405
    assert browser.post(f"/runs/{spec_hash}/rerun/").status_code == 302
    assert "Running again" in browser.get(f"/runs/{spec_hash}/").content.decode()
    train()
    assert "Identical to the previous run, bit for bit." in browser.get(f"/runs/{spec_hash}/").content.decode()


@pytest.mark.parametrize(("visibility", "status"), [("public", 200), ("unlisted", 200), ("private", 404)])
def test_what_its_owner_runs_again_is_shown_to_the_same_people_as_before(
    trained, signed_in, visitor, member, visibility, status
):
    spec_hash = trained(requester=member, visibility=visibility)
    assert signed_in(member).post(f"/runs/{spec_hash}/rerun/").status_code == 302
    assert Attachment.objects.get().visibility == visibility
    assert visitor.get(f"/runs/{spec_hash}/").status_code == status
    assert visitor.get(f"/embed/runs/{spec_hash}/").status_code == status


def test_who_runs_a_run_of_others_again_shows_it_to_nobody_else(trained, signed_in, member):
    spec_hash = trained()
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    assert Attachment.objects.get(owner=member).visibility == "private"


def test_a_visitor_who_runs_again_is_remembered(trained, visitor):
    spec_hash = trained()
    assert COOKIE in visitor.post(f"/runs/{spec_hash}/rerun/").cookies
    assert Attachment.objects.filter(owner=None).exclude(owner_key="").count() == 1


def test_a_rerun_over_the_limit_says_which_and_what_an_account_changes(trained, config, visitor):
    spec_hash = trained(config(seeds="{start: 0, count: 40}"))
    refused = visitor.post(f"/runs/{spec_hash}/rerun/")
    page = refused.content.decode()
    assert refused.status_code == 422 and "40 seeds; the limit is 16" in page
    assert "With an account it runs as it is." in page and "yet" not in page
    assert f"/runs/{spec_hash}/fork/" in page and f"?next=/runs/{spec_hash}/" in page
    alone = visitor.post(f"/runs/{spec_hash}/rerun/", headers={"X-Requested-With": "fetch"}).content.decode()
    assert "40 seeds; the limit is 16" in alone and "<main" not in alone


def test_a_refused_rerun_keeps_where_one_came_from(trained, config, visitor, asked, member):
    spec_hash, post = trained(config(seeds="{start: 0, count: 40}")), asked(member)
    page = visitor.post(f"/runs/{spec_hash}/rerun/?post={post.pk}").content.decode()
    assert f'href="/runs/{spec_hash}/fork/?post={post.pk}"' in page


def test_only_who_wants_a_run_may_cancel_it(wanted, signed_in, member, newcomer):
    spec_hash = wanted(requester=member, visibility="unlisted").spec_hash
    refused = signed_in(newcomer).post(f"/runs/{spec_hash}/cancel/")
    assert refused.status_code == 403 and Run.objects.get().state == "queued"
    assert signed_in(member).post(f"/runs/{spec_hash}/cancel/").status_code == 302
    assert Run.objects.get().state == "cancelled"
    assert signed_in(member).post(f"/runs/{spec_hash}/cancel/").status_code == 409


def test_a_card_that_cancels_is_told_whether_the_run_goes_on(wanted, signed_in, member, newcomer):
    spec_hash = wanted(requester=member, visibility="unlisted").spec_hash
    wanted(requester=newcomer, visibility="unlisted")
    goes_on, ends = (
        signed_in(person).post(f"/runs/{spec_hash}/cancel/", headers={"X-Requested-With": "fetch"})
        for person in (member, newcomer)
    )
    assert (goes_on.content.decode(), ends.content.decode()) == ("Still running: somebody else is waiting for it.", "")


def test_a_fork_begins_a_draft_with_the_config(trained, signed_in, member, visitor):
    from community.content.models import Draft

    spec_hash = trained()
    assert visitor.post(f"/runs/{spec_hash}/fork/", {"kind": "question"}).status_code in (302, 401)
    answer = signed_in(member).post(f"/runs/{spec_hash}/fork/", {"kind": "question"})
    draft = Draft.objects.get()
    assert answer.url == f"/write/?kind=question&draft={draft.key}"
    fenced = draft.source.partition("```bp\n")[2].partition("```")[0]
    assert api.check(fenced).spec.hash == spec_hash


@pytest.mark.parametrize("kind", ["question", "discussion", "article", "note"])
def test_every_editor_opens_the_fork(trained, signed_in, member, kind):
    browser = signed_in(member)
    spec_hash = trained()
    editor = browser.post(f"/runs/{spec_hash}/fork/", {"kind": kind}, follow=True)
    fence = f"```bp\n# forked from {spec_hash}\nseeds: {{start: 0, count: 3}}"
    assert editor.status_code == 200 and fence in editor.content.decode()


COMMENT = '# Seven lines -> one network & "three" seeds.\n'
WRITTEN = f"{COMMENT}title: 带噪声的 XOR\n"


def test_a_fork_keeps_comments_of_the_post_it_comes_from_and_not_its_title(asked, member, visitor, signed_in, config):
    from community.content.models import Draft

    first = asked(member, text=WRITTEN + config())
    second = asked(PersonFactory(), text="# Another comment\n" + config(title="Another title"))
    spec_hash = train()
    note = f"# forked from {spec_hash}\n"
    for post, text in ((first, f"{note}{COMMENT}seeds:"), (second, f"{note}# Another comment\nseeds:")):
        playground = visitor.get(f"/playground/?fork={spec_hash}&post={post.pk}")
        assert playground.context["playground"].text.startswith(text)
        assert "title" not in playground.context["playground"].text
        signed_in(member).post(f"/runs/{spec_hash}/fork/?post={post.pk}", {"kind": "note"})
        assert f"```bp\n{text}" in Draft.objects.latest("pk").source
    neutral = visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
    assert neutral.startswith(note) and "#" not in neutral.removeprefix(note) and "title" not in neutral


def test_a_fork_of_a_run_that_was_written_once_keeps_its_text(trained, visitor, config):
    spec_hash = trained(WRITTEN + config())
    assert (
        visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
        == f"# forked from {spec_hash}\n{COMMENT}{config()}"
    )


def test_a_text_that_is_another_spec_by_now_is_not_forked(trained, visitor, config):
    spec_hash = trained(WRITTEN + config())
    Attachment.objects.update(text=WRITTEN + config(seeds="[5]"))
    text = visitor.get(f"/playground/?fork={spec_hash}").context["playground"].text
    assert "#" not in text.removeprefix(f"# forked from {spec_hash}\n")


def test_a_run_has_the_title_of_the_post_it_is_reached_from(asked, member, visitor, signed_in, config):
    other = PersonFactory()
    chinese = asked(other, text=config(title="带噪声的 XOR"))
    english = asked(member, text=config(title="A noisy XOR"))
    hidden = asked(other, text=config(title="A secret"), publish=False)
    spec_hash = train()
    heading = re.compile(r"<h1>([^<]*)</h1>")

    def title(browser, query=""):
        return heading.search(browser.get(f"/runs/{spec_hash}/{query}").content.decode())[1].replace("\u2060", "")

    neutral = title(visitor)
    assert neutral == "2-3-1 sigmoid on XOR"
    assert title(visitor, f"?post={english.pk}") == "A noisy XOR"
    assert title(visitor, f"?post={chinese.pk}") == "带噪声的 XOR"
    assert title(visitor, f"?post={hidden.pk}") == title(visitor, "?post=99999") == title(visitor, "?post=x") == neutral
    assert title(signed_in(member)) == "A noisy XOR"
    thread = visitor.get(english.thread.get_absolute_url()).content.decode()
    assert f'href="/runs/{spec_hash}/?post={english.pk}"' in thread
    page = unescape(visitor.get(f"/runs/{spec_hash}/?post={english.pk}").content.decode())
    assert re.search(r'<iframe [^>]*title="A noisy XOR"', unescape(page))
    cited = re.search(r'href="([^"]+/cite\.bib[^"]*)"', page)[1]
    entry = visitor.get(cited).content.decode()
    assert "title = {{A noisy XOR}}" in entry and f"/runs/{spec_hash}/?post={english.pk}}}" in entry
    assert f"title = {{{{{neutral}}}}}" in visitor.get(f"/runs/{spec_hash}/cite.bib").content.decode()
    card = visitor.get(f"/runs/{spec_hash}/card/?post={english.pk}").content.decode()
    assert "A noisy XOR" in card and f"/fork/?post={english.pk}" in card


def test_a_run_again_keeps_the_title_that_one_gave_it(trained, member, signed_in, config):
    spec_hash = trained(config(title="Mine"), requester=member)
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    assert api.title_of(spec_hash, member) == "Mine"


NOTE = "Computed by engine 1. The current engine, 2, may give different last digits: re-run it to compare."


def test_a_result_of_an_older_engine_is_named_so_on_page_card_and_in_posts(trained, visitor, signed_in, member):
    from bpsandbox.models import Run

    spec_hash = trained()
    pages = (f"/runs/{spec_hash}/", f"/runs/{spec_hash}/card/")
    assert not any(NOTE in visitor.get(page).content.decode() for page in pages)
    Run.objects.update(engine_version="1")
    assert all(NOTE in visitor.get(page).content.decode() for page in pages)
    chinese = visitor.get(pages[0], headers={"accept-language": "zh-hans"}).content.decode()
    assert "由引擎 1 计算。现在运行的引擎 2 的末位数字可能不同：重新运行即可比较。" in chinese
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    train()
    shown = visitor.get(pages[0]).content.decode()
    assert NOTE not in shown and "Identical to the previous run, bit for bit." in shown


def test_a_rerun_of_an_older_engines_run_says_whose_numbers_it_is_compared_with(trained, visitor, signed_in, member):
    from bpsandbox import selectors
    from bpsandbox.document import Document
    from bpsandbox.models import Run
    from bpsandbox.runner import results

    spec_hash = trained()
    whole = selectors.whole_document(spec_hash, None).to_json() | {"engine": "1"}
    whole["curves"]["train_loss"][-1][0] *= 1.5
    Run.objects.update(engine_version="1", archive=results.pack(Document.from_json(whole)))
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    train()
    shown = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert "The previous run was computed by engine 1." in shown
    assert "bit for bit" not in shown


@pytest.mark.parametrize("address", ["zz", "A" * 32, "0" * 31])
def test_what_is_no_hash_is_not_found(visitor, address):
    assert visitor.get(f"/runs/{address}/").status_code == 404


@pytest.mark.parametrize("run", ["x", "-1", "9" * 30, "99999"])
def test_a_card_of_another_run_is_not_found(trained, visitor, run):
    assert visitor.get(f"/runs/{trained()}/card/?run={run}").status_code == 404


def test_the_gallery_shows_public_runs_by_key(trained, visitor, config, member, django_assert_max_num_queries):
    from community.experiments import selectors

    hashes = [trained(config(seeds=f"[{n}]")) for n in range(4)]
    trained(config(seeds="[9]"), requester=member, visibility="private")
    selectors_size, selectors.SHELF = selectors.SHELF, 3
    try:
        with django_assert_max_num_queries(12):
            first = visitor.get("/runs/")
        page = first.context["page"]
        second = visitor.get(f"/runs/{page.next_query}").context["page"]
    finally:
        selectors.SHELF = selectors_size
    shown = [each.card.spec_hash for each in [*page.items, *second.items]]
    assert shown == hashes[::-1]
    assert visitor.get("/runs/?after=tampered").status_code == 400


def test_the_gallery_names_the_post_of_a_run_and_no_other(asked, member, trained, visitor, config):
    asked(member)
    train()
    trained(
        config(seeds="[4]"), is_system=True, target=("page", Attachment.objects.get().target_id), visibility="public"
    )
    shown = visitor.get("/runs/").context["page"].items
    assert [each.post is not None for each in shown] == [False, True]
    assert visitor.get("/runs/").content.decode().count("Why?") == 1


def test_ones_own_runs_are_ones_own(trained, signed_in, member, visitor):
    trained(requester=member)
    assert "sigmoid on XOR" in signed_in(member).get("/runs/?whose=mine").content.decode()
    assert "You have not run anything yet" in visitor.get("/runs/?whose=mine").content.decode()


def test_the_number_of_parameters_has_its_thousands_marked(trained, visitor, config):
    layers = "{layers: [{type: Linear, out_features: 400, activation: tanh}, {type: Linear, out_features: 1}]}"
    page = visitor.get(f"/runs/{trained(config(model=layers, checks='{}'))}/").content.decode()
    assert re.search(r"1,\d01 parameters", page[page.index('id="network"') :][:1000])


SWEEP = "{parameters: {optimizer.lr: [0.5, 2.0, 8.0]}}"


def test_the_pictures_of_a_sweep_say_whose_they_are(trained, visitor, config):
    page = visitor.get(f"/runs/{trained(config(sweep=SWEEP))}/").content.decode()
    assert re.search(r'class="stage-where"[^>]*>\s*Epoch \d+, seed 0, of setting 1: the end', page)


def test_a_sweep_shows_its_settings_and_each_can_be_forked(trained, visitor, config, django_assert_max_num_queries):
    spec_hash = trained(config(sweep=SWEEP, record="{}"))
    with django_assert_max_num_queries(12):
        page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert 'id="settings"' in page and "3 settings, 3 seeds each; best first" in page
    assert page.count('class="seed"') == 9 and 'class="hue hue-2"' in page
    for number, rate in ((1, "0.5"), (2, "2.0"), (3, "8.0")):
        address = f"/playground/?fork={spec_hash}&amp;setting={number}"
        assert address in page
        editor = visitor.get(address.replace("&amp;", "&")).content.decode()
        assert f"lr: {rate}" in editor and "sweep:" not in editor


@pytest.mark.parametrize("setting", ["0", "4", "x", "-1", "9" * 30, "9" * 5000, "²"])
def test_where_there_is_no_such_setting_the_whole_is_forked(trained, visitor, config, setting):
    spec_hash = trained(config(sweep=SWEEP))
    assert "sweep:" in visitor.get(f"/playground/?fork={spec_hash}&setting={setting}").content.decode()


def test_the_card_of_a_sweep_names_the_settings_of_its_lines(trained, visitor, config):
    spec_hash = trained(config(sweep=SWEEP, record="{}"))
    for path in (f"/runs/{spec_hash}/card/", f"/playground/?run={spec_hash}"):
        page = visitor.get(path).content.decode()
        key = re.search(r'<ul class="legend compare-legend".*?</ul>', page, re.S)[0]
        assert re.findall(r'<span class="key">(\d)</span> (lr [\d.]+)', key) and key.count("swatch") == 3


def test_lists_say_that_a_sweeps_loss_is_that_of_its_best_setting(trained, visitor, config):
    trained(config(sweep=SWEEP))
    page = visitor.get("/runs/").content.decode()
    assert "Final loss, best setting" in page and "3 settings" in page and "lr 0.5 … 8" in page


def test_a_sweep_on_its_way_keeps_its_settings_apart(wanted, config):
    card = api.card_states([wanted(config(sweep=SWEEP)).spec_hash])
    progress = Progress.from_json({"points": [[0, 0, {"train_loss": [0.5] * 9}]], "epochs": 40})
    series = replace(next(iter(card.values())), progress=progress).series
    assert [member.rows for member in series.members] == [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    assert series.members[2].values == {"optimizer.lr": "8"}


@pytest.mark.parametrize("engine", ["1", "2"])
@pytest.mark.parametrize("misses", ["points", "numbers"])
def test_a_rerun_of_a_run_that_ended_earlier_is_said_to_be_the_same_until_then(trained, visitor, engine, misses):
    from bpsandbox import selectors
    from bpsandbox.document import Document

    spec_hash = trained()
    whole = selectors.whole_document(spec_hash, None).to_json() | {"engine": engine}
    step = whole["steps"][-2]
    if misses == "points":
        whole = json.loads(json.dumps(whole)) | {"steps": whole["steps"][:-1], "epochs": whole["epochs"][:-1]}
        whole["curves"] = {name: rows[:-1] for name, rows in whole["curves"].items()}
        whole["records"] = {}
    else:
        whole["curves"]["train_loss"][-1][0] = None
    Run.objects.update(engine_version=engine, archive=results.pack(Document.from_store(whole)))
    visitor.post(f"/runs/{spec_hash}/rerun/")
    train()
    shown = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert f"Same as the previous run up to step {step}." in shown
    assert "Some numbers are missing in one of the two runs." in shown
    assert "differ by at most" not in shown and "has the same numbers" not in shown


def test_a_rerun_of_a_sweep_is_compared(trained, signed_in, member, config):
    spec_hash = trained(config(sweep=SWEEP))
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    train()
    page = signed_in(member).get(f"/runs/{spec_hash}/").content.decode()
    assert "Identical to the previous run, bit for bit." in page


def test_what_was_recorded_of_the_inside_is_shown(trained, visitor, config):
    record = "{gradients: true, activations: true, weights: [0, 40]}"
    page = visitor.get(f"/runs/{trained(config(record=record, lr_scheduler='{type: ExponentialLR, gamma: 0.9}'))}/")
    text = page.content.decode()
    for anchor in ("layers", "formulas", "inside", "gradients", "rate", "network", "boundary"):
        assert f'id="{anchor}"' in text
    assert "Over all seeds" in text and text.count('data-names="[') >= 3


def test_a_picture_by_sign_has_a_scale_of_its_colours():
    view = View("filters", "Weights", "<svg></svg>", reach="0.8")
    drawn = " ".join(render_to_string("experiments/run_view.html", {"each": view}).split())
    assert "Colours from −0.8 to 0.8" in drawn and drawn.count("<rect") == 10
    assert "<rect" not in render_to_string("experiments/run_view.html", {"each": replace(view, reach="")})


def test_divergence_is_told_seed_by_seed(trained, visitor, config):
    text = config(
        model="{layers: [{type: Linear, out_features: 2, activation: relu}, {type: Linear, out_features: 1}]}",
        optimizer="{type: SGD, lr: 1.0e+200}",
        record="{}",
    )
    page = visitor.get(f"/runs/{trained(text)}/").content.decode()
    assert "Where it diverged" in page and "Last finite values" in page


def between(page, start, end):
    return page.partition(start)[2].partition(end)[0]


def test_a_run_that_learned_nothing_says_so_first(trained, visitor, config):
    spec_hash = trained(config(init="zeros", optimizer="{type: SGD, lr: 0.1}"))
    words = "No seed learned anything: the median loss ended at 0.25, not clearly better than the baseline 0.25."
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert between(page, 'id="curves">', '<div class="curve-place').count(f'<p class="run-verdict is-off">{words}') == 1
    assert page.count(words) == 1 and "The 3 units of layer 0, Linear, started with equal weights." in page
    card = visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    assert between(card, "</header>", "</p>").strip() == f'<p class="run-verdict">{words}'
    assert ">learned nothing</span>" in card and "train longer" not in card
    assert "learned nothing" in visitor.get("/runs/").content.decode()
    chinese = visitor.get(f"/runs/{spec_hash}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert '<p class="run-verdict is-off">所有种子都什么也没学到' in chinese and "没有学到东西" in chinese
    assert "并不明显好于基线 0.25。" in chinese


def test_a_run_whose_loss_explodes_says_first_that_it_grew_and_calls_nobody_stuck(trained, visitor):
    text = """
seeds: [0, 1, 2]
dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 3}
training: {epochs: 100}
"""
    spec_hash = trained(text)
    words = "The loss of every seed grew: the median ended at 4.6×10²⁸⁶. A smaller learning rate often helps."
    for path in (f"/runs/{spec_hash}/", f"/runs/{spec_hash}/card/"):
        page = visitor.get(path).content.decode()
        assert page.count(words) == 1 and re.search(rf'<p class="run-verdict(?: is-off)?">{re.escape(words)}', page)
        assert "stuck" not in page.lower() and "learned nothing" not in page
    chinese = visitor.get(f"/runs/{spec_hash}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "所有种子的损失都不降反升：中位数最终为 4.6×10²⁸⁶。" in chinese


def test_restored_weights_are_named_and_card_and_page_show_the_same_numbers(trained, visitor, config):
    stopping = "[{type: EarlyStopping, monitor: val_loss, patience: 2, restore_best_weights: true}]"
    data = "{name: moons, n_samples: 60, noise: 0.4, split: {val: 0.4, seed: 1}, seed: 0}"
    text = config(dataset=data, training="{epochs: 200, batch_size: 8}", stopping=stopping, record="{}")
    spec_hash = trained(text.replace("out_features: 1}", "out_features: 2}").replace("MSELoss", "CrossEntropyLoss"))
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    card = visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    named = re.compile(r"best weights restored, epochs? \d+")
    assert named.search(page)[0] == named.search(card)[0]
    assert "The curve ends where training stopped" in page
    ends = re.compile(r'<tspan class="word">(train|val) </tspan>([\d.]+)')
    assert ends.findall(page)[:2] == ends.findall(card)[:2] != []
    assert "best weights restored" in visitor.get("/runs/").content.decode()


def test_the_page_is_the_story_then_a_step_then_tables(trained, visitor):
    page = visitor.get(f"/runs/{trained()}/").content.decode()
    order = ("curves", "network", "boundary", "worked", "seeds", "layers", "checks", "config", "formulas", "data")
    places = [page.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)
    assert re.search(r'<p class="run-verdict(?: is-off)?">\w', page)


def test_tables_are_folded_with_their_anchor_inside(trained, visitor):
    page = visitor.get(f"/runs/{trained()}/").content.decode()
    folds = re.findall(
        r'<details class="panel fold[^"]*"( open)?>.*?<div class="fold-body" id="(\w+)"', page, re.DOTALL
    )
    closed = {name for is_open, name in folds if not is_open}
    assert {"seeds", "inside", "layers", "checks", "config", "formulas", "data"} <= closed


def test_pictures_of_an_epoch_and_a_seed_have_an_address(trained, visitor):
    address = f"/runs/{trained()}/"
    page = visitor.get(f"{address}?epoch=21&seed=1").content.decode()
    assert "Epoch 20, seed 1" in " ".join(page.split()) and 'class="moment"' in page
    assert 'class="picked"' in page and "seed 1: " in page
    part = visitor.get(f"{address}snapshot/?epoch=21&seed=1").content.decode()
    assert "<html" not in part and "Epoch 20, seed 1" in " ".join(part.split())
    assert 'class="worked-step"' in page  # a seed alone does not choose another worked step


def test_links_and_forms_keep_what_else_is_seen(trained, visitor, config):
    """Without script: another curve or scale keeps range, lines, smoothing, seed and epoch; so does another epoch."""
    address = f"/runs/{trained(config(metrics='[accuracy]'))}/"
    look = {"from": "10", "to": "30", "smooth": "0.9", "hide": ["band", "seeds"]}
    page = visitor.get(address, look | {"epoch": "40", "seed": "1", "scale": "linear"}).content.decode()
    links = {
        re.sub(r"\s+", " ", words): parse_qs(urlsplit(unescape(href)).query)
        for href, words in re.findall(r'<a href="([^"]*)"\s+data-sets[^>]*>([^<]*)', page)
    }
    seen = {name: value if isinstance(value, list) else [value] for name, value in look.items()}
    seen |= {"epoch": ["40"], "seed": ["1"]}
    assert links["Training accuracy"] == seen | {"scale": ["linear"], "curve": ["train_accuracy"]}
    assert links["log"] == seen and links["linear"] == seen | {"scale": ["linear"]}
    assert links["Reset"] == {"epoch": ["40"], "scale": ["linear"]}
    form = page[page.index("data-snapshots") :].partition("</form>")[0]
    kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)" data-plain', form)
    assert kept == [("scale", "linear"), ("from", "10"), ("to", "30"), ("smooth", "0.9"), ("hide", "band"),
                    ("hide", "seeds")]  # fmt: skip


def test_a_range_of_the_curve_has_an_address(trained, visitor):
    address = f"/runs/{trained()}/"
    part = visitor.get(f"{address}curves/?from=10&to=20&hide=seeds&smooth=0.9").content.decode()
    assert 'data-span="10 20"' in part and 'class="seed"' not in part and 'class="raw"' in part
    assert 'name="from" min="0" inputmode="numeric" value="10"' in " ".join(part.split())
    for wrong in ("from=20&to=10", "from=x", "smooth=2", "hide=<b>", "seed=99999999999999999999", "epoch=-1"):
        assert visitor.get(f"{address}curves/?{wrong}").status_code == 200


@pytest.fixture
def thinned(trained, monkeypatch):
    """The address of a run with more points than its page displays."""
    monkeypatch.setattr(results, "DISPLAY_POINTS_AT_LEAST", 10)
    monkeypatch.setattr(results, "DISPLAY_NUMBERS", 10)
    return f"/runs/{trained()}/curves/"


def points_in(answer):
    """Return at how many points a drawn curve has values."""
    [readings] = re.findall(r'data-readings="([^"]*)"', answer.content.decode())
    return len(json.loads(unescape(readings)))


def test_a_range_of_the_curve_has_every_point_of_that_curve_and_nothing_else_is_read(thinned, visitor, monkeypatch):
    assert points_in(visitor.get(thinned)) <= 10
    monkeypatch.setattr(results, "unpack", None)  # the whole archive is not made into a document
    assert points_in(visitor.get(f"{thinned}?from=5&to=35")) == 31


def test_a_run_with_every_point_on_its_page_needs_no_archive(trained, visitor, monkeypatch):
    address = f"/runs/{trained()}/curves/?from=5&to=35"
    monkeypatch.setattr(results, "unsqueeze", None)
    assert points_in(visitor.get(address)) == 31


def test_ranges_that_read_the_archive_are_limited(thinned, visitor, monkeypatch):
    monkeypatch.setattr(runs, "ZOOMING", Limit("curve-range-test", "2/minute"))
    answers = [visitor.get(f"{thinned}?from={start}&to=35") for start in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [points_in(answer) > 10 for answer in answers] == [True, True, False]
    told = "Too many ranges in a short time: this one is drawn with fewer points."
    assert [told in answer.content.decode() for answer in answers] == [False, False, True]
    assert [answer["Cache-Control"] for answer in answers] == ["private, max-age=60"] * 2 + ["no-store"]
    page = visitor.get(f"{thinned.removesuffix('curves/')}?from=3&to=35")  # as the form is sent without script
    assert page.status_code == 200 and told in page.content.decode()
    assert told not in visitor.get(thinned).content.decode()


def test_files_of_a_curve_in_a_look_are_limited(trained, visitor, monkeypatch):
    monkeypatch.setattr(files, "DRAWING", Limit("curve-drawing-test", "2/minute"))
    address = f"/runs/{trained()}/curve.svg"
    looks = ("smooth=0.9", "hide=seeds", "seed=1")
    assert [visitor.get(f"{address}?{look}").status_code for look in looks] == [200, 200, 429]
    assert visitor.get(f"{address}?scale=linear").status_code == 200


def test_what_was_not_recorded_is_said_with_its_config(trained, visitor):
    page = visitor.get(f"/runs/{trained()}/").content.decode()
    assert "<code>record: {gradients: true}</code>" in page and "<code>record: {saliency: true}</code>" not in page


@pytest.mark.parametrize("data", ["{name: xor}", "{name: abs}", "{name: adding, length: 4}"])
def test_a_rate_finder_of_weights_that_overflow_at_once_says_that_no_rate_helps(trained, visitor, data):
    kind = "RNN, hidden_size: 3, nonlinearity" if "adding" in data else "Linear, out_features: 3, activation"
    spec_hash = trained(
        f"dataset: {data}\nmodel: {{layers: [{{type: {kind}: relu}}, {{type: Linear, out_features: 1}}]}}\n"
        "init: {type: constant, value: 1.0e+200}\nloss: {type: MSELoss}\nseeds: [0]\ntraining: {epochs: 3}\n"
        "record: {lr_range: true, weights: true}\n"
    )
    page = visitor.get(f"/runs/{spec_hash}/")
    assert page.status_code == 200 and "so no learning rate helps" in page.content.decode()
    assert visitor.get(f"/playground/?run={spec_hash}").status_code == 200


DIGITS = """
seeds: [3, 4]
dataset: {name: digits, standardize: minmax, split: {test: 0.25}}
model: {layers: [Flatten, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
training: {epochs: 3}
metrics: [accuracy, confusion_matrix]
record: {saliency: true, activations: true, gradients: true, lr_range: {}}
"""


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def test_all_parts_of_the_page_show_the_epoch_and_the_seed_of_the_address(trained, visitor):
    address = f"/runs/{trained(DIGITS)}/"
    page = text_of(visitor.get(f"{address}?epoch=1&seed=4"))
    assert page.count("Epoch 1, seed 4") == 3  # the pictures, the matrix, the slopes
    assert "Euclidean norm before clipping, seed 4" in page
    assert "on 256 training examples, seed 4, computed from the weights of 4 recorded epochs" in page
    for name in ("confusion", "inside"):
        part = visitor.get(f"{address}beside/{name}/?epoch=0&seed=4")
        assert "Epoch 0, seed 4" in text_of(part) and b"<html" not in part.content
        assert f'id="{name}"' in part.content.decode() and part["Cache-Control"].startswith("private")
    assert visitor.get(f"{address}beside/nothing/").status_code == 404


def test_a_part_that_a_run_does_not_have_is_empty(trained, visitor):
    address = f"/runs/{trained()}/beside/"
    for name in ("confusion", "lr-range", "sweep"):
        part = visitor.get(f"{address}{name}/?epoch=0")
        assert part.status_code == 200 and not part.content.strip(), name


def test_one_range_is_that_of_every_chart_over_the_training(trained, visitor):
    address = f"/runs/{trained(DIGITS)}/"
    page = visitor.get(f"{address}?from=1&to=3&rate_from=5&rate_to=20&epoch=2").content.decode()
    inside = page.partition('id="inside"')[2].partition("</details></div>")[0]
    assert set(re.findall(r'data-span="([^"]+)" data-names="[^"]+"\s+data-where="epoch', page)) == {"1 3"}
    assert '<input type="hidden" name="rate_from" value="5">' in inside and 'name="from"' in inside
    finder = page.partition('id="lr-range"')[2].partition("</section>")[0]
    low, high = map(float, re.search(r'data-span="([^"]+)"', finder)[1].split())
    assert 3 < low < 5 and 20 < high < 22
    assert '<input type="hidden" name="from" value="1">' in finder and 'value="20"' in finder
