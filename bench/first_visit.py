"""First visits with an empty cache on a slow phone: requests, bytes on the wire, first contentful paint, layout shift.

./run bench first_visit                       a new site with the demo content
./run bench first_visit --url http://…        a site that is open
./run bench first_visit --visits 9 --json -   more visits a page, as JSON

Chromium, 360 by 800 pixels, a processor four times slower than this one, slow 4G (150 ms, 1.6 Mbit/s). Each visit has a
browser context of its own. Bytes are those of the network, headers included. The paint is the 75th percentile, the
shift the largest of all visits; both are of the page at rest.
"""
# runs in: tests

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.deployments import embedded

# Not `is_mobile`: Chromium counts no shift for half a second after the viewport took its width from the page.
PHONE = {"viewport": {"width": 360, "height": 800}, "device_scale_factor": 2, "has_touch": True}
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}  # bytes a second
SLOWER = 4
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((each) => {
  if (!each.hadRecentInput) window.shifts += each.value;
})).observe({ type: "layout-shift", buffered: true });
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
DRAWN = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    .then(() => document.fonts.ready).then(() => true)"""
REST_MS = 600
TRAINED_WITHIN = 60.0  # seconds
COLUMNS = ("html", "css", "script", "font", "other")
KINDS = {"Document": "html", "Stylesheet": "css", "Script": "script", "Font": "font"}


@dataclass(frozen=True)
class Visit:
    """One visit: bytes by kind, requests, the first paint in milliseconds, and the sum of layout shifts."""

    requests: int
    bytes: dict[str, int]
    paint: float
    shift: float

    @property
    def total(self) -> int:
        return sum(self.bytes.values())


def pages(url: str) -> dict[str, str]:
    """Return the paths of the pages that are visited; of threads and articles, those with the most formulas."""
    return {
        "home": "/",
        "thread with formulas": _richest(url, _links(url, "/questions/", r'href="(/t/\d+/[^"#?]*)"')),
        "article": _richest(url, _links(url, "/articles/", r'href="(/articles/\d+/[^"#?]*)"')),
        "run": _first_run(url),
        "playground": "/playground/",
    }


def _first_run(url: str) -> str:
    """Return the page of a finished run; a new site trains its first ones after it has opened."""
    ends_at = time.monotonic() + TRAINED_WITHIN
    while not (found := _links(url, "/runs/", r'href="(/runs/[0-9a-f]{16,}/[^"#]*)"')):
        if time.monotonic() > ends_at:
            raise TimeoutError(f"no run is listed after {TRAINED_WITHIN} s")
        time.sleep(1)
    return found[0]


def _links(url: str, path: str, pattern: str) -> list[str]:
    return list(dict.fromkeys(re.findall(pattern, _text(url + path))))


def _richest(url: str, paths: list[str]) -> str:
    return max(paths, key=lambda path: _text(url + path).count("<math"))


def _text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode()


def visit(browser: Browser, address: str, language: str = "en", *, slow: bool = True) -> Visit:
    """Open a page with an empty cache and wait until it is at rest."""
    context = browser.new_context(locale=LANGUAGES[language], **PHONE)
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        seen: dict[str, str] = {}
        sizes: Counter[str] = Counter()
        wire = context.new_cdp_session(page)
        wire.on("Network.responseReceived", lambda event: seen.update({event["requestId"]: event["type"]}))
        wire.on(
            "Network.loadingFinished",
            lambda event: sizes.update({
                KINDS.get(seen.get(event["requestId"], ""), "other"): int(event["encodedDataLength"])
            }),
        )  # fmt: skip
        wire.send("Network.enable")
        if slow:
            wire.send("Network.emulateNetworkConditions", SLOW_4G)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="load", timeout=90_000)
        _rest(page, seen)
        return Visit(len(seen), dict(sizes), page.evaluate(PAINT), round(page.evaluate("window.shifts"), 4))
    finally:
        context.close()


def _rest(page: Page, seen: dict[str, str]) -> None:
    """Wait until a drawn page has asked for nothing more: fonts are asked for when text that needs them is laid out."""
    asked = -1
    while asked != len(seen):
        asked = len(seen)
        page.evaluate(DRAWN)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(REST_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Return a browser: the one that CHAINRULE_TEST_CHROMIUM names, else the system's."""
    named = os.environ.get("CHAINRULE_TEST_CHROMIUM")
    executable = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def measure(browser: Browser, url: str, visits: int) -> dict[str, dict]:
    """Return the numbers of every page in every language; the languages and pages take turns."""
    wanted = {f"{name}, {language}": (path, language) for name, path in pages(url).items() for language in LANGUAGES}
    seen: dict[str, list[Visit]] = {name: [] for name in wanted}
    for _ in range(visits):
        for name, (path, language) in wanted.items():
            seen[name].append(visit(browser, url + path, language))
    return {name: _summary(each) for name, each in seen.items()}


def _summary(visits: list[Visit]) -> dict:
    heaviest = max(visits, key=lambda each: each.total)
    return asdict(heaviest) | {
        "total": heaviest.total,
        "requests": max(each.requests for each in visits),
        "paint": round(percentile([each.paint for each in visits], 0.75)),
        "shift": max(each.shift for each in visits),
    }


def table(rows: dict[str, dict]) -> str:
    heads = ["page", "requests", *(f"{kind} KB" for kind in COLUMNS), "all KB", "FCP p75 ms", "CLS"]
    lines = [heads]
    for name, row in rows.items():
        parts = [f"{row['bytes'].get(kind, 0) / 1000:.1f}" for kind in COLUMNS]
        lines.append(
            [name, str(row["requests"]), *parts, f"{row['total'] / 1000:.1f}", str(row["paint"]), f"{row['shift']:.3f}"]
        )
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench first_visit", description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="an open site, without the slash at the end; by default a new one")
    parser.add_argument("--visits", type=int, default=5, help="visits of each page (default: %(default)s)")
    parser.add_argument("--json", metavar="PATH", help="write the numbers as JSON; - for standard output")
    options = parser.parse_args()
    with chromium() as browser:
        if options.url:
            rows = measure(browser, options.url, options.visits)
        else:
            with (
                tempfile.TemporaryDirectory(prefix="chainrule-bench-") as place,
                embedded(Path(place), demo=True) as site,
            ):
                rows = measure(browser, site.url, options.visits)
    if options.json:
        text = json.dumps({"visits": options.visits, "load": os.getloadavg()[0], "pages": rows}, indent=1) + "\n"
        sys.stdout.write(text) if options.json == "-" else Path(options.json).write_text(text)
    if options.json != "-":
        print(table(rows), f"\nload of the machine: {os.getloadavg()[0]:.1f}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
