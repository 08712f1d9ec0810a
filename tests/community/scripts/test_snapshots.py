"""The slider of the recorded epochs: one step forward, playing to the end, and the pictures of a state."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

FORM = (
    '<form data-snapshots="shot" data-url="/shot/"><span data-slider>'
    '<button type="button" data-play aria-pressed="false">Play</button><button type="button" data-step>Next</button>'
    '<input type="range" min="0" max="2" value="1" aria-label="Epoch"></span><select name="epoch" data-plain>'
    '<option value="0">0</option><option value="5" selected>5</option><option value="20">20</option></select></form>'
    '<div id="shot"><p>Epoch 5</p></div>'
)


@pytest.fixture
def shown(site):
    """Return the place of the pictures; the server names the epoch that is asked for."""

    def picture(route):
        (epoch,) = parse_qs(urlsplit(route.request.url).query)["epoch"]
        route.fulfill(body=f"<p>Epoch {epoch}</p>", content_type="text/html")

    site.answers["/shot/"] = picture
    site.show(FORM)
    return site.page.locator("#shot")


def test_a_step_shows_the_next_epoch_and_the_first_after_the_last(site, shown):
    step, slider = site.page.get_by_role("button", name="Next"), site.page.get_by_role("slider")
    for epoch, place in (("20", "2"), ("0", "0")):
        step.click()
        expect(shown).to_have_text(f"Epoch {epoch}")
        expect(slider).to_have_value(place)
        expect(slider).to_have_attribute("aria-valuetext", epoch)


def test_playing_ends_at_the_last_epoch_and_a_step_stops_it(site, shown):
    play = site.page.get_by_role("button", name="Play")
    play.click()
    expect(shown).to_have_text("Epoch 20")
    expect(play).to_have_attribute("aria-pressed", "false")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    site.page.get_by_role("button", name="Next").click()
    expect(play).to_have_attribute("aria-pressed", "false")


def test_a_choice_that_the_browser_restores_has_its_pictures(site, shown):
    site.show(f"{FORM}<script>document.querySelector('select').selectedIndex = 2</script>")
    slider = site.page.get_by_role("slider")
    expect(shown).to_have_text("Epoch 20")
    expect(slider).to_have_value("2")
    expect(slider).to_have_attribute("aria-valuetext", "20")
