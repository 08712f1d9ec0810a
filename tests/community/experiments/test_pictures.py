"""The card of a run as a PNG: who may have it, what it is, and where it is named."""

import re
from io import BytesIO
from itertools import product

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from PIL import Image, ImageDraw

from bpsandbox import api, leases
from bpsandbox.runner.live import Live
from community.content.services import edit_post
from community.experiments import pictures, roundup
from tests.factories import PersonFactory, QuestionFactory, ThreadFactory
from tests.factories.runs import RUNS, SEEN_BY_VISITORS, run_of
from tests.training import CALM, XOR, train

pytestmark = pytest.mark.django_db

LINE = """\
seeds: {start: 0, count: 2}
dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.2}
training: {epochs: 400, batch_size: full}
"""


def picture(answer) -> Image.Image:
    return Image.open(BytesIO(answer.content)).convert("RGB")


@pytest.mark.parametrize(("who", "kind"), list(product(("visitor", "owner"), RUNS)))
def test_it_is_shown_by_the_rules_of_the_page(who, kind):
    owner = PersonFactory()
    run = run_of(owner, kind)
    client = Client()
    if who == "owner":
        client.force_login(owner)
    is_seen = kind in SEEN_BY_VISITORS or (who == "owner" and kind != "deleted")
    answer = client.get(f"/runs/{run.spec.hash}/card.png")
    assert answer.status_code == client.get(f"/runs/{run.spec.hash}/").status_code == (200 if is_seen else 404)


@pytest.fixture
def public(db):
    return run_of(PersonFactory(), "public")


def test_it_is_a_picture_of_the_curve_that_other_sites_may_show(public, client):
    address = f"/runs/{public.spec.hash}/card.png"
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Cross-Origin-Resource-Policy"]) == ("image/png", "cross-origin")
    drawn = picture(answer)
    assert drawn.size == (1200, 630) and 5_000 < len(answer.content) < 80_000
    line = sum(blue > 150 and red < 90 for red, _green, blue in drawn.get_flattened_data())
    assert line > 1_000  # the median, in the blue of forward values
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.head(address).content == b""


@pytest.mark.parametrize("title", ["A title", "异或：十六个起点", "\N{SNOWMAN} <b>", "W" * 200])
def test_any_title_is_drawn_or_left_to_words(title, client):
    run = run_of(PersonFactory(), "in_a_post")
    attachment = run.spec.attachments.get()
    attachment.title = title
    attachment.save()
    answer = client.get(f"/runs/{run.spec.hash}/card.png?post={attachment.target_id}")
    plain = client.get(f"/runs/{run.spec.hash}/card.png")
    assert picture(answer).size == (1200, 630)
    can_be_written = title.isascii() and title.replace(" ", "").isalpha()
    assert (answer.content != plain.content) == can_be_written


def test_a_run_without_points_has_none(client):
    made = api.submit(config_text=XOR, requester=PersonFactory(), visibility="unlisted")
    assert client.get(f"/runs/{made.spec_hash}/card.png").status_code == 404
    assert "og:image" not in client.get(f"/runs/{made.spec_hash}/").content.decode()


def test_previews_and_descriptions_name_it(public, client):
    address = f"http://testserver/runs/{public.spec.hash}/card.png"
    page = client.get(f"/runs/{public.spec.hash}/").content.decode()
    assert f'<meta property="og:image" content="{address}">' in page
    told = client.get("/oembed", {"url": f"http://testserver/runs/{public.spec.hash}/"}).json()
    assert (told["thumbnail_url"], told["thumbnail_width"], told["thumbnail_height"]) == (address, 1200, 630)


def test_ten_thousand_addresses_draw_one_picture(public, client, monkeypatch):
    drawn = []
    draw = pictures._drawn
    monkeypatch.setattr(pictures, "_drawn", lambda card, title: drawn.append(title) or draw(card, title))
    address = f"/runs/{public.spec.hash}/card.png"
    queries = ("", "?post=1", "?post=987654", "?x=1", "?post=9&post=8", "?lang=zh-hans", "?" + "a=1&" * 90)
    assert {client.get(address + query).status_code for query in queries} == {200}
    assert len(drawn) == 1


def test_a_run_that_trains_is_drawn_again_after_ten_seconds(client, monkeypatch):
    made = api.submit(config_text=XOR, requester=PersonFactory(), visibility="unlisted")
    claim = leases.claim_next("test")
    live = Live()
    points = [[epoch, epoch, {"train_loss": [0.3, 0.2, 1 / (2 + epoch)]}] for epoch in range(3)]
    live.add({"epoch": 2, "epochs": 40, "eta": None, "points": points})
    leases.report(claim, live.snapshot(attempt=1))
    drawn = []
    draw = pictures._drawn
    monkeypatch.setattr(pictures, "_drawn", lambda card, title: drawn.append(title) or draw(card, title))
    address = f"/runs/{made.spec_hash}/card.png"
    assert [client.get(address).status_code for _try in range(3)] == [200] * 3 and len(drawn) == 1
    leases.report(claim, live.snapshot(attempt=1))
    client.get(address)
    assert len(drawn) == 1
    cache.clear()
    monkeypatch.setattr(pictures, "KEPT_WHILE_IT_TRAINS", 0)
    assert [client.get(address).status_code for _try in range(2)] == [200] * 2 and len(drawn) == 3


@pytest.fixture
def written(monkeypatch):
    """Return what is written in the picture of a config's run."""

    def texts(config: str) -> list[str]:
        run = run_of(PersonFactory(), "by_link", config=config)
        told: list[str] = []
        write = ImageDraw.ImageDraw.text
        with monkeypatch.context() as patched, translation.override("zh-hans"):
            patched.setattr(ImageDraw.ImageDraw, "text", lambda *a, **k: told.append(a[2]) or write(*a, **k))
            pictures.png(api.run_page(run.spec.hash).card, "")
        return told

    return texts


@pytest.mark.parametrize(("count", "words"), [(1, " 1 seed "), (2, " 2 seeds ")])
def test_seeds_are_counted_in_english(count, words, written):
    assert any(words in line for line in written(XOR.replace("count: 3", f"count: {count}")))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (CALM + "stopping: [{type: Target, value: 0.26}]\n", r"final loss 0\.2\d+ · 3 seeds · ended at epoch \d+ · .*"),
        (LINE, r"2 seeds, 2 diverged · ended at epoch 2\d\d · Training loss, epochs"),
        (CALM, r"final loss 0\.\d+ · 3 seeds · Training loss, epochs"),
    ],
    ids=["stopped", "diverged", "whole"],
)
def test_what_ended_before_its_config_says_so(config, words, written):
    told = written(config)
    assert [line for line in told if re.fullmatch(words, line)], told


@pytest.mark.parametrize("kind", ["question", "article"])
def test_a_post_with_a_run_has_its_picture_in_previews(kind, client):
    thread = QuestionFactory() if kind == "question" else ThreadFactory(kind="article")
    assert "og:image" not in client.get(thread.get_absolute_url()).content.decode()
    source = f"Look:\n\n```bp\n{XOR}```\n"
    edit_post(post=thread.opening_post, editor=thread.author, source=source, base_version=1)
    waiting = client.get(thread.get_absolute_url()).content.decode()
    assert "data-run=" in waiting and "og:image" not in waiting
    spec_hash = train()
    page = client.get(thread.get_absolute_url()).content.decode()
    address = f"/runs/{spec_hash}/card.png"
    assert f'<meta property="og:image" content="http://testserver{address}">' in page
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("language", "has_words"), [("en", True), ("zh-hans", False)])
def test_a_digest_shows_it_without_words_that_are_not_in_the_language_of_its_reader(
    public, client, language, has_words
):
    [card] = api.card_states([public.spec.hash]).values()
    with translation.override(language):
        item = roundup._item(card, "A thread")
    words = []
    with pytest.MonkeyPatch.context() as patch:
        write = ImageDraw.ImageDraw.text
        patch.setattr(ImageDraw.ImageDraw, "text", lambda *told, **how: (words.append(told[2]), write(*told, **how)))
        drawn = picture(client.get(item.picture))
    assert drawn.size == (1200, 630)
    assert bool(re.search("[a-z]{2}", " ".join(words))) == has_words
    assert any(re.fullmatch(r"[\d.e-]+", word) for word in words)
