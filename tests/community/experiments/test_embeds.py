"""Runs in posts: attached when a post is saved, shown with the post, hidden with it."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from bpsandbox import api
from bpsandbox.models import Attachment, Run, Spec
from community.blogs.services import start_article
from community.content import embeds as registry
from community.content import services
from community.content.models import Post
from community.content.rerendering import render_again
from community.experiments import fence
from tests.factories import PersonFactory
from tests.html import html_of
from tests.training import CALM

from .conftest import train

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def test_a_post_with_a_config_wants_its_run(asked, member):
    post = asked(member)
    attachment = Attachment.objects.get()
    assert (attachment.target_kind, attachment.target_id, attachment.visibility) == ("post", post.pk, "public")
    assert (attachment.owner, attachment.spec.current_run.state) == (member, "queued")
    assert post.thread.lead_embed == attachment.spec.hash


def test_an_edit_forgets_what_the_post_no_longer_shows(asked, member, config):
    post = asked(member)
    services.edit_post(post=post, editor=member, source="No config any more.", base_version=post.version)
    assert Attachment.objects.count() == 0
    assert Run.objects.get().state == "cancelled"


def test_saving_again_changes_nothing(asked, member):
    post = asked(member)
    assert render_again(post_id=post.pk)
    assert (Attachment.objects.count(), Run.objects.count(), Spec.objects.count()) == (1, 1, 1)


def test_over_the_quota_the_config_is_attached_without_a_run(asked, member, config, settings):
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = 1
    asked(member)
    post = asked(member, text=config(seeds="[7]"))
    card = registry.fill([post.html], member)[0]
    assert Run.objects.count() == 1
    assert 'data-state="none"' in card and "Run it" in card


def test_the_card_has_a_curve_with_a_line_a_seed(asked, member):
    post = asked(member, text=CALM)
    train()
    html = registry.fill([post.html], NOBODY)[0]
    assert '<svg class="curve" role="img"' in html and html.count('class="seed"') == 3
    assert 'data-state="succeeded"' in html and "data-run-live" not in html
    assert "Worked steps" in html and "Look:" in html
    assert html.count("<tr>") == 1 + 12


def test_the_title_of_a_card_is_no_heading_in_a_text_with_headings_of_its_own(asked, member):
    post = asked(member)
    html = html_of(registry.fill([post.html], NOBODY)[0])
    assert '<p class="run-title">' in html and not re.search("<h[1-6]", html)


def test_a_card_that_waits_follows_its_run(asked, member):
    html = registry.fill([asked(member).html], NOBODY)[0]
    assert 'data-state="queued"' in html and "data-run-live" in html and "/events" in html


def test_the_author_may_cancel_and_others_may_not(asked, member, newcomer):
    post = asked(member)
    assert "Cancel" in registry.fill([post.html], member)[0]
    assert "Cancel" not in registry.fill([post.html], newcomer)[0]


def test_a_page_of_many_cards_asks_once(asked, member, config, django_assert_num_queries):
    htmls = [asked(member, text=config(seeds=f"[{n}]")).html for n in range(4)]
    for _ in htmls:
        train()
    with django_assert_num_queries(1):
        filled = registry.fill([*htmls, htmls[0]], NOBODY)
    assert sum(html.count('class="run-card"') for html in filled) == 5
    assert (
        len({part for html in filled for part in html.split('"') if re.fullmatch(r"run-[0-9a-f]{8}-\d-title", part)})
        == 5
    )


def test_no_placeholder_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert registry.fill(["<p>words</p>"], NOBODY) == ["<p>words</p>"]


@pytest.mark.parametrize("how", ["hidden_at", "deleted_at"])
def test_the_run_of_a_post_that_is_away_leaks_nothing(asked, member, how):
    post = asked(member)
    spec_hash = train()
    setattr(post, how, timezone.now())
    post.save()
    html = registry.fill([post.html], NOBODY, [post.pk])[0]
    assert "<svg" not in html and spec_hash not in html and "do not have access" in html
    assert "<svg" in registry.fill([post.html], member)[0]


def test_a_preview_says_what_will_train_and_what_it_costs(config):
    html, _facts, _problems = fence.bp(config(title="Mine"), 1)
    shown = registry.fill([html], NOBODY)[0]
    for words in ("Mine", "3 seeds", "13 parameters", "once this text is saved and published"):
        assert words in shown
    assert "you do not have access" not in shown


def test_a_config_of_an_older_language_is_shown_without_words():
    html = '<div class="run-embed" data-run="' + "a" * 32 + '" data-config="{&quot;old&quot;:1}"></div>'
    assert "no run to show" in registry.fill([html], NOBODY)[0]


def test_buttons_in_cards_send_the_pages_own_form(asked, member, signed_in):
    post = asked(member)
    train()
    page = signed_in(member).get(post.thread.get_absolute_url()).content.decode()
    assert '<form id="act" method="post" hidden></form>' in page
    assert re.search(
        rf'<button class="button small" form="act" formaction="/runs/[0-9a-f]{{32}}/rerun/\?post={post.pk}">', page
    )


def test_a_draft_shows_its_run_to_its_author_alone(asked, member):
    post = asked(member, publish=False)
    train()
    assert "<svg" in registry.fill([post.html], member)[0]
    assert "<svg" not in registry.fill([post.html], NOBODY)[0]


@pytest.mark.parametrize("is_trained", [False, True])
def test_the_preview_of_a_draft_shows_its_runs_and_nothing_that_its_reader_cannot_open(
    member, config, client, is_trained
):
    runs = "\n\n".join(f"```bp\n{config(seeds=f'[{seed}]')}```" for seed in (5, 6))
    draft = start_article(author=member, title="By hand", source=f"Look:\n\n{runs}")
    if is_trained:
        train(), train()
    text = html_of(client.get(draft.preview_url))
    cards = re.findall(r'<section class="run-card".*?</section>', text, re.DOTALL)
    assert len(cards) == 2
    for card in cards:
        assert ('<svg class="curve' in card) is is_trained
        assert not re.search(r"href=|formaction=|data-run-live|-url=", card)
    assert "/compare/?" not in text


def test_lists_have_a_spark_with_the_final_loss(asked, member):
    key = asked(member).thread.lead_embed
    assert registry.sparks([key], NOBODY) == {}
    train()
    spark = registry.sparks([key, "0" * 32, ""], NOBODY)[key]("spark")
    assert 'class="spark' in spark and "0." in spark


DIVERGING = """dataset: {name: polynomial}
seeds: [0]
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 50.0}
training: {epochs: 100, batch_size: full}
"""


def test_a_list_and_a_post_say_that_a_run_diverged_and_where(asked, member):
    post = asked(member, text=DIVERGING)
    train()
    spark = registry.sparks([post.thread.lead_embed], NOBODY)[post.thread.lead_embed]("spark")
    assert 'class="off"' in spark and "diverged" in spark and "Final loss" not in spark
    card = registry.fill([post.html], NOBODY)[0]
    assert "not finite" in card and "First seen in " in card


def test_feeds_have_a_picture_and_words(asked, member):
    post = asked(member)
    train()
    html = registry.for_feed([post.html], NOBODY)[0]
    assert "card.png" in html and "2-3-1 sigmoid on XOR" in html and "<svg" not in html and "run-embed" not in html
    rows = re.findall(r"<tr><th[^>]*>([^<]*)</th><td>([^<]*)</td></tr>", html)
    [summary] = [card.summary for card in api.card_states(Spec.objects.values_list("hash", flat=True)).values()]
    losses = [("Final loss", f"{summary.final:.4g}"), ("Lowest loss", f"{summary.best:.4g}")]
    assert rows == [*losses, ("Seeds", "3"), ("Parameters", "13")]


def test_a_run_without_a_result_has_no_numbers_in_feeds(asked, member):
    assert "<table" not in registry.for_feed([asked(member).html], NOBODY)[0]


def test_authors_hear_that_their_run_has_finished(asked, member, django_capture_on_commit_callbacks):
    from community.notifications.models import Notification

    post = asked(member)
    with django_capture_on_commit_callbacks(execute=True):
        train()
    told = Notification.objects.get()
    assert (told.recipient, told.verb, told.target_kind, told.target_id) == (member, "run_finished", "post", post.pk)


def asked_with_expectation(asked, member, expected: str):
    before = f"### The curve I expected, and the one I got\n\n*Expected:*\n\n{expected}\n\n*Observed:*"
    return asked(member, before=before)


@pytest.mark.parametrize("way", ["config", "path", "address"])
def test_the_expected_curve_is_compared_with_the_observed_one(asked, member, config, way, client):
    other = asked(member, text=config(seeds="[7]"))
    run = Attachment.objects.get(target_id=other.pk).spec.hash
    ways = {
        "config": f"```bp\n{config(seeds='[7]')}```",
        "path": f"As [this](/runs/{run}/).",
        "address": f"http://testserver/runs/{run}/",
    }
    post = asked_with_expectation(asked, member, ways[way])
    page = html_of(client.get(post.get_absolute_url(), follow=True))
    [address] = re.findall(r'<a href="(/compare/\?runs=[0-9a-f,]+)"', page)
    assert run in address and address.count(",") == 1 and "Compare the two runs" in page
    assert client.get(address).status_code == 200


def test_an_expectation_in_words_and_more_than_two_runs_are_not_compared(asked, member, config):
    words = asked_with_expectation(asked, member, "Down to zero.")
    fences = "\n\n".join(f"```bp\n{config(seeds=f'[{seed}]')}```" for seed in (5, 6))
    three = asked_with_expectation(asked, member, fences)
    assert not any("/compare/" in html for html in registry.fill([words.html, three.html], member))


def test_runs_that_the_reader_does_not_see_are_not_compared(asked, member, config):
    fence = f"```bp\n{config(seeds='[7]')}```"
    post = asked_with_expectation(asked, member, fence)
    assert "/compare/" in registry.fill([post.html], member)[0]
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    assert "/compare/" not in registry.fill([post.html], PersonFactory())[0]
