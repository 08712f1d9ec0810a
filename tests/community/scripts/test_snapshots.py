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


def test_what_a_page_without_script_keeps_of_the_curve_is_not_asked_for(site, shown):
    kept = '<input type="hidden" name="from" value="10" data-plain>'
    site.show(FORM.replace("<span data-slider>", f"{kept}<span data-slider>"))
    with site.page.expect_request("**/shot/**") as asked:
        site.page.get_by_role("button", name="Next").click()
    assert parse_qs(urlsplit(asked.value.url).query) == {"epoch": ["20"]}
    expect(shown).to_have_text("Epoch 20")


GROWING = '<section class="run-card" data-state="running"></section>' + FORM.replace(
    "<form ", "<form data-grows "
).replace(" selected>5", ">5").replace('value="20"', 'value="20" selected')


@pytest.fixture
def grown(site):
    """Return a function: let the run go on to an epoch, and tell the page as its card does."""
    epochs = [0, 5, 20]

    def picture(route):
        (asked,) = parse_qs(urlsplit(route.request.url).query).get("epoch", [epochs[-1]])
        shown = max(epoch for epoch in epochs if epoch <= int(asked))
        options = "".join(
            f'<option value="{epoch}"{" selected" * (epoch == shown)}>{epoch}</option>' for epoch in epochs
        )
        body = f"<p>Epoch {shown}</p><template data-options=epoch>{options}</template>"
        route.fulfill(body=body, content_type="text/html")

    def grow(epoch, without=None):
        epochs[:] = [each for each in (*epochs, epoch) if each != without]
        site.page.evaluate(
            "document.querySelector('.run-card').dispatchEvent(new CustomEvent('chainrule:swapped', { bubbles: true }))"
        )

    grow.picture = site.answers["/shot/"] = picture
    site.show(GROWING)
    return grow


def test_the_pictures_follow_the_training_until_they_are_paused(site, grown):
    shown, slider = site.page.locator("#shot p"), site.page.get_by_role("slider")
    play, step = (site.page.get_by_role("button", name=name) for name in ("Play", "Next"))
    expect(shown).to_have_text("Epoch 20")
    grown(30)
    expect(shown).to_have_text("Epoch 30")
    expect(slider).to_have_attribute("max", "3")
    expect(slider).to_have_attribute("aria-valuetext", "30")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    grown(40)
    step.click()  # from the last one that is known to what there is by now
    expect(shown).to_have_text("Epoch 40")
    slider.fill("1")
    expect(shown).to_have_text("Epoch 5")
    grown(50)
    expect(slider).to_have_value("1")
    play.click()
    expect(shown).to_have_text("Epoch 50")
    expect(play).to_have_attribute("aria-pressed", "true")


def test_an_epoch_that_is_gone_is_the_one_before_it(site, grown):
    slider = site.page.get_by_role("slider")
    expect(slider).to_have_value("2")
    site.page.get_by_role("button", name="Play").click()
    grown(30, without=5)
    slider.fill("1")  # 5, as far as the page knows
    expect(site.page.locator("#shot p")).to_have_text("Epoch 0")
    expect(slider).to_have_value("0")
    expect(slider).to_have_attribute("aria-valuetext", "0")
    expect(slider).to_have_attribute("max", "2")


def test_the_newest_state_takes_nobody_from_the_one_they_chose(site, grown):
    shown, slider, held = site.page.locator("#shot p"), site.page.get_by_role("slider"), []
    expect(shown).to_have_text("Epoch 20")
    site.answers["/shot/"] = held.append
    grown(30)
    site.until(lambda: len(held) == 1)
    slider.fill("1")
    site.until(lambda: len(held) == 2)
    for route in reversed(held):
        grown.picture(route)
    site.let_pass(0)
    expect(shown).to_have_text("Epoch 5")
    expect(slider).to_have_value("1")
    assert len(held) == 2


def test_a_pause_keeps_its_state_and_a_reload_its_epoch(site, grown):
    form, held = site.page.locator("form"), []
    expect(form).to_have_attribute("autocomplete", "off")  # the newest one is no choice
    site.answers["/shot/"] = held.append
    grown(30)
    site.until(lambda: len(held) == 1)
    site.page.get_by_role("button", name="Play").click()
    grown.picture(held[0])
    site.let_pass(0)
    expect(site.page.locator("#shot p")).to_have_text("Epoch 20")
    expect(form).to_have_attribute("autocomplete", "on")
