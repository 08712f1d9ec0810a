"""Actions of people on the site, by names and positions that are the same in every language."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.deployments import Site
from tests.waiting import eventually

PASSWORD = "correct horse battery staple"
LINK = re.compile(r"http://\S+/accounts/confirm-email/\S+")
PATIENCE_MS = 60_000
BLOCK = re.compile(r"```bp\n.*?```", re.DOTALL)


class Person:
    """A person with a browser: a language, a width, with or without script."""

    def __init__(
        self, browser: Browser, site: Site, *, language: str = "en", width: int = 1280, script: bool = True, **more: Any
    ) -> None:
        self.site, self.handle = site, ""
        self.context = browser.new_context(
            base_url=site.url,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            reduced_motion="reduce",
            **more,
        )
        self.asked_elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.allowed = re.compile(r"status of (401|404|409|422)\b")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def open(self, address: str) -> None:
        """Open a page; its behaviours are attached when this returns."""
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def let_pass(self, ms: int) -> None:
        """Let this time pass at once, by the page's clock. What the page then asks for has been asked after."""
        self.page.clock.run_for(ms)
        self.page.evaluate("fetch('/healthz')")

    # === Accounts ===

    def sign_up(self, handle: str) -> None:
        """Create an account and confirm its address by the link in the email."""
        self.handle, address = handle, f"{_ascii(handle)}@example.org"
        self.page.goto("/accounts/signup/")
        for name, value in {"username": handle, "email": address, "password1": PASSWORD}.items():
            self.page.fill(f"main [name={name}]", value)
        self.page.click("main .door-form .button.primary")
        expect(self.page.locator(".confirm-banner")).to_be_visible()
        self.page.goto(self._link_mailed_to(address))
        self.page.click("main .door-form .button.primary")
        self.page.goto("/")
        expect(self.page.locator(".confirm-banner")).to_have_count(0)

    def sign_in(self, handle: str, password: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("main [name=login]", handle)
        self.page.fill("main [name=password]", password)
        self.page.click("main .door-form .button.primary")
        expect(self.page.locator(".bell")).to_be_attached()

    def _link_mailed_to(self, address: str) -> str:
        def found() -> str:
            mails = [mail for mail in self.site.emails() if address in mail["To"]]
            links = LINK.findall(mails[-1].get_body().get_content()) if mails else []
            return links[-1] if links else ""

        return eventually(found)

    # === Writing ===

    def begin_question(self, title: str) -> None:
        """Open the editor for a question; an existing draft is overwritten."""
        self.page.goto("/write/?kind=question")
        self.page.fill("main [name=title]", title)
        self.page.select_option("main [name=category]", "training-troubles")
        self.page.fill("main [data-editor-source]", "")
        self.page.select_option("main [name=category]", "training-troubles")

    def put_network(self, title: str) -> None:
        """Insert a preset network from the toolbar's menu."""
        self.page.click("[data-presets] > summary")
        self.page.locator("[data-presets-sheet] button", has_text=title).first.click()

    def write(self, text: str) -> None:
        """Append to the text in the editor."""
        box = self.page.locator("main [data-editor-source]").last
        box.fill(f"{box.input_value()}{text}")

    def change(self, old: str, new: str) -> None:
        """Change part of the text in the editor."""
        box = self.page.locator("main [data-editor-source]").last
        assert old in box.input_value()
        box.fill(box.input_value().replace(old, new))

    def send(self) -> None:
        """Press the button of the last form."""
        with self.page.expect_navigation():
            self.page.locator("main form.editor-form .form-acts .button.primary").last.click()

    def answer(self, text: str) -> None:
        """Answer the open question."""
        self.page.locator("#write [data-editor-source]").fill(text)
        self.send()

    # === Observing ===

    def sees_run_finish(self) -> None:
        """Wait until the run on the page is done: its card is replaced in place."""
        expect(self.page.locator(".run-card").first).to_have_attribute("data-state", "succeeded")

    def overflow(self) -> int:
        """Return how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.asked_elsewhere.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self.allowed.search(message.text):
            self.complaints.append(message.text)


def _ascii(handle: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"u{ord(c):x}" for c in handle)
