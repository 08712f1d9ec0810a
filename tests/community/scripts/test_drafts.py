"""No text is lost: reloads, two tabs, a server that is slow, wrong or down, a browser without storage."""

import json
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from playwright.sync_api import expect

from tests.community.scripts.test_paste import PASTE

pytestmark = pytest.mark.journey

PAGE = """{% with kind="question" %}
<form method="post" action="/post/" class="editor-form" data-guard data-once {% include "content/editor_attrs.html" %}>
{{ form.draft_key }}{{ form.draft_version }}{{ form.submission }}{{ form.title }}{% include "content/editor.html" %}
<button class="primary">Post</button></form>{% endwith %}
<form method="post" action="/accounts/logout/"><button class="leave">Sign out</button></form>"""
TEXT, STATUS, BAR = "[data-editor-source]", "[data-editor-status]", "[data-other-version]"
KEY, SUBMISSION = "reply:7", "0b6f2a0e-0000-4000-8000-000000000001"
AT = "2026-01-01T09:00:00Z"


class WritingForm(forms.Form):
    draft_key = forms.CharField(widget=forms.HiddenInput)
    draft_version = forms.IntegerField(widget=forms.HiddenInput)
    submission = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(required=False)
    source = forms.CharField(label="Text", widget=forms.Textarea(attrs={"data-editor-source": ""}))


class Server:
    """Stores drafts like the site: a save on an outdated version of another text returns a conflict."""

    def __init__(self, site) -> None:
        self.site, self.page = site, site.page
        self.drafts: dict[str, dict] = {}
        self.posted: list[str] = []
        self.saves = 0
        self.held: list | None = None
        self.is_away = False
        site.answer("/write/preview/", {"html": "<p>.</p>", "language": "en", "problems": [], "notice": "", "keys": []})
        site.answer("/accounts/logout/", '<a href="/here/">Back</a>', kind="text/html")
        site.answers["/drafts/save/"] = self._save
        site.answers["/drafts/saved/"] = self._saved

    def has(self, key: str, source: str) -> None:
        """Save a draft as another device."""
        version = self.drafts.get(key, {"version": 0})["version"] + 1
        self.drafts[key] = {"key": key, "version": version, "title": "", "source": source, "fields": {}, "at": AT}

    def open(self) -> None:
        """Render the page again, with the current draft."""
        draft = self.drafts.get(KEY, {"version": 0, "source": "", "title": ""})
        begun = {"draft_key": KEY, "draft_version": draft["version"], "submission": SUBMISSION}
        self.site.show(PAGE, form=WritingForm(initial=begun | {name: draft[name] for name in ("source", "title")}))

    def hold(self) -> None:
        self.held = []

    def release(self) -> None:
        waiting, self.held = self.held, None
        for route in waiting:
            self._save(route)

    def comes_to_have(self, *texts: str) -> None:
        """Wait until these are the saved texts."""
        with suppress(AssertionError):
            self.site.until(lambda: sorted(self.texts().values()) == sorted(texts))
        assert sorted(self.texts().values()) == sorted(texts)

    def texts(self) -> dict[str, str]:
        return {key: draft["source"] for key, draft in self.drafts.items()}

    def _save(self, route) -> None:
        self.saves += 1
        if self.held is not None:
            self.held.append(route)
            return
        if self.is_away:
            route.abort()
            return
        sent = json.loads(route.request.post_data_buffer.decode())
        there = self.drafts.get(sent["key"])
        if there and there["version"] != sent["version"] and there["source"] != sent["source"]:
            route.fulfill(status=409, json={"error": {"code": "draft_conflict"}, "draft": there})
            return
        version = (there or {"version": 0})["version"] + 1
        self.drafts[sent["key"]] = sent | {"version": version, "at": AT}
        route.fulfill(json={"key": sent["key"], "version": version})

    def _saved(self, route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        posted = [each for each in asked.get("submission", []) if each in self.posted]
        route.fulfill(json={"draft": self.drafts.get(asked["key"][0]), "posted": posted})


@pytest.fixture
def server(site):
    server = Server(site)
    site.page.on("dialog", lambda dialog: dialog.accept())
    server.open()
    return server


def type_in(page, words: str) -> None:
    page.locator(TEXT).press_sequentially(words)


def saved(page) -> None:
    expect(page.locator(STATUS)).to_contain_text("Draft saved")


def forgotten(page) -> None:
    page.wait_for_function("() => !Object.keys(localStorage).some((place) => place.startsWith('draft:'))")


def copies(page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((place) => place.startsWith('draft:'))")


def test_a_reload_soon_after_typing_loses_nothing_and_typing_goes_on(server, site, page):
    type_in(page, "It is the start")
    site.let_pass(300)
    page.reload()
    expect(page.locator(TEXT)).to_have_value("It is the start")
    page.locator(TEXT).press("End")
    type_in(page, " of it")
    server.comes_to_have("It is the start of it")
    expect(page.locator(BAR)).to_be_hidden()
    forgotten(page)


def test_a_form_that_is_sent_during_a_save_names_the_version_that_it_knows(server, site, page):
    type_in(page, "One")
    saved(page)
    server.hold()
    type_in(page, " two")
    site.let_pass(1_700)
    assert server.held, "a save is on its way, and may be refused"
    page.eval_on_selector("form", "form => form.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Post").click()
    expect(page.locator("[name=draft_version]")).to_have_value("1")


def test_the_last_words_of_a_page_replace_no_text_of_another_tab_while_a_save_is_refused(server, site, page):
    type_in(page, "One")
    saved(page)
    server.hold()
    type_in(page, " two")
    site.until(lambda: server.held)
    type_in(page, " three")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    site.until(lambda: len(server.held) == 2)
    server.has(KEY, "Theirs")
    server.release()
    site.until(lambda: len(server.drafts) > 1)
    assert server.texts()[KEY] == "Theirs"
    assert "One two three" in server.texts().values()


def test_a_page_that_is_older_than_its_draft_shows_the_draft(server, page):
    """The browser restores the page as it was before the save."""
    server.has(KEY, "Saved while the page went")
    page.reload()
    expect(page.locator(TEXT)).to_have_value("Saved while the page went")
    page.locator(TEXT).press("End")
    type_in(page, "!")
    server.comes_to_have("Saved while the page went!")


def test_a_save_whose_answer_was_lost_is_no_conflict(server, site, page):
    type_in(page, "One")
    saved(page)
    type_in(page, " two")
    server.hold()
    site.until(lambda: server.held)
    (route,) = server.held
    server.has(KEY, json.loads(route.request.post_data_buffer.decode())["source"])
    server.held = None
    route.abort()
    type_in(page, " three")
    server.comes_to_have("One two three")
    expect(page.locator(BAR)).to_be_hidden()


def test_words_typed_during_a_save_are_saved_too(server, site, page):
    server.hold()
    type_in(page, "First")
    site.until(lambda: server.held)
    type_in(page, " and last")
    site.let_pass(1_700)
    assert server.saves == 1
    server.release()
    saved(page)
    server.comes_to_have("First and last")
    forgotten(page)


class TestTwoVersions:
    @pytest.fixture
    def other(self, server, page):
        """Save from another device in the same form, then type here."""
        server.has(KEY, "Theirs")
        type_in(page, "Mine")
        expect(page.locator(BAR)).to_contain_text("another tab or on another device: Jan 1, 2026")
        saved(page)

    def aside(self, server) -> str:
        return next(key for key in server.drafts if key != KEY)

    @pytest.mark.usefixtures("other")
    def test_both_are_kept_and_keeping_goes_on(self, server, page):
        type_in(page, ", longer")
        server.comes_to_have("Mine, longer", "Theirs")
        assert self.aside(server).startswith(f"{KEY}~")
        assert server.texts()[KEY] == "Theirs"
        page.locator(f"{BAR} summary").click()
        expect(page.locator("[data-other-source]")).to_have_text("Theirs")

    @pytest.mark.usefixtures("other")
    def test_this_one_can_be_kept(self, server, page):
        page.locator("[data-stay]").click()
        expect(page.locator(BAR)).to_be_hidden()
        type_in(page, "!")
        server.comes_to_have("Mine!", "Theirs")
        assert server.texts()[KEY] == "Mine!"

    @pytest.mark.usefixtures("other")
    def test_the_other_one_can_be_used(self, server, page):
        page.locator("[data-take]").click()
        expect(page.locator(TEXT)).to_have_value("Theirs")
        expect(page.locator(BAR)).to_be_hidden()
        page.locator(TEXT).press("End")
        type_in(page, "!")
        server.comes_to_have("Theirs!", "Mine")
        assert server.texts()[KEY] == "Theirs!"

    @pytest.mark.usefixtures("other")
    def test_a_reload_before_choosing_offers_both_again(self, server, page):
        page.reload()
        expect(page.locator(TEXT)).to_have_value("Theirs")
        expect(page.locator(BAR)).to_contain_text("This browser has another version")
        page.locator("[data-take]").click()
        expect(page.locator(TEXT)).to_have_value("Mine")
        server.comes_to_have("Mine", "Theirs")

    def test_a_copy_of_an_older_page_does_not_replace_a_newer_draft(self, server, page):
        server.is_away = True
        type_in(page, "Typed in a tunnel")
        expect(page.locator(STATUS)).to_contain_text("kept in this browser")
        server.is_away = False
        server.has(KEY, "Typed at home")
        server.open()
        expect(page.locator(TEXT)).to_have_value("Typed at home")
        expect(page.locator(BAR)).to_contain_text("This browser has another version")
        page.locator("[data-stay]").click()
        expect(page.locator(BAR)).to_be_hidden()
        server.comes_to_have("Typed at home", "Typed in a tunnel")
        forgotten(page)


def test_a_text_comes_back_into_an_empty_box_of_which_the_server_has_nothing(server, page):
    type_in(page, "One")
    saved(page)
    server.is_away = True
    type_in(page, " and two")
    expect(page.locator(STATUS)).to_contain_text("kept in this browser")
    server.is_away = False
    server.drafts.clear()
    server.open()
    expect(page.locator(TEXT)).to_have_value("One and two")
    expect(page.locator(BAR)).to_be_hidden()
    server.comes_to_have("One and two")


def test_news_of_a_paste_stays_until_it_can_have_been_read(server, site, page):
    data = {"text/html": f"<p><b>words</b></p><!--{'x' * 3_000_000}-->", "text/plain": "words"}
    page.evaluate(PASTE, [{"data": data}, "paste"])
    expect(page.locator(STATUS)).to_contain_text("too large to keep its formatting")
    server.comes_to_have("words")
    site.let_pass(1_000)
    assert "too large to keep its formatting" in page.locator(STATUS).text_content()
    saved(page)


class TestSending:
    def send(self, page, words: str = "My answer") -> None:
        type_in(page, words)
        page.locator("button.primary").click()

    @pytest.mark.parametrize("failure", ["500", "offline"])
    def test_a_text_that_did_not_arrive_is_in_its_box_again(self, server, site, page, failure):
        site.fail("/post/") if failure == "offline" else site.answer("/post/", "Sorry", status=500, kind="text/html")
        self.send(page)
        expect(page.locator(TEXT)).to_have_count(0)
        server.open()
        expect(page.locator(TEXT)).to_have_value("My answer")
        saved(page)
        assert server.texts() == {KEY: "My answer"}

    def test_a_text_that_arrived_is_not_offered_again(self, server, site, page):
        site.answer("/post/", "<p>Thread</p>", kind="text/html")
        self.send(page)
        expect(page.locator("p")).to_have_text("Thread")
        assert len(copies(page)) == 1
        server.posted = [SUBMISSION]
        server.open()
        forgotten(page)
        expect(page.locator(TEXT)).to_have_value("")
        expect(page.locator(BAR)).to_be_hidden()

    def test_a_sent_text_is_not_saved_as_a_draft_once_more(self, server, site, page):
        site.answer("/post/", "", status=204)  # the page stays, as while the server thinks
        type_in(page, "My answer")
        page.eval_on_selector("button.primary", "button => button.click()")
        site.until(lambda: site.sent("/post/"))
        site.let_pass(2_000)
        assert server.drafts == {}


class TestBrowsers:
    @pytest.mark.parametrize("broken", ["getter", "full"])
    def test_one_that_keeps_nothing_saves_on_the_server_all_the_same(self, site, page, broken):
        forbid = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"
        full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
        page.add_init_script(forbid if broken == "getter" else full)
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        server = Server(site)
        server.open()
        type_in(page, "Words")
        saved(page)
        server.is_away = True
        type_in(page, " more")
        expect(page.locator(STATUS)).to_contain_text("cannot be kept at the moment")
        assert server.texts() == {KEY: "Words"}
        assert complaints == []

    def test_one_keeps_twenty_copies_at_most(self, server, page):
        page.evaluate(
            "() => { for (let i = 0; i < 40; i += 1) localStorage.setItem(`draft:7:new:note:${i}`, "
            "JSON.stringify({ at: Date.now() - 1000 * i, source: String(i) })); }"
        )
        server.is_away = True
        type_in(page, "Words")
        expect(page.locator(STATUS)).to_contain_text("kept in this browser")
        kept = copies(page)
        assert len(kept) == 20
        assert "draft:7:new:note:0" in kept
        assert "draft:7:new:note:39" not in kept

    def test_whoever_signs_out_leaves_nothing_here_and_the_server_has_it(self, server, page):
        type_in(page, "Not for others")
        page.locator("button.leave").click()
        expect(page.locator("a")).to_have_text("Back")
        assert copies(page) == []
        assert server.texts() == {KEY: "Not for others"}

    def test_a_copy_of_somebody_else_is_not_offered(self, server, site, page):
        page.evaluate(
            "localStorage.setItem('draft:99:reply:7:x', JSON.stringify({ key: 'reply:7', at: Date.now(), "
            "source: 'Secret', title: '', version: 0, base: 0, tried: [] }))"
        )
        server.open()
        site.let_pass(300)
        expect(page.locator(TEXT)).to_have_value("")
        expect(page.locator(BAR)).to_be_hidden()

    def test_the_browser_does_not_put_it_into_the_page_of_the_next_account(self, server, site, page):
        type_in(page, "Not for others")
        saved(page)
        page.goto("about:blank")
        assert 'data-person="7"' in site.html
        site.html = site.html.replace('data-person="7"', 'data-person="99"')
        server.drafts.clear()
        page.go_back()
        site.is_ready()
        site.let_pass(2_000)
        expect(page.locator(TEXT)).to_have_value("")
        assert server.texts() == {}

    def test_a_word_that_is_being_composed_is_not_sent_but_survives_a_reload(self, server, site, page):
        page.eval_on_selector(
            TEXT,
            """text => {
              text.value = "nihao";
              text.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
            }""",
        )
        site.let_pass(1_800)
        assert server.saves == 0
        assert page.input_value(TEXT) == "nihao"
        page.reload()
        expect(page.locator(TEXT)).to_have_value("nihao")


def test_one_who_is_signed_out_is_told_so_and_finds_the_text_again(server, site, page):
    save, site.answers["/drafts/save/"] = (
        site.answers["/drafts/save/"],
        lambda route: route.fulfill(status=401, json={}),
    )
    type_in(page, "Written for nobody")
    expect(page.locator(STATUS)).to_contain_text("You are signed out: your text is kept in this browser.")
    there = urlsplit(page.get_by_role("link", name="Sign in").get_attribute("href"))
    assert there.path == "/accounts/login/" and parse_qs(there.query)["next"] == [urlsplit(page.url).path]
    site.answers["/drafts/save/"] = save
    page.reload()
    expect(page.locator(TEXT)).to_have_value("Written for nobody")
    server.comes_to_have("Written for nobody")


def test_a_visitor_writes_first_and_finds_the_text_after_signing_in(server, site, page):
    member, site.reader = site.reader, AnonymousUser()
    server.open()
    type_in(page, "Before I had an account")
    expect(page.locator(STATUS)).to_contain_text("Your text stays in this tab until you post it.")
    page.reload()
    expect(page.locator(TEXT)).to_have_value("Before I had an account")
    assert server.saves == 0
    assert copies(page) == []
    site.reader = member
    server.open()
    expect(page.locator(TEXT)).to_have_value("Before I had an account")
    server.comes_to_have("Before I had an account")
    page.wait_for_function("() => !Object.keys(sessionStorage).some((place) => place.startsWith('draft:'))")


def test_a_refused_text_says_why_and_stays_here(server, site, page):
    site.answer("/drafts/save/", {"error": {"code": "invalid_text", "message": "You have 200 drafts."}}, status=422)
    type_in(page, "One more")
    expect(page.locator(STATUS)).to_have_text("You have 200 drafts.")
    assert len(copies(page)) == 1


def test_each_save_says_whose_page_it_is_of(server, site, page):
    type_in(page, "Mine")
    server.comes_to_have("Mine")
    assert server.drafts[KEY]["written_by"] == "7" and "written_by" not in server.drafts[KEY]["fields"]
