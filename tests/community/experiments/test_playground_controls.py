"""The playground's controls on the server: with script, without it, and in an address."""

import base64
import random
import re
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest

from bpsandbox import charts
from bpsandbox.lineage import with_parent
from bpsandbox.models import Attachment
from bpsandbox.spec import checking, parse
from bpsandbox.spec.controls import change
from bpsandbox.spec.presets import PRESETS
from community.accounts.rates import KEEPING
from community.content.models import Draft
from community.content.services import save_draft
from community.experiments import panel, sharing
from tests.factories.people import PASSWORD
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}
CIRCLE = PRESETS["circle"].text.replace("inside a ring", "of mine")


def form_of(page: str) -> dict[str, str]:
    """Return what a browser without script sends of the page's form."""
    sent = {"config": CIRCLE}
    for tag in re.findall(r"<input [^>]*>", page, re.S):
        found = {key: re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value", "type")}
        name, value, kind = (found[key][1] if found[key] else "" for key in ("name", "value", "type"))
        if name.startswith(("set.", "was.")) and (kind not in ("radio", "checkbox") or " checked" in tag):
            sent[name] = value
    for name, inner in re.findall(r'<select name="(set\.[^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", inner)
        sent[name] = chosen[2] if chosen[1] is None else chosen[1]
    return sent


def test_a_script_gets_the_text_the_controls_and_the_places_of_their_values(visitor):
    sent = {"config": CIRCLE, "controls": "1", "set.optimizer.lr": "0.5", "set.layers.add": "1"}
    made = visitor.post("/playground/edit/", sent, headers=FETCH).json()
    assert "lr: 0.5" in made["text"] and made["text"].count("type: Linear") == 3 and made["problems"] == []
    assert 'data-layer="2"' in made["controls"] and made["message"] == ""
    start, end = made["places"]["optimizer.lr"]
    assert made["text"][start:end] == "0.5"


def test_places_count_as_scripts_do(visitor):
    text = CIRCLE.replace("A disc", "🙂 disc")
    places = visitor.post("/playground/check/", {"config": text, "controls": "1"}).json()["places"]
    start, end = places["optimizer.lr"]
    assert text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "0.03"


@pytest.fixture
def reads(monkeypatch):
    """The texts that are read, without those of the pictures of data sets, which a process draws once."""
    panel.rendered(panel.panel(CIRCLE))
    texts, read = [], checking.read

    def counted(text, log):
        texts.append(text)
        return read(text, log)

    monkeypatch.setattr(checking, "read", counted)
    return texts


def test_a_text_is_read_once_for_its_problems_its_price_and_its_controls(visitor, reads):
    visitor.post("/playground/check/", {"config": CIRCLE, "controls": "1"})
    assert reads == [CIRCLE]


def test_a_change_reads_the_text_before_it_and_the_text_after_it(visitor, reads):
    sent = {"config": CIRCLE, "controls": "1", "set.layers.0.activation": "relu"}
    text = visitor.post("/playground/edit/", sent, headers=FETCH).json()["text"]
    assert text != CIRCLE and reads == [CIRCLE, text]


def test_a_check_without_controls_stays_small_and_an_unreadable_text_has_none(visitor):
    assert "controls" not in visitor.post("/playground/check/", {"config": CIRCLE}).json()
    assert visitor.post("/playground/check/", {"config": "a: [", "controls": "1"}).json()["controls"] is None


@pytest.mark.parametrize(
    ("rate", "told"), [("0", "lr: 0 changes no weight"), ("-1", "expected"), ("fast", "expected"), ("0.03", "")]
)
def test_a_wrong_rate_is_told_beside_its_control_which_shows_what_is_written(visitor, rate, told):
    sent = {"config": CIRCLE.replace("lr: 0.03", f"lr: {rate}"), "controls": "1"}
    made = visitor.post("/playground/check/", sent).json()["controls"]
    said = re.search(r'id="t-optimizer.lr"[^>]*>(.*?)</p>', made)[1]
    assert told in said and bool(said) == bool(told)
    field = re.search(r'<input type="number" id="c-optimizer.lr".*?>', made, re.S)[0]
    assert f'value="{rate}"' in field and 'aria-describedby="t-optimizer.lr" required' in field


def test_the_folded_layers_are_named_where_a_number_says_nothing(visitor):
    page = visitor.get("/playground/?preset=digits-cnn").content.decode()
    assert "1×8×8 – Conv2d 8 – MaxPool2d – Conv2d 16 – MaxPool2d – Flatten – 10" in page
    assert "2 – 8 – 1" in visitor.get("/playground/?preset=circle").content.decode()


def test_what_would_fit_is_set_without_script_too(visitor):
    long = CIRCLE.replace("epochs: 100", "epochs: 900000")
    page = visitor.post("/playground/", {"config": long}).content.decode()
    act = re.search(r'name="act" value="(training\.epochs=\d+)"', page)[1]
    changed = visitor.post("/playground/edit/", {"config": long, "act": act}, follow=True).content.decode()
    assert act.replace("training.", "").replace("=", ": ") in changed and "This would take" not in changed


def test_a_form_without_script_changes_what_was_changed_and_nothing_else(visitor):
    page = visitor.get("/playground/?preset=circle").content.decode()
    sent = form_of(page)
    assert len(sent) > 20
    unchanged = visitor.post("/playground/edit/", sent)
    assert "lr: 0.03" in visitor.get(unchanged["Location"]).content.decode()  # a reload shows it again
    sent |= {
        "set.optimizer.lr": "0.25",
        "set.layers.0.activation": "relu",
        "set.features.x^2": "on",
        "act": "layers.add=1",
    }
    made = visitor.post("/playground/edit/", sent, follow=True).content.decode()
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", made, re.S)[1]
    assert "{type: Adam, lr: 0.25}" in text and text.count("activation: relu") == 2 and "[x, y, x^2]" in text
    assert text.startswith("title: A disc of mine\n")


def test_a_run_without_script_runs_what_the_controls_say(visitor):
    sent = form_of(visitor.get("/playground/?preset=circle").content.decode()) | {"set.training.epochs": "7"}
    answer = visitor.post("/playground/", sent, follow=True)
    assert answer.status_code == 200 and "epochs: 7" in answer.content.decode()
    assert 'class="run-card"' in answer.content.decode()


@pytest.mark.parametrize(
    "change", [{"set.optimizer.lr": "fast"}, {"act": "layers.7.remove="}, {"set.nonsense": "1"}, {"act": "=\0"}]
)
def test_a_change_that_cannot_be_made_is_said_and_the_text_kept(visitor, change):
    made = visitor.post("/playground/edit/", {"config": CIRCLE, **change}, headers=FETCH).json()
    assert made["text"] == CIRCLE
    assert made["message"] == "" if change == {"act": "=\0"} else "could not be changed" in made["message"]


def deep(count: int) -> str:
    layer = "    - {type: Linear, out_features: 8, activation: tanh}\n"
    return CIRCLE.replace(layer, layer * count)


def test_a_request_makes_so_many_changes_and_names_the_others(visitor, monkeypatch):
    monkeypatch.setattr(panel, "MOST_SECONDS", 60)
    sent = {"config": deep(30)} | {f"set.layers.{i}.activation": "relu" for i in range(30)}
    made = visitor.post("/playground/edit/", sent, headers=FETCH).json()
    assert made["text"].count("relu") == 24 and list(made["left"]) == [f"layers.{i}.activation" for i in range(24, 30)]
    assert made["message"] == ""  # a script asks again
    page = visitor.post("/playground/edit/", sent).content.decode()
    assert "These are not made yet: layers.24.activation: relu, layers.25" in page
    assert "layers.29.activation: relu." in page
    rest = {"config": made["text"]} | {f"set.{name}": value for name, value in made["left"].items()}
    done = visitor.post("/playground/edit/", rest, headers=FETCH).json()
    assert done["text"].count("relu") == 30 and not done["message"]


def test_what_was_not_changed_does_not_count(visitor, monkeypatch):
    monkeypatch.setattr(panel, "MOST_SECONDS", 60)
    same = {f"{way}.layers.{i}.size": "8" for i in range(30) for way in ("set", "was")}
    same |= {f"{way}.layers.{i}.activation": "tanh" for i in range(40) for way in ("set", "was")}
    sent = {"config": deep(30), **same, "set.optimizer.lr": "0.5", "act": "layers.29.remove="}
    made = visitor.post("/playground/edit/", sent, headers=FETCH).json()
    assert made["text"].count("tanh") == 29 and "lr: 0.5" in made["text"] and not made["message"]


def test_a_slow_text_takes_one_change_a_request(visitor, monkeypatch):
    monkeypatch.setattr(panel, "MOST_SECONDS", 0)
    sent = {"config": CIRCLE, "set.optimizer.lr": "0.5", "set.training.epochs": "7"}
    made = visitor.post("/playground/edit/", sent, headers=FETCH).json()
    assert "lr: 0.5" in made["text"] and "epochs: 100" in made["text"] and made["left"] == {"training.epochs": "7"}


@pytest.mark.parametrize("address", ["/playground/", "/playground/write/"])
def test_nothing_is_run_or_written_while_a_control_could_not_be(client, member, address):
    client.force_login(member)
    sent = {"config": CIRCLE, "kind": "note", "set.optimizer.lr": "fast", "set.training.epochs": "7"}
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code < 500 and "could not be changed" in page and "epochs: 7" in page
    assert not Draft.objects.exists() and 'class="run-card"' not in page


def test_ten_thousand_changes_are_cut(visitor):
    sent = {"config": CIRCLE} | {f"set.features.{i}": "on" for i in range(900)}
    assert visitor.post("/playground/edit/", sent, headers=FETCH).status_code in (200, 400)


def test_the_address_holds_the_whole_text(visitor):
    text = "# 中文 🙂\n" + CIRCLE.replace("lr: 0.03", "lr: 0.071")
    page = visitor.get(f"/playground/?c={sharing.packed(text)}").content.decode()
    assert "lr: 0.071" in page and "# 中文 🙂" in page and 'name="robots"' in page
    assert all(sharing.unpacked(sharing.packed(preset.text)) == preset.text for preset in PRESETS.values())


def damaged():
    whole = sharing.packed(CIRCLE)
    bomb = base64.urlsafe_b64encode(zlib.compress(b"a" * 3_000_000, 9, -15)[:2000]).decode().rstrip("=")
    chance = random.Random(3)
    yield from (whole[:-9], whole[:40] + "A" + whole[41:], "%00", "é", "A", "A" * 8192, bomb, "../..", "====")
    for _ in range(20):
        place = chance.randrange(len(whole))
        yield whole[:place] + chance.choice("AZaz09-_!") + whole[place + 1 :]


@pytest.mark.parametrize("code", list(damaged()))
def test_a_damaged_address_gives_a_page_and_never_an_error(visitor, code):
    answer = visitor.get("/playground/", {"c": code})
    page = answer.content.decode()
    assert answer.status_code == 200 and "<textarea" in page
    try:
        sharing.unpacked(code)
    except sharing.Unreadable:
        assert "This address is damaged or too long" in page and "out_features: 2" in page


def test_an_unpacked_text_is_bounded():
    huge = base64.urlsafe_b64encode(zlib.compress(b"a" * 200_000, 9, -15)).decode().rstrip("=")
    with pytest.raises(sharing.Unreadable):
        sharing.unpacked(huge)
    assert sharing.packed("".join(random.Random(0).choices("abcdefghijklmnop0123456789", k=20_000))) == ""


def test_a_member_takes_the_config_into_a_draft_and_a_visitor_signs_in_first(visitor, client, member):
    client.force_login(member)
    answer = client.post("/playground/write/", {"config": CIRCLE, "kind": "question", "set.optimizer.lr": "0.5"})
    form = client.get(answer.url).context["form"]
    begun = form["source"].value()
    assert answer.status_code == 302 and "```bp\ntitle:" in begun and "lr: 0.5" in begun
    assert not Draft.objects.exists(), "nobody has typed in it yet"
    save_draft(owner=member, key=form["draft_key"].value(), source="My words")
    assert client.get(answer.url).context["form"]["source"].value() == "My words", "a reload shows what was typed"
    Draft.objects.all().delete()
    assert not client.get("/write/?kind=question&config=x!").context["form"]["source"].value()
    assert client.post("/playground/write/", {"config": CIRCLE, "kind": "page"}).status_code == 404
    asked = visitor.post("/playground/write/", {"config": CIRCLE, "kind": "note"})
    assert asked.status_code == 302 and "/accounts/login/" in asked.url
    assert Draft.objects.count() == 0
    there = parse_qs(urlsplit(asked.url).query)["next"][0]
    door = {"login": member.handle, "password": PASSWORD, "next": there}
    page = visitor.post("/accounts/login/", door, follow=True)
    assert "?draft=playground:" in page.redirect_chain[-1][0]
    assert "```bp\ntitle: A disc of mine" in page.content.decode()


def test_a_config_too_long_for_an_address_is_a_draft(client, member):
    client.force_login(member)
    long = CIRCLE + "".join(f"# {random.Random(i).random()}\n" for i in range(600))
    answer = client.post("/playground/write/", {"config": long, "kind": "question"})
    draft = Draft.objects.get(owner=member)
    assert draft.key in answer.url and draft.source.count("# 0.") == 600 and draft.fields["kind"] == "question"


def test_a_config_too_long_for_an_address_is_not_lost_at_the_door(visitor):
    KEEPING.hit_key("net:127.0.0.1", cost=10)
    short = visitor.post("/playground/write/", {"config": CIRCLE, "kind": "note"})
    assert short.status_code == 302 and "%3Fc%3D" in short.url
    long = CIRCLE + "".join(f"# {random.Random(i).random()}\n" for i in range(600))
    answer = visitor.post("/playground/write/", {"config": long, "kind": "note"})
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count("# 0.") == 600
    assert "This config is too long to keep while you sign in. Run it, or sign in first." in page


def test_the_examples_are_a_path_with_a_next_step(visitor):
    page = visitor.get("/playground/?preset=by-hand").content.decode()
    assert "Next: XOR with two hidden units" in page and page.index("preset=by-hand") < page.index("preset=lstm")
    assert "Next:" not in visitor.get("/playground/?preset=lstm").content.decode()


def test_a_finished_run_is_shown_with_its_network_with_and_without_script(visitor, trained):
    spec_hash = trained(XOR)
    page = visitor.get(f"/playground/?run={spec_hash}").content.decode()
    stage = visitor.get(f"/runs/{spec_hash}/stage/").content.decode()
    for shown in (page, stage):
        assert 'class="network"' in shown and 'boundary"' in shown and 'name="epoch"' in shown
    assert page.index("</form>", page.index("pg-form")) < page.index("data-snapshots")  # forms do not nest
    assert "<html" not in stage
    assert visitor.get(f"/runs/{'0' * 32}/stage/").status_code == 404


def test_a_fitted_function_is_drawn_for_data_of_one_number(visitor, trained):
    text = change(change(XOR, "dataset.name", "sine"), "training.epochs", "3")
    assert "decision_boundary: [0, 3]" in text
    spec_hash = trained(text)
    stage = visitor.get(f"/runs/{spec_hash}/stage/").content.decode()
    assert "Fitted function" in stage


def test_a_network_that_is_not_drawn_by_units_shows_its_layers_and_why(visitor, trained):
    text = change(PRESETS["digits-cnn"].text, "training.epochs", "1").replace("count: 4", "count: 1")
    spec_hash = trained(text.replace("record: {weights: [0, 1]}\n", ""))
    for address in (f"/playground/?run={spec_hash}", f"/runs/{spec_hash}/stage/", f"/runs/{spec_hash}/"):
        page = visitor.get(address).content.decode()
        assert 'class="network is-layers"' in page and "not drawn for networks with Conv2d, MaxPool2d." in page, address


def test_an_address_with_a_config_that_has_run_shows_the_run(visitor, trained):
    text = "# mine\n" + XOR
    address = f"/playground/?c={sharing.packed(text)}"
    assert 'class="run-card"' not in visitor.get(address).content.decode()
    trained(text)
    page = visitor.get(address).content.decode()
    assert 'class="run-card"' in page and 'class="network"' in page and "# mine" in page


def test_a_visitor_without_script_waits_in_the_playground(visitor):
    text = "# mine\n" + XOR
    queued = visitor.post("/playground/", {"config": text}, follow=True).content.decode()
    address = f"/playground/?c={sharing.packed(text)}"
    assert f'<noscript><meta http-equiv="refresh" content="3; url={address}"></noscript>' in queued
    assert 'data-state="queued"' in visitor.get(address).content.decode()
    train()
    page = visitor.get(address).content.decode()
    assert 'class="network"' in page and "# mine" in page and 'http-equiv="refresh"' not in page


OTHER = "The config has changed since this run."


def test_a_text_that_was_changed_since_its_run_has_that_run_beside_it(visitor, trained):
    spec_hash = trained(XOR)
    code = sharing.packed(XOR.replace("lr: 2.0", "lr: 0.5"))
    address = f"/playground/?c={code}&run={spec_hash}"
    answer = visitor.get(address)
    page = answer.content.decode()
    assert (
        "lr: 0.5" in answer.context["playground"].text
        and f'data-run="{spec_hash}"' in page
        and 'class="network"' in page
    )
    assert page.count(OTHER) == 2 and "data-is-other" in page  # shown, and for the script to show
    folds = page[page.index('class="pg-folds"') :]
    assert folds.index("This is of an earlier config.") < folds.index(f'href="/runs/{spec_hash}/">Open its run')
    step = {"sample": 0, "step": 0, "seed": 0, "c": code, "run": spec_hash}
    assert visitor.post(f"/runs/{spec_hash}/worked/new/?played=1", step)["Location"] == (
        f"{address}&sample=0&step=0&seed=0#worked"
    )


def test_a_text_beside_another_run_has_its_own_once_there_is_one(visitor, trained):
    other, text = trained(XOR), XOR.replace("lr: 2.0", "lr: 0.5")
    own = trained(text)
    page = visitor.get(f"/playground/?c={sharing.packed(text)}&run={other}").content.decode()
    assert f'data-run="{own}"' in page and page.count(OTHER) == 1 and "data-is-other" not in page


@pytest.mark.parametrize("run", ["", "0" * 32, "x", "f" * 5000])
def test_a_text_beside_a_run_that_is_not_there_is_alone(visitor, run):
    page = visitor.get("/playground/", {"c": sharing.packed(XOR), "run": run})
    assert page.status_code == 200 and page.context["playground"].text == XOR
    assert 'class="run-card"' not in page.content.decode() and "data-is-other" not in page.content.decode()


def test_a_preset_that_became_another_config_loses_its_title(visitor):
    lottery = PRESETS["xor-luck"].text
    changed, mine = {"set.dataset.name": "sine", "set.layers.add": "1"}, lottery.replace("title: XOR", "title: My XOR")
    for address in ("/playground/edit/", "/playground/check/"):
        kept = visitor.post(address, {"config": lottery, "controls": "1"}, headers=FETCH).json()
        assert kept["text"] == lottery, address
    made = visitor.post("/playground/edit/", {"config": lottery, "controls": "1", **changed}, headers=FETCH).json()
    assert "XOR" not in made["text"] and "sine" in made["text"]
    start, end = made["places"]["optimizer.lr"]
    assert made["text"][start:end] == "3.0"
    typed = {"config": mine.replace("lr: 3.0", "lr: 2.5"), "controls": "1"}
    own = visitor.post("/playground/check/", typed, headers=FETCH).json()["text"]
    assert own == typed["config"].split("\n", 1)[1] and own.startswith("title: My XOR")
    page = visitor.post("/playground/", {"config": lottery.replace("lr: 3.0", "lr: 2.5")}, follow=True).content.decode()
    assert "XOR with two hidden units</a>" not in page and Attachment.objects.get().title == ""


def test_a_run_that_became_another_config_loses_its_title(visitor, trained):
    text = "title: The old one\n" + XOR
    spec_hash = trained(text)
    page = visitor.get(f"/playground/?run={spec_hash}").content.decode()
    for name in ("edit", "check"):
        address = re.search(rf'data-{name}-url="([^"]*)"', page)[1]
        assert address == f"/playground/{name}/?opened={spec_hash}+The+old+one"
        sent = {"config": text, "controls": "1"}
        assert visitor.post(address, sent, headers=FETCH).json()["text"] == text
        other = visitor.post(address, sent | {"config": text.replace("lr: 2.0", "lr: 3")}, headers=FETCH).json()["text"]
        assert other == XOR.replace("lr: 2.0", "lr: 3")
        mine = text.replace("lr: 2.0", "lr: 3").replace("old", "new")
        assert visitor.post(address, sent | {"config": mine}, headers=FETCH).json()["text"] == mine


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_fork_that_has_run_is_compared_with_what_it_was_forked_from(visitor, trained, language):
    parent, text = trained(XOR), XOR.replace("lr: 2.0", "lr: 0.5")
    visitor.post("/playground/", {"config": with_parent(text, parent)})
    child = train()
    spoken = {"Accept-Language": language}
    words = {"en": "Compare the two", "zh-hans": "比较两者"}[language]
    for address in (f"/playground/?c={sharing.packed(text)}", f"/playground/?run={child}", f"/runs/{child}/stage/"):
        page = visitor.get(address, headers=spoken).content.decode()
        assert f'<a href="/compare/?runs={parent},{child}">{words}</a>' in page, address
    assert "/compare/?runs=" not in visitor.get(f"/runs/{parent}/stage/").content.decode()
    compared = visitor.get(f"/compare/?runs={parent},{child}", headers=spoken)
    assert compared.status_code == 200 and "2 → 0.5" in compared.content.decode()


def test_a_text_too_long_for_an_address_waits_at_its_run(visitor):
    text = XOR + "".join(f"# {random.Random(i).random()}\n" for i in range(600))
    queued = visitor.post("/playground/", {"config": text}, follow=True).content.decode()
    address = re.search(r'content="3; url=([^"]+)"', queued)[1]
    assert re.fullmatch(r"/playground/\?run=[0-9a-f]{32,}", address)
    assert visitor.get(address).content.decode().count("# 0.") == 600


def test_what_a_run_leaves_is_downloaded_from_the_playground(visitor, trained):
    text = XOR.replace("{name: xor}", "{name: moons, n_samples: 12}").replace(
        "decision_boundary: [0, 40]", "weights: [0]"
    )
    spec_hash = trained(text)
    for address in (f"/playground/?run={spec_hash}", f"/runs/{spec_hash}/stage/"):
        page = visitor.get(address).content.decode()
        fold = page[page.index('id="take-away"') :]
        links = re.findall(r'(?:href|formaction)="(/runs/[^"]+)"', fold[: fold.index("</form>")])
        names = {link.rpartition("/")[2] for link in links}
        assert names >= {
            "config.yaml",
            "numpy.py",
            "pytorch.py",
            "notebook.ipynb",
            "data.csv",
            "series.csv",
            "weights.npz",
        }
        assert {visitor.get(link).status_code for link in links} == {200}
    data = visitor.get(f"/runs/{spec_hash}/files/data.csv").content.decode().splitlines()
    assert data[0].startswith("# moons, content hash ") and data[1] == "x1,x2,class" and len(data) == 14
    config = visitor.get(f"/runs/{spec_hash}/config.yaml")
    assert config["Content-Type"].startswith("application/yaml") and parse(config.content.decode()).hash == spec_hash


def test_without_script_another_epoch_is_of_the_same_text(visitor, trained):
    text = "# mine\n" + XOR
    trained(text)
    page = visitor.get(f"/playground/?c={sharing.packed(text)}").content.decode()
    form = page[page.index('<form class="stage-choice"') :].partition("</form>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)) | {"epoch": "10", "seed": "1"}
    shown = visitor.get("/playground/", sent).content.decode()
    assert "Epoch 10, seed 1" in shown and "# mine" in shown
    assert '<details class="fold worked-panel">' in shown  # a seed of the pictures asks for no step


def test_the_pictures_of_an_epoch_are_drawn_once(visitor, trained, monkeypatch):
    spec_hash, asked, real = trained(XOR), [], charts.snapshot
    monkeypatch.setattr(charts, "snapshot", lambda *given: asked.append(given[2:]) or real(*given))
    for part in ("", "stage/", "snapshot/"):
        asked.clear()
        assert 'class="network"' in visitor.get(f"/runs/{spec_hash}/{part}?epoch=10&seed=1").content.decode()
        assert asked == [(10, 1)], part


LONG = CIRCLE.replace("epochs: 100", "epochs: 1000000")


def test_a_price_over_the_limit_is_marked_and_what_would_fit_is_offered(visitor):
    page = visitor.get(f"/playground/?c={sharing.packed(LONG)}").content.decode()
    assert re.search(r'class="price" data-price data-is-over>[^<]+ min<', page)
    assert 'data-act="training.epochs"' in page and "the limit is 5 s" in page
    assert "data-is-over" not in visitor.get(f"/playground/?c={sharing.packed(CIRCLE)}").content.decode()


def test_an_address_that_only_a_script_reads_says_so(visitor):
    told = "If the address you opened contains #c="
    assert told in visitor.get("/playground/").content.decode()
    assert told not in visitor.get(f"/playground/?c={sharing.packed(CIRCLE)}").content.decode()
    assert told not in visitor.get("/playground/?preset=xor").content.decode()


def test_without_script_a_sweep_that_loses_its_setting_says_so(visitor):
    swept = change(CIRCLE, "sweep", "size")
    page = visitor.post("/playground/edit/", {"config": swept, "set.layers.0.type": "Dropout"})
    assert page.status_code == 200 and "removed from the sweep" in page.content.decode()
    follows = visitor.post("/playground/edit/", {"config": swept, "set.layers.add": "0:Dropout"})
    assert follows.status_code == 302
