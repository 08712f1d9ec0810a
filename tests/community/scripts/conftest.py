"""Our scripts in a real browser, bundled as the site serves them, on pages from our templates; the test provides the
server's responses.
"""

import json
import mimetypes
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import RequestFactory

from community.accounts.models import User
from community.common import bundles
from tests.conftest import PATIENCE_MS

SITE = "http://site.test"
SECURE_SITE = "https://site.test"  # what browsers give to secure pages only: locks

# Timers run by the clock, or not at all while time is held; `letPass` fires those that are due within a time at once,
# also those that they set. Requests then go the way of those before them: once answered, the test has heard of all.
HASTEN = """(() => {
  const { setTimeout, clearTimeout, requestAnimationFrame, fetch } = window;
  const task = () => new Promise((done) => setTimeout(done));
  const frame = () => new Promise(requestAnimationFrame);
  const now = performance.now.bind(performance);
  const timers = new Map();
  let skipped = 0;
  const set = (act, ms, again, words) => {
    const due = now() + skipped + Math.max(Number(ms) || 0, 0);
    const fire = () => { timers.delete(id); if (again) set(act, Math.max(ms, 1), id, words); act(...words); };
    const real = setTimeout(() => { if (!window.isTimeHeld) timers.get(id)?.fire(); }, ms);
    const id = again && again !== true ? again : real;
    timers.set(id, { due, fire, real });
    return id;
  };
  const clear = (id) => { clearTimeout(timers.get(id)?.real ?? id); timers.delete(id); };
  window.setTimeout = (act, ms, ...words) => set(act, ms, false, words);
  window.setInterval = (act, ms, ...words) => set(act, ms, true, words);
  window.clearTimeout = window.clearInterval = clear;
  performance.now = () => now() + skipped;
  const RealDate = Date;
  window.Date = class extends RealDate {
    constructor(...parts) { super(...(parts.length ? parts : [RealDate.now() + skipped])); }
    static now() { return RealDate.now() + skipped; }
  };
  window.letPass = async (ms) => {
    await frame();
    await frame();  // events that wait for one: scroll, selectionchange
    const ends = now() + skipped + ms;
    for (;;) {
      const [next] = [...timers.values()].sort((a, b) => a.due - b.due);
      if (!next || next.due > ends) break;
      skipped = Math.max(skipped, next.due - now());
      clearTimeout(next.real);
      next.fire();
      await task();  // its promises
    }
    skipped = Math.max(skipped, ends - now());
    await Promise.all([false, true].map((keepalive) => fetch("/let-pass/", { keepalive })));
    await task();
  };
})()"""


class Site:
    """Responds to a page's requests: static files from disk, the page itself, and what `answer` was given."""

    def __init__(self, page, origin: str = SITE):
        self.page = page
        self.origin = origin
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, dict | Callable] = {}
        self.html = ""
        self.is_time_held = False
        self.reader: User | AnonymousUser = User(pk=7)
        page.route(f"{origin}/**", self._serve)

    def answer(
        self, path: str, body, *, status: int = 200, kind: str = "application/json", language: str = "en"
    ) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Content-Type": kind, "Content-Language": language}
        self.answers[path] = {"status": status, "body": text, "headers": headers}

    def fail(self, path: str) -> None:
        self.answers[path] = {}

    def show(self, source: str, **values) -> None:
        """Open a page whose main part is this template."""
        request = RequestFactory().get("/here/")
        request.user = self.reader
        frame = (
            '<!doctype html><html lang="en" data-theme="auto"><head><title>Test</title>'
            f"<script>window.isTimeHeld = {json.dumps(self.is_time_held)};{HASTEN}</script>"
            '<script type="module" src="/static/community/js/main.js"></script></head><body>'
            f'{{% load i18n ui static %}}{{% include "components/words.html" %}}<main>{source}</main></body></html>'
        )
        self.html = Template(frame).render(Context({"request": request, **values}))
        self.page.goto(f"{self.origin}/here/")
        self.is_ready()

    def is_ready(self) -> None:
        """Wait until the behaviours of the page are attached."""
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def let_pass(self, ms: int) -> None:
        """Let this time pass in the page at once. Whatever it then asks for has been asked when this returns."""
        self.page.evaluate("letPass", ms)

    def hold_time(self) -> None:
        """From now on, and on pages shown later, time passes only by `let_pass`."""
        self.is_time_held = True
        self.page.evaluate("window.isTimeHeld = true")

    def sent(self, path: str) -> list[str]:
        return [body for asked, body in self.asked if asked == path]

    def until(self, holds: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait for what the page has sent or shows, however busy the machine is."""
        ends_at = time.monotonic() + PATIENCE_MS / 1_000
        while time.monotonic() < ends_at:
            if holds():
                return
            meanwhile()
            self.page.wait_for_timeout(10)  # in which the page's requests are answered
        raise AssertionError("it never came")

    def _serve(self, route) -> None:
        path = route.request.url.removeprefix(self.origin).partition("?")[0]
        if path == "/here/":
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/"):
            _send_file(route, path.removeprefix("/static/"))
        elif path == "/let-pass/":
            route.fulfill(status=204)
        else:
            self.asked.append(
                (
                    path,
                    route.request.post_data_buffer.decode(errors="replace") if route.request.post_data_buffer else "",
                )
            )
            known = self.answers.get(path, {"status": 404, "body": ""})
            if callable(known):
                known(route)
            elif known:
                route.fulfill(**known)
            else:
                route.abort()


@cache
def bundled() -> dict[str, str]:
    """Return the script bundles by their static names."""
    folder = Path(finders.find("community/js"))
    files, _sources = bundles.scripts("main.js", lambda name: (folder / name).read_text())
    return {f"community/js/{name}": text for name, text in files.items()}


def _send_file(route, name: str) -> None:
    if name in bundled():
        route.fulfill(body=bundled()[name], content_type="text/javascript")
        return
    found = finders.find(name)
    if not found:
        route.fulfill(status=404, body="")
        return
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    route.fulfill(body=Path(found).read_bytes(), content_type=kind)


@pytest.fixture
def site(page) -> Site:
    """Return a site of which the browser keeps nothing yet: no cookie, no text, no worker."""
    page.context.clear_cookies()
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": SITE, "storageTypes": "all"})
    return Site(page)
