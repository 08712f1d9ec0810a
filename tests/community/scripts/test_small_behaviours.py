"""Menus, search key, theme, copying, titles, live cards."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

MENU = '<details class="menu" data-menu><summary>Menu</summary><div><a href="#x">Item</a></div></details><p>Outside</p>'
SEARCH = '<form action="/search/"><input name="q" data-search-key></form><textarea></textarea>'
FORMULA = (
    '<div class="prose"><p>The loss <math><semantics><mi>L</mi>'
    '<annotation encoding="application/x-tex">L_t</annotation></semantics></math> falls.</p></div>'
)

CLIPBOARD = """Object.defineProperty(navigator, "clipboard", {
  value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } },
})"""


def test_a_menu_closes_by_a_click_outside_and_by_escape(site):
    site.show(MENU)
    menu = site.page.locator("details")
    site.page.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    site.page.locator("p").click()
    expect(menu).not_to_have_attribute("open", "")
    site.page.locator("summary").click()
    site.page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(site.page.locator("summary")).to_be_focused()


def test_a_slash_goes_to_the_search_box_but_never_while_one_types(site):
    site.show(SEARCH)
    site.page.keyboard.press("/")
    expect(site.page.locator("input")).to_be_focused()
    assert site.page.input_value("input") == ""
    site.page.locator("textarea").press_sequentially("a/b")
    assert site.page.input_value("textarea") == "a/b"


def test_a_theme_is_shown_at_once_and_told_to_the_server(site):
    site.answer("/preferences/", "", status=204)
    site.show('{% include "shell/preferences.html" %}{% include "shell/switches.html" %}')
    site.page.locator("button[value=dark]").click()
    expect(site.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(site.page.locator("button[value=dark]")).to_have_attribute("aria-pressed", "true")
    site.until(lambda: site.sent("/preferences/") == ["theme=dark"])


def test_code_is_copied_as_it_was_written(site):
    site.page.add_init_script(CLIPBOARD)
    site.show('<div class="code-block"><pre><code>a = 1\n  b = 2\n</code></pre></div>')
    site.page.locator(".copy").click(force=True)
    expect(site.page.locator(".copy")).to_have_text("Copied")
    assert site.page.evaluate("window.copied") == "a = 1\n  b = 2"


def test_words_with_a_formula_are_copied_with_its_latex(site):
    site.show(FORMULA)
    copied = site.page.evaluate(
        """() => {
          getSelection().selectAllChildren(document.querySelector("p"));
          const taken = new DataTransfer();
          const event = new ClipboardEvent("copy", { clipboardData: taken, bubbles: true, cancelable: true });
          document.querySelector("p").dispatchEvent(event);
          return event.clipboardData.getData("text/plain");
        }"""
    )
    assert copied == "The loss $L_t$ falls."


THREAD = """
<span data-read-up-to="/threads/5/read/" data-read="{{ read }}" data-reader="{{ reader|default:7 }}"
      {% if part is not None %} data-text="{{ part }}"{% endif %}
      {% if first %} data-first="{{ first }}"{% endif %} hidden></span>
{% for number in numbers %}<article id="post-{{ number }}">{{ text|safe }}</article>{% endfor %}
<style>article { block-size: 100vh; margin-block-end: 100vh; } {{ style|safe }}</style>
"""


def read(site, *, at: int, ms: int, offset: float = 0) -> list[str]:
    """Scroll to a post, or so many heights of the view further down, and return what the server then hears."""
    heard: list[str] = []

    def hear(request):
        if "/read/" in request.url:
            heard.append(request.url.rpartition("/")[2])

    site.page.on("request", hear)
    top = site.page.evaluate("(id) => document.getElementById(id).offsetTop", f"post-{at}")
    site.page.evaluate("([top, offset]) => scrollTo(0, top + offset * innerHeight)", [top, offset])
    site.let_pass(ms)
    site.page.remove_listener("request", hear)
    return heard


@pytest.fixture
def thread(site):
    site.answer("/threads/5/read/", "", status=204)
    site.hold_time()
    return lambda read, **values: site.show(THREAD, numbers=range(1, 5), read=read, **values)


class TestReading:
    def test_the_server_hears_of_posts_that_were_in_view_for_a_second(self, site, thread):
        thread(read=1)
        assert read(site, at=2, ms=5_000) == ["?posts=2"]
        assert read(site, at=4, ms=5_000) == ["?posts=2,4"]
        assert read(site, at=1, ms=5_000) == []

    def test_the_server_hears_where_a_page_of_the_middle_begins(self, site, thread):
        thread(read=0, first=2)
        assert read(site, at=2, ms=5_000) == ["?posts=2&first=2"]

    def test_what_was_read_on_another_page_of_the_thread_is_said_again_for_the_same_person(self, site, thread):
        thread(read=1)
        assert read(site, at=4, ms=5_000) == ["?posts=4"]
        thread(read=1)
        assert read(site, at=2, ms=5_000) == ["?posts=2,4"]
        thread(read=2)
        assert read(site, at=3, ms=5_000) == ["?posts=3,4"]
        thread(read=1, reader=8)
        assert read(site, at=3, ms=5_000) == ["?posts=3"]

    def test_the_server_hears_how_much_of_a_long_text_was_seen(self, site, thread):
        long = {
            "text": '<div class="prose">A text.</div>',
            "style": "#post-1 { block-size: 500vh } .prose { block-size: 100% }",
        }
        thread(read=0, part=0, **long)
        assert read(site, at=1, offset=1.2, ms=5_000) == ["?posts=1&text=40"]
        assert read(site, at=1, offset=0, ms=5_000) == []
        thread(read=1, part=40, **long)
        assert read(site, at=1, offset=1.2, ms=5_000) == []
        assert read(site, at=1, offset=4.05, ms=5_000) == ["?posts=&text=100"]

    def test_who_stopped_in_a_text_that_is_short_in_this_window_comes_to_its_end(self, site, thread):
        short = {
            "text": '<div class="prose">A text.</div>',
            "style": "#post-1 { block-size: 130vh } .prose { block-size: 100% }",
        }
        thread(read=1, part=0, **short)
        assert read(site, at=1, offset=0.5, ms=5_000) == []
        thread(read=1, part=40, **short)
        assert read(site, at=1, offset=0.1, ms=5_000) == []
        assert read(site, at=1, offset=0.5, ms=5_000) == ["?posts=&text=100"]

    def test_a_link_goes_on_where_somebody_stopped(self, site, thread):
        long = {"style": "#post-1 { block-size: 500vh } .prose { block-size: 100% }"}
        thread(
            read=1,
            part=40,
            text='<div class="prose">A text.</div><a href="#post-1" data-continue="40">Go on</a>',
            **long,
        )
        site.page.locator("[data-continue]").first.dispatch_event("click")
        seen = site.page.evaluate(
            "1 - document.querySelector('.prose').getBoundingClientRect().bottom / innerHeight / 5"
        )
        assert 0.2 < seen < 0.6

    def test_what_was_passed_at_once_was_not_read(self, site, thread):
        thread(read=0)
        for number in (1, 2, 3):
            assert read(site, at=number, ms=500) == []
        assert read(site, at=4, ms=5_000) == ["?posts=4"]

    def test_a_post_whose_end_was_not_in_view_was_not_read(self, site, thread):
        thread(read=0)
        assert read(site, at=2, offset=-0.5, ms=5_000) == []
        assert read(site, at=2, offset=0.5, ms=5_000) == ["?posts=2"]

    def test_a_long_post_is_read_where_it_fills_the_view(self, site, thread):
        thread(read=0, style="#post-2 { block-size: 300vh; }")
        assert read(site, at=2, offset=1, ms=5_000) == ["?posts=2"]

    def test_of_an_answer_its_text_is_looked_at_without_its_comments(self, site, thread):
        thread(read=0, style="#post-2 { block-size: 300vh; }", text='<p class="prose">Words.</p>')
        assert read(site, at=2, offset=-0.5, ms=5_000) == ["?posts=2"]

    def test_what_was_read_before_is_not_told_again(self, site, thread):
        thread(read=1)
        assert read(site, at=1, ms=9_000) == []

    def test_time_is_counted_where_nothing_is_unread(self, site, thread):
        thread(read=4)
        assert read(site, at=1, ms=62_000) == ["?posts=&seconds=60"]

    def test_who_leaves_soon_has_read_what_was_in_view(self, site, thread):
        thread(read=0)
        assert read(site, at=1, ms=2_500) == []
        with site.page.expect_request("**/threads/5/read/?posts=1"):
            site.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")


OPEN_THREAD = """
<link rel="stylesheet" href="/static/community/css/site.css">
<p class="news" role="status" data-news="/threads/5/news/12/" data-news-events="/threads/5/news/12/events/"
   data-one="1 new post" data-many="{count} new posts"></p>
<form><input type="hidden" name="seen" value="12"><textarea></textarea></form>
"""


def news(count: int, last: int) -> str:
    return f'event: news\ndata: {{"count": {count}, "last": {last}, "url": "/t/5/why/13/#post-13"}}\n\n'


@pytest.mark.parametrize(("count", "words"), [(1, "1 new post"), (2, "2 new posts"), (100, "99+ new posts")])
def test_new_posts_of_an_open_thread_are_one_link_and_nothing_moves(site, count, words):
    site.answer("/threads/5/news/12/events/", news(count, 112), kind="text/event-stream")
    site.show(OPEN_THREAD)
    place = site.page.locator("textarea").bounding_box()
    link = site.page.get_by_role("status").get_by_role("link")
    expect(link).to_have_text(words)
    expect(link).to_have_attribute("href", "/t/5/why/13/#post-13")
    assert site.page.locator("textarea").bounding_box() == place


def test_a_page_without_a_stream_asks_now_and_then(site):
    site.answer("/threads/5/news/12/", {"count": 2, "last": 14, "url": "/t/5/why/13/#post-13"})
    site.show(OPEN_THREAD.replace("data-news-events", "data-none"))
    link = site.page.get_by_role("status").get_by_role("link")
    site.until(link.count, meanwhile=lambda: site.let_pass(80_000))
    expect(link).to_have_text("2 new posts")


TIMELINE = """
<style>article { block-size: 80vh; } nav { position: fixed; inset: 0 0 auto auto; }</style><div class="top"></div>
<nav data-timeline="follows"><span data-timeline-here>1</span>
  <input type="range" min="1" max="40" value="1" data-timeline-range data-jump="/jump/?number=" aria-label="Post">
  <a data-number="2"><time>May 1</time></a> <a data-number="9"><time>June 1</time></a>
  <output data-timeline-aim hidden></output>
</nav>
{% for number in numbers %}
  <article id="post-{{ number }}"><a class="post-number" href="/t/5/why/{{ number }}/#post-{{ number }}">#</a></article>
{% endfor %}
"""


def test_a_timeline_and_the_address_follow_what_is_read(site):
    site.show(TIMELINE, numbers=range(8, 14))
    site.page.evaluate("scrollTo(0, 900)")
    site.let_pass(400)
    assert site.page.url.endswith("/here/")  # as after a link to a post, which the browser scrolls to by itself
    site.page.mouse.wheel(0, 600)
    site.page.wait_for_url("**/t/5/why/10/#post-10")
    expect(site.page.get_by_label("Post")).to_have_value("10")
    expect(site.page.locator("a[aria-current]")).to_have_text("June 1")


def test_a_slider_leads_to_posts_when_its_keys_rest(site):
    site.show(TIMELINE, numbers=range(8, 14))
    slider = site.page.get_by_label("Post")
    slider.focus()
    site.hold_time()  # the keys are a series then, however busy the machine is
    for _ in range(8):
        slider.press("ArrowRight")
    expect(site.page.get_by_role("status")).to_have_text("#9 · June 1")
    site.let_pass(1_000)
    site.page.wait_for_function("scrollY > 0")  # to #9, which is on the page
    assert site.asked == []
    site.answer("/jump/", "There", kind="text/html")
    slider.press("End")
    site.page.evaluate("() => { letPass(1000); }")  # the page is left before it can tell
    site.page.wait_for_url("**/jump/?number=40")


def test_a_reply_says_which_posts_its_author_was_told_of(site):
    site.answer("/threads/5/news/12/events/", news(2, 14), kind="text/event-stream")
    site.show(OPEN_THREAD)
    expect(site.page.locator("[name=seen]")).to_have_value("14")


def test_a_new_post_that_is_gone_again_is_not_offered(site):
    site.answer("/threads/5/news/12/events/", news(1, 13) + news(0, 0), kind="text/event-stream")
    site.show(OPEN_THREAD)
    expect(site.page.locator("[name=seen]")).to_have_value("13")
    expect(site.page.get_by_role("status")).to_be_empty()


def test_a_chinese_title_may_break_between_words_only(site):
    site.show('<h1 lang="zh-Hans">反向传播，一个数</h1>')
    title = site.page.locator("h1")
    expect(title).to_have_class("phrased")
    expect(title).to_have_text("反向传播，一个数")
    assert "反向<wbr>传播，<wbr>" in title.inner_html()


def test_an_age_stays_true_and_keeps_its_words(site):
    now = site.page.evaluate("new Date().toISOString()")
    site.show(f'<time datetime="{now}" data-ago>just now</time>')
    site.let_pass(61_000)
    expect(site.page.locator("time")).to_have_text("1 min ago")


def test_a_card_that_moves_is_drawn_anew_until_its_end(site):
    site.answer("/card/", '<section class="run-card" data-state="succeeded"><b>Done</b></section>', kind="text/html")
    site.answer("/events", 'event: end\nid: 2\ndata: {"state": "succeeded"}\n\n', kind="text/event-stream")
    site.show(
        '<section class="run-card" data-run-live data-card-url="/card/" data-events-url="/events" data-state="running">'
        "</section>"
    )
    expect(site.page.locator(".run-card b")).to_have_text("Done")
    expect(site.page.locator(".run-card")).to_have_attribute("data-state", "succeeded")


def test_a_card_without_streams_is_asked_for(site):
    site.answer("/card/", '<section class="run-card" data-state="failed"><b>Over</b></section>', kind="text/html")
    site.show(
        '<section class="run-card" data-run-live data-card-url="/card/" data-events-url="" data-state="running">'
        "</section>"
    )
    expect(site.page.locator(".run-card b")).to_have_text("Over")


def test_the_pictures_of_a_run_come_to_its_page_with_the_first_state(site):
    card = '<section class="run-card" data-state="running" data-grows><b>It trains</b></section>'
    site.answer("/card/", card, kind="text/html")
    site.answer("/stage/", '<section id="network">Epoch 0</section>', kind="text/html")
    site.show(
        '<div data-whole-page data-stage-url="/stage/"><section class="run-card" data-run-live data-card-url="/card/" '
        'data-events-url="" data-state="running"></section></div>'
    )
    expect(site.page.locator(".run-card + #network")).to_have_text("Epoch 0")
    site.until(lambda: len(site.sent("/card/")) > 1)
    assert len(site.sent("/stage/")) == 1


MOVING = (
    '<form id="act" method="post" hidden></form><section class="run-card" data-run-live data-card-url="/card/" '
    'data-events-url="" data-state="running"><footer class="run-foot"><a href="/open">Open run</a>'
    '<button data-cancel form="act" formaction="/cancel/">Cancel</button></footer></section>'
)


def test_a_card_whose_run_is_gone_says_so_and_is_not_asked_for_again(site):
    site.answer("/card/", "gone", status=404)
    site.show(
        '<section class="run-card" data-run-live data-card-url="/card/" data-events-url="" data-state="running" '
        'data-gone="This run is no longer available."><span class="state">training</span><p class="run-progress">1</p>'
        '<footer class="run-foot">Cancel</footer></section>'
    )
    card = site.page.locator(".run-card")
    expect(card.get_by_role("status")).to_have_text("This run is no longer available.")
    expect(card).to_have_text("This run is no longer available.")
    expect(card).to_have_attribute("data-state", "none")
    asked = len(site.sent("/card/"))
    site.let_pass(3_000)
    assert len(site.sent("/card/")) == asked == 1


def test_a_card_that_is_drawn_anew_keeps_the_focus(site):
    site.answer("/card/", MOVING.replace("Open run", "Open run<i></i>"), kind="text/html")
    site.show(MOVING)
    site.page.get_by_role("button", name="Cancel").focus()
    expect(site.page.locator(".run-card i")).to_have_count(1)
    expect(site.page.get_by_role("button", name="Cancel")).to_be_focused()


def test_a_card_holds_still_under_a_finger(site):
    site.answer("/card/", MOVING.replace("Open run", "Open run<i></i>"), kind="text/html")
    site.show(MOVING)
    site.page.get_by_role("link", name="Open run").hover()
    site.page.mouse.down()
    site.let_pass(2_500)
    expect(site.page.locator(".run-card i")).to_have_count(0)
    site.page.mouse.move(1, 1)
    site.page.mouse.up()
    expect(site.page.locator(".run-card i")).to_have_count(1)


def test_a_run_is_cancelled_without_leaving_the_page(site):
    """The card is asked for at once: by its own clock it is not due."""
    over = '<section class="run-card" data-state="cancelled"><b>Stopped</b></section>'
    site.answer("/cancel/", "", kind="text/plain")
    site.answer("/card/", over, kind="text/html")
    site.hold_time()
    site.show(MOVING)
    site.page.get_by_role("button", name="Cancel").click()
    site.let_pass(100)  # the finger has let go of the card
    expect(site.page.locator(".run-card b")).to_have_text("Stopped")
    assert len(site.sent("/cancel/")) == 1 and site.page.url.endswith("/here/")


BELL = '<a data-live-count="/stream" data-count-url="/count"><span data-count></span></a>'


def test_the_bell_shows_what_the_stream_says(site):
    site.answer("/stream", 'event: unread\ndata: {"unread": 7}\n\n', kind="text/event-stream")
    site.show(BELL)
    expect(site.page.locator("[data-count]")).to_have_text("7")


def test_the_bell_asks_where_streams_are_refused_and_tries_the_stream_again(site):
    site.answer("/stream", "", status=429)
    site.answer("/count", {"unread": 4})
    site.hold_time()
    site.show(BELL)
    assert site.sent("/stream") == []  # who only passes through opens none
    site.let_pass(2_000)
    site.until(lambda: site.sent("/stream"))
    count = site.page.locator("[data-count]")
    site.until(lambda: count.text_content() == "4", meanwhile=lambda: site.let_pass(80_000))
    site.answer("/stream", 'event: unread\ndata: {"unread": 7}\n\n', kind="text/event-stream")
    site.until(lambda: count.text_content() == "7", meanwhile=lambda: site.let_pass(80_000))
    assert len(site.sent("/stream")) > 1


def test_a_second_click_sends_nothing(site):
    site.answer("/act", "", status=204)
    site.show('<form method="post" action="/act" data-once><button>Go</button></form>')
    site.page.evaluate(
        "() => { const form = document.querySelector('form'); form.requestSubmit(); form.requestSubmit(); }"
    )
    site.let_pass(300)
    assert len(site.sent("/act")) == 1


def test_a_config_is_numbered_and_checked_while_one_types(site):
    problem = {
        "line": 2,
        "column": 1,
        "path": "optimizer.lr",
        "message": "A learning rate is above 0.",
        "suggestion": "",
    }
    site.answer("/check", {"problems": [problem], "notes": [], "price": "9 parameters"})
    site.show(
        '<form data-config data-check-url="/check">{% include "experiments/config_editor.html" %}'
        "<p data-price></p></form>",
        config_text="a: 1\nb: 2",
    )
    expect(site.page.locator("[data-gutter]")).to_have_text("1\n2\n", use_inner_text=False)
    site.page.locator("textarea").fill("a: 1\noptimizer: {lr: -1}\nc: 3")
    expect(site.page.locator("[data-problems] li")).to_contain_text("A learning rate is above 0.")
    expect(site.page.locator("[data-gutter] .bad")).to_have_text("2\n", use_inner_text=False)
    expect(site.page.locator("[data-price]")).to_have_text("9 parameters")


def test_a_line_end_at_the_end_of_a_config_is_no_line(site):
    site.show('<form data-config>{% include "experiments/config_editor.html" %}</form>', config_text="a: 1\nb: 2\n")
    expect(site.page.locator("[data-gutter]")).to_have_text("1\n2\n", use_inner_text=False)


PLAYGROUND = """<nav data-preset-row><a href="?preset=xor" aria-current="true">XOR</a></nav>
<div data-playground><form data-config action="/play" method="post">{% include "experiments/config_editor.html" %}
<button data-play>Run</button><p data-refusal data-sign-in="Sign in" hidden></p></form>
<div data-result data-changed="It has changed."><section class="run-card">old</section></div></div>"""


def test_a_result_of_another_config_than_the_editors_says_so(site):
    site.answer("/play", '<section class="run-card">new</section>', kind="text/html")
    site.show(PLAYGROUND, config_text="a: 1")
    box, result, chip = (site.page.locator(each) for each in ("textarea", "[data-result]", "[data-preset-row] a"))
    expect(chip).to_have_attribute("aria-current", "true")
    expect(result).to_have_text("old")
    box.fill("a: 2")
    expect(result).to_have_text("It has changed.old")
    expect(chip).not_to_have_attribute("aria-current", "true")
    site.page.get_by_role("button", name="Run").click()
    expect(result).to_have_text("new")
    box.fill("a: 1")
    expect(result).to_have_text("It has changed.new")
    expect(chip).to_have_attribute("aria-current", "true")


LANGUAGES = """<form method="post" action="/preferences/"><button name="language" value="de">Deutsch</button>
<button name="theme" value="dark">Dark</button></form>"""


@pytest.mark.parametrize("button", ["Deutsch", "Dark"])
def test_a_typed_config_survives_another_page_and_a_reload_until_it_is_taken_back(site, button):
    site.answer("/preferences/", '<a href="/here/">back</a>', kind="text/html")
    site.show(LANGUAGES + PLAYGROUND, config_text="a: 1")
    box = site.page.locator("textarea")
    box.fill("b: 2")
    site.page.get_by_role("button", name=button).click()
    site.page.get_by_role("link", name="back").click()
    expect(box).to_have_value("b: 2")
    site.page.reload()
    expect(box).to_have_value("b: 2")
    box.fill("a: 1")
    site.page.reload()
    site.is_ready()
    expect(box).to_have_value("a: 1")


def test_a_refused_config_leaves_the_result_marked_as_that_of_another(site):
    problem = {"line": 1, "column": 1, "path": "", "message": "Unknown.", "suggestion": ""}
    site.answer("/play", {"problems": [problem], "message": ""}, status=422)
    site.show(PLAYGROUND, config_text="a: 1")
    site.page.locator("textarea").fill("b: 2")
    site.page.get_by_role("button", name="Run").click()
    expect(site.page.locator("[data-problems] li")).to_contain_text("Unknown.")
    expect(site.page.locator("[data-result]")).to_have_text("It has changed.old")


def test_a_refused_config_is_told_beside_the_button_with_its_field_where_there_are_controls(site):
    problem = {"line": 1, "column": 1, "path": "optimizer.lr", "message": "2 is not allowed.", "suggestion": ""}
    site.answer("/play", {"problems": [problem], "message": ""}, status=422)
    place = PLAYGROUND.replace("<p data-refusal", '<div data-controls></div><p data-colon=": " data-refusal')
    site.show(place, config_text="a: 1")
    site.page.get_by_role("button", name="Run").click()
    expect(site.page.locator("[data-refusal]")).to_have_text("optimizer.lr: 2 is not allowed.")


def test_a_run_that_is_refused_by_a_limit_says_why(site):
    refusal = '<div class="notice backward" role="alert">Please wait a little.</div>'
    site.answer("/play", refusal, status=429, kind="text/html")
    site.show(PLAYGROUND, config_text="a: 1")
    site.page.get_by_role("button", name="Run").click()
    expect(site.page.locator("[data-refusal]")).to_have_text("Please wait a little.")
    expect(site.page.locator("[data-result]")).to_have_text("old")


def test_a_run_that_needs_an_account_has_the_way_to_one(site):
    door = "/accounts/login/?next=/playground/"
    site.answer("/play", {"problems": [], "message": "With an account.", "sign_in": door}, status=429)
    site.show(PLAYGROUND, config_text="a: 1")
    site.page.get_by_role("button", name="Run").click()
    expect(site.page.locator("[data-refusal]")).to_have_text("With an account. Sign in")
    expect(site.page.locator("[data-refusal] a")).to_have_attribute("href", door)


CURVE = """<div class="curve-place" data-readings='[[0,"0","9","8","10"],[0.5,"5","4","3","5"],[1,"10","1","1","1"]]'
data-label="Values" data-where="epoch {number}" data-median="median"><svg width="300" height="100">
<svg class="lines" width="300" height="100"><rect width="300" height="100"/></svg></svg></div>"""


def test_a_curve_is_read_by_keyboard(site):
    site.show(CURVE)
    place, said = site.page.get_by_role("group", name="Values"), site.page.locator(".curve-said")
    site.page.keyboard.press("Tab")
    expect(place).to_be_focused()
    expect(said).to_have_text("epoch 10 · median 1")
    site.page.keyboard.press("ArrowLeft")
    expect(said).to_have_text("epoch 5 · median 4 (3 – 5)")
    site.page.keyboard.press("Home")
    expect(said).to_have_text("epoch 0 · median 9 (8 – 10)")
    site.page.keyboard.press("Escape")
    expect(said).to_have_count(0)


def test_a_curve_is_read_by_touch(site):
    site.show(CURVE)
    box, said = site.page.locator("svg.lines").bounding_box(), site.page.locator(".curve-said")
    touch = """([x, y, name]) => document.elementFromPoint(x, y).dispatchEvent(
        new PointerEvent(name, {bubbles: name === "pointerdown", pointerType: "touch", clientX: x, clientY: y}))"""
    site.page.evaluate(touch, [box["x"] + 140, box["y"] + 50, "pointerdown"])
    expect(said).to_have_text("epoch 5 · median 4 (3 – 5)")
    site.page.evaluate(touch, [box["x"] + 140, box["y"] + 50, "pointerleave"])
    expect(said).to_have_count(1)


NOTICE = (
    '<li class="notice-row unread" data-notice><a href="/here/#post-2">Ada answered</a>'
    '<form method="post" action="/read/"><input type="hidden" name="next" value="/here/">'
    "<button>Read</button></form></li>"
)


@pytest.mark.parametrize("button", ["left", "middle"])
def test_the_link_of_a_notification_marks_it_as_read_in_this_tab_and_in_another(site, button):
    site.answer("/read/", "", status=204)
    site.show(NOTICE)
    site.page.get_by_role("link").click(button=button)
    expect(site.page.locator(".unread")).to_have_count(0)
    expect(site.page.get_by_role("button")).to_have_count(0)
    site.page.get_by_role("link").click()
    [sent] = site.sent("/read/")
    assert 'name="next"' in sent


class TestRelatedThreads:
    PAGE = """<ul class="related"><li><a href="/t/2/b/">B</a></li></ul>
    <section data-related><h2>Related threads</h2><a href="/threads/1/related/">Show related threads</a></section>"""
    PLACE = "[data-related]"

    def show(self, site, items: str):
        site.answer("/threads/1/related/", f'<ul class="related">{items}</ul>' if items else "", kind="text/html")
        site.show(self.PAGE)
        return site.page.locator(self.PLACE)

    def test_they_replace_the_link_without_what_is_listed_above(self, site):
        place = self.show(site, '<li><a href="/t/2/b/">B</a></li><li><a href="/t/3/c/">C</a></li>')
        expect(place.locator("li")).to_have_text(["C"])
        expect(place.get_by_text("Show related threads")).to_have_count(0)

    @pytest.mark.parametrize("items", ["", '<li><a href="/t/2/b/">B</a></li>'])
    def test_there_is_no_heading_with_nothing_under_it(self, site, items):
        expect(self.show(site, items)).to_be_hidden()


def test_an_open_list_of_notifications_says_what_is_new_with_one_link_when_the_bell_hears_of_it(site):
    site.answer("/notifications/count/", {"new": 3})
    site.show(
        '<p data-new-notices="/notifications/count/?since=5&amp;show=" data-one="1 new notification"'
        ' data-many="{% templatetag openbrace %}count{% templatetag closebrace %} new notifications"></p>'
    )
    assert site.page.locator("main a").count() == 0
    site.page.evaluate("document.dispatchEvent(new CustomEvent('chainrule:unread'))")
    site.page.get_by_role("link", name="3 new notifications").wait_for()
    site.answer("/notifications/count/", {"new": 0})
    site.page.evaluate("document.dispatchEvent(new CustomEvent('chainrule:unread'))")
    site.until(lambda: site.page.locator("main a").count() == 0)


def test_the_tint_of_a_post_one_lands_on_fades_and_hides_no_vote(site):
    site.show(
        """<article class="post marked" id="post-2"><div class="post-side"><div class="vote">
        <form><button type="button" aria-pressed="true">Useful</button></form></div></div><p>Words</p></article>"""
    )
    site.page.add_style_tag(url="/static/community/css/site.css")
    colour = "(each) => getComputedStyle(each).backgroundColor"
    post, vote = site.page.locator("article"), site.page.locator("button")
    post.evaluate("each => { for (const fade of each.getAnimations()) { fade.pause(); fade.currentTime = 1; } }")
    tint = post.evaluate(colour)
    assert tint not in ("rgba(0, 0, 0, 0)", vote.evaluate(colour))
    post.evaluate("each => each.getAnimations().forEach((fade) => fade.finish())")
    assert post.evaluate(colour) == "rgba(0, 0, 0, 0)"
