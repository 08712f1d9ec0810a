"""Pages of finished runs: what they show, their files, forks of them and re-runs.

The runs are trained once for all tests here, and what a test writes is rolled back.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from bpsandbox import api, selectors
from bpsandbox.document import Document
from bpsandbox.models import Attachment, Run
from bpsandbox.runner import results
from community.common.ratelimit import Limit
from community.content.models import Draft
from community.experiments import configs
from community.experiments.views import files
from community.experiments.visitors import COOKIE
from tests.taken_back import taken_back

from .conftest import finished, text_with, train

pytestmark = pytest.mark.django_db

DIGITS = """
seeds: [3, 4]
dataset: {name: digits, standardize: minmax, split: {test: 0.25}}
model: {layers: [Flatten, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
training: {epochs: 3}
metrics: [accuracy, confusion_matrix]
record: {saliency: true, activations: true, gradients: true, lr_range: {}}
"""
SWEEP = "{parameters: {optimizer.lr: [0.5, 2.0, 8.0]}}"
CONFIGS = {
    "small": text_with(),
    "swept": text_with(sweep=SWEEP),
    "bare": text_with(sweep=SWEEP, record="{}"),
    "digits": DIGITS,
}


@pytest.fixture(scope="module")
def runs(django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The hashes of public runs, one of each of CONFIGS."""
    with django_db_blocker.unblock(), taken_back():
        yield SimpleNamespace(**{name: finished(text) for name, text in CONFIGS.items()})


@pytest.fixture(scope="module")
def page(runs) -> str:
    """The page of the small run, as a visitor gets it."""
    return Client().get(f"/runs/{runs.small}/").content.decode()


def test_the_page_shows_everything_that_was_computed(runs, visitor, django_assert_max_num_queries):
    spec_hash = runs.small
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
def test_what_the_address_asks_for_in_vain_is_named_in_one_line(runs, visitor, query, told):
    page = " ".join(visitor.get(f"/runs/{runs.small}/?{query}").content.decode().split())
    found = re.search("Left out, because this run has no such values?: (.*?) </p>", page)
    assert (found and found[1]) == told


def test_the_files_are_whole(runs, visitor):
    spec_hash = runs.small
    csv = visitor.get(f"/runs/{spec_hash}/series.csv").content.decode().splitlines()
    assert csv[0].startswith("# spec ") and csv[2] == "seed,epoch,step,train_loss" and len(csv) == 3 + 3 * 41
    assert json.loads(visitor.get(f"/runs/{spec_hash}/result.json").content)["spec_hash"] == spec_hash
    assert r"\delta^{[1]}" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()
    drawing = visitor.get(f"/runs/{spec_hash}/curve.svg?size=narrow&scale=linear")
    assert drawing["Content-Type"].startswith("image/svg+xml") and "sandbox" in drawing["Content-Security-Policy"]
    assert b'viewBox="0 0 320 230"' in drawing.content
    assert visitor.get(f"/runs/{spec_hash}/curve.svg?size=huge").status_code == 404


def test_the_curve_as_a_file_is_the_one_that_is_shown(runs, visitor):
    spec_hash = runs.small
    page = visitor.get(f"/runs/{spec_hash}/?from=10&to=20&smooth=0.9&hide=seeds&hide=band&seed=1&scale=linear")
    (address,) = set(re.findall(r'href="(/runs/\w+/curve.svg\?[^"]+)"[^>]*data-curve-file', page.content.decode()))
    drawing = visitor.get(unescape(address)).content.decode()
    assert 'class="raw"' in drawing and 'class="picked"' in drawing and 'class="seed"' not in drawing
    assert ">10<" in drawing and ">40<" not in drawing and "log scale" not in drawing
    assert 'class="seed"' in visitor.get(f"/runs/{spec_hash}/curve.svg").content.decode()


def test_a_rerun_is_compared_bit_by_bit(runs, signed_in, member):
    spec_hash = runs.small
    browser = signed_in(member)
    assert browser.get(f"/runs/{spec_hash}/rerun/").status_code == 405
    assert browser.post(f"/runs/{spec_hash}/rerun/").status_code == 302
    assert "Running again" in browser.get(f"/runs/{spec_hash}/").content.decode()
    train()
    assert "Identical to the previous run, bit for bit." in browser.get(f"/runs/{spec_hash}/").content.decode()


def test_who_runs_a_run_of_others_again_shows_it_to_nobody_else(runs, signed_in, member):
    spec_hash = runs.small
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    assert Attachment.objects.get(owner=member).visibility == "private"


def test_a_visitor_who_runs_again_is_remembered(runs, visitor):
    spec_hash = runs.small
    assert COOKIE in visitor.post(f"/runs/{spec_hash}/rerun/").cookies
    assert Attachment.objects.filter(owner=None).exclude(owner_key="").count() == 1


def test_a_fork_begins_a_draft_with_the_config(runs, signed_in, member, visitor):
    spec_hash = runs.small
    assert visitor.post(f"/runs/{spec_hash}/fork/", {"kind": "question"}).status_code in (302, 401)
    answer = signed_in(member).post(f"/runs/{spec_hash}/fork/", {"kind": "question"})
    draft = Draft.objects.get()
    assert answer.url == f"/write/?kind=question&draft={draft.key}"
    fenced = draft.source.partition("```bp\n")[2].partition("```")[0]
    assert api.check(fenced).spec.hash == spec_hash


@pytest.mark.parametrize("kind", ["question", "discussion", "article", "note"])
def test_every_editor_opens_the_fork(runs, signed_in, member, kind):
    browser = signed_in(member)
    spec_hash = runs.small
    editor = browser.post(f"/runs/{spec_hash}/fork/", {"kind": kind}, follow=True)
    fence = f"```bp\n# forked from {spec_hash}\nseeds: {{start: 0, count: 3}}"
    assert editor.status_code == 200 and fence in editor.content.decode()


NOTE = "Computed by engine 1. The current engine, 2, may give different last digits: re-run it to compare."


def test_a_result_of_an_older_engine_is_named_so_on_page_card_and_in_posts(runs, visitor, signed_in, member):
    spec_hash = runs.small
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


def test_a_rerun_of_an_older_engines_run_says_whose_numbers_it_is_compared_with(runs, visitor, signed_in, member):
    spec_hash = runs.small
    whole = selectors.whole_document(spec_hash, None).to_json() | {"engine": "1"}
    whole["curves"]["train_loss"][-1][0] *= 1.5
    Run.objects.update(engine_version="1", archive=results.pack(Document.from_json(whole)))
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    train()
    shown = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert "The previous run was computed by engine 1." in shown
    assert "bit for bit" not in shown


@pytest.mark.parametrize("run", ["x", "-1", "9" * 30, "99999"])
def test_a_card_of_another_run_is_not_found(runs, visitor, run):
    assert visitor.get(f"/runs/{runs.small}/card/?run={run}").status_code == 404


def test_the_pictures_of_a_sweep_say_whose_they_are(runs, visitor):
    page = visitor.get(f"/runs/{runs.swept}/").content.decode()
    assert re.search(r'class="stage-where"[^>]*>\s*Epoch \d+, seed 0, of setting 1: the end', page)


def test_a_sweep_shows_its_settings_and_each_can_be_forked(runs, visitor, django_assert_max_num_queries):
    spec_hash = runs.bare
    with django_assert_max_num_queries(12):
        page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert 'id="settings"' in page and "3 settings, 3 seeds each; best first" in page
    assert page.count('class="seed"') == 9 and 'class="hue hue-2"' in page
    for number, rate in ((1, "0.5"), (2, "2.0"), (3, "8.0")):
        address = f"/playground/?fork={spec_hash}&amp;setting={number}"
        assert address in page
        editor = visitor.get(address.replace("&amp;", "&")).content.decode()
        assert f"lr: {rate}" in editor and "sweep:" not in editor


def test_where_there_is_no_such_setting_the_whole_is_forked(runs, visitor):
    assert "sweep:" in visitor.get(f"/playground/?fork={runs.swept}&setting=4").content.decode()
    page, nobody = api.run_page(runs.swept), {"user": AnonymousUser(), "owner_key": ""}
    assert "sweep:" not in configs.forked(page, **nobody, setting="3")
    for setting in ("0", "4", "x", "-1", "9" * 30, "9" * 5000, "²"):
        assert configs.lacks(page, setting, "") and "sweep:" in configs.forked(page, **nobody, setting=setting)


def test_the_card_of_a_sweep_names_the_settings_of_its_lines(runs, visitor):
    spec_hash = runs.bare
    for path in (f"/runs/{spec_hash}/card/", f"/playground/?run={spec_hash}"):
        page = visitor.get(path).content.decode()
        key = re.search(r'<ul class="legend compare-legend".*?</ul>', page, re.S)[0]
        assert re.findall(r'<span class="key">(\d)</span> (lr [\d.]+)', key) and key.count("swatch") == 3


def test_lists_say_that_a_sweeps_loss_is_that_of_its_best_setting(runs, visitor):
    page = visitor.get("/runs/").content.decode()
    assert "Final loss, best setting" in page and "3 settings" in page and "lr 0.5 … 8" in page


@pytest.mark.parametrize("engine", ["1", "2"])
@pytest.mark.parametrize("misses", ["points", "numbers"])
def test_a_rerun_of_a_run_that_ended_earlier_is_said_to_be_the_same_until_then(runs, visitor, engine, misses):
    spec_hash = runs.small
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


def test_a_rerun_of_a_sweep_is_compared(runs, signed_in, member):
    spec_hash = runs.swept
    signed_in(member).post(f"/runs/{spec_hash}/rerun/")
    train()
    page = signed_in(member).get(f"/runs/{spec_hash}/").content.decode()
    assert "Identical to the previous run, bit for bit." in page


def test_the_page_is_the_story_then_a_step_then_tables(page):
    order = ("curves", "network", "boundary", "worked", "seeds", "layers", "checks", "config", "formulas", "data")
    places = [page.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)
    assert re.search(r'<p class="run-verdict(?: is-off)?">\w', page)


def test_tables_are_folded_with_their_anchor_inside(page):
    folds = re.findall(
        r'<details class="panel fold[^"]*"( open)?>.*?<div class="fold-body" id="(\w+)"', page, re.DOTALL
    )
    closed = {name for is_open, name in folds if not is_open}
    assert {"seeds", "inside", "layers", "checks", "config", "formulas", "data"} <= closed


def test_pictures_of_an_epoch_and_a_seed_have_an_address(runs, visitor):
    address = f"/runs/{runs.small}/"
    page = visitor.get(f"{address}?epoch=21&seed=1").content.decode()
    assert "Epoch 20, seed 1" in " ".join(page.split()) and 'class="moment"' in page
    assert 'class="picked"' in page and "seed 1: " in page
    part = visitor.get(f"{address}snapshot/?epoch=21&seed=1").content.decode()
    assert "<html" not in part and "Epoch 20, seed 1" in " ".join(part.split())
    assert 'class="worked-step"' in page  # a seed alone does not choose another worked step


def test_a_range_of_the_curve_has_an_address(runs, visitor):
    address = f"/runs/{runs.small}/"
    part = visitor.get(f"{address}curves/?from=10&to=20&hide=seeds&smooth=0.9").content.decode()
    assert 'data-span="10 20"' in part and 'class="seed"' not in part and 'class="raw"' in part
    assert 'name="from" min="0" inputmode="numeric" value="10"' in " ".join(part.split())
    for wrong in ("from=20&to=10", "from=x", "smooth=2", "hide=<b>", "seed=99999999999999999999", "epoch=-1"):
        assert visitor.get(f"{address}curves/?{wrong}").status_code == 200


def test_files_of_a_curve_in_a_look_are_limited(runs, visitor, monkeypatch):
    monkeypatch.setattr(files, "DRAWING", Limit("curve-drawing-test", "2/minute"))
    address = f"/runs/{runs.small}/curve.svg"
    looks = ("smooth=0.9", "hide=seeds", "seed=1")
    assert [visitor.get(f"{address}?{look}").status_code for look in looks] == [200, 200, 429]
    assert visitor.get(f"{address}?scale=linear").status_code == 200


def test_what_was_not_recorded_is_said_with_its_config(page):
    assert "<code>record: {gradients: true}</code>" in page and "<code>record: {saliency: true}</code>" not in page


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def test_all_parts_of_the_page_show_the_epoch_and_the_seed_of_the_address(runs, visitor):
    address = f"/runs/{runs.digits}/"
    page = text_of(visitor.get(f"{address}?epoch=1&seed=4"))
    assert page.count("Epoch 1, seed 4") == 3  # the pictures, the matrix, the slopes
    assert "Euclidean norm before clipping, seed 4" in page
    assert "on 256 training examples, seed 4, computed from the weights of 4 recorded epochs" in page
    for name in ("confusion", "inside"):
        part = visitor.get(f"{address}beside/{name}/?epoch=0&seed=4")
        assert "Epoch 0, seed 4" in text_of(part) and b"<html" not in part.content
        assert f'id="{name}"' in part.content.decode() and part["Cache-Control"].startswith("private")
    assert visitor.get(f"{address}beside/nothing/").status_code == 404


def test_a_part_that_a_run_does_not_have_is_empty(runs, visitor):
    address = f"/runs/{runs.small}/beside/"
    for name in ("confusion", "lr-range", "sweep"):
        part = visitor.get(f"{address}{name}/?epoch=0")
        assert part.status_code == 200 and not part.content.strip(), name


def test_one_range_is_that_of_every_chart_over_the_training(runs, visitor):
    address = f"/runs/{runs.digits}/"
    page = visitor.get(f"{address}?from=1&to=3&rate_from=5&rate_to=20&epoch=2").content.decode()
    inside = page.partition('id="inside"')[2].partition("</details></div>")[0]
    assert set(re.findall(r'data-span="([^"]+)" data-names="[^"]+"\s+data-where="epoch', page)) == {"1 3"}
    assert '<input type="hidden" name="rate_from" value="5">' in inside and 'name="from"' in inside
    finder = page.partition('id="lr-range"')[2].partition("</section>")[0]
    low, high = map(float, re.search(r'data-span="([^"]+)"', finder)[1].split())
    assert 3 < low < 5 and 20 < high < 22
    assert '<input type="hidden" name="from" value="1">' in finder and 'value="20"' in finder
