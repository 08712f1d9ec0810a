"""Our scripts in a real browser, bundled as the site serves them, on pages from our templates; the test provides the
server's responses.
"""

import json
import mimetypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import RequestFactory

from community.common import bundles

SITE = "http://site.test"
SECURE_SITE = "https://site.test"  # what browsers give to secure pages only: locks


class Site:
    """Responds to a page's requests: static files from disk, the page itself, and what `answer` was given."""

    def __init__(self, page, origin: str = SITE):
        self.page = page
        self.origin = origin
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, dict | Callable] = {}
        self.html = ""
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
        frame = (
            '<!doctype html><html lang="en" data-theme="auto"><head><title>Test</title>'
            '<script type="module" src="/static/community/js/main.js"></script></head><body>'
            f'{{% load i18n ui static %}}{{% include "components/words.html" %}}<main>{source}</main></body></html>'
        )
        self.html = Template(frame).render(Context({"request": request, **values}))
        self.page.goto(f"{self.origin}/here/")
        self.page.wait_for_load_state("networkidle")

    def sent(self, path: str) -> list[str]:
        return [body for asked, body in self.asked if asked == path]

    def until(self, holds: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait for what the page has sent or shows, however busy the machine is."""
        for _ in range(300):
            if holds():
                return
            meanwhile()
            self.page.wait_for_timeout(200)
        raise AssertionError("it never came")

    def _serve(self, route) -> None:
        path = route.request.url.removeprefix(self.origin).partition("?")[0]
        if path == "/here/":
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/"):
            _send_file(route, path.removeprefix("/static/"))
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
