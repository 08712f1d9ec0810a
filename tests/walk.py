"""A newcomer's way from a post to why a change helped: the steps, for a journey and for the pictures of its page.

./run shots --walk      takes docs/pictures/walk-*.webp, and writes the clicks and seconds into docs/first-change.md
"""

import io
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

from community.launch.paths import ROOT
from tests.deployments import embedded
from tests.shots import CHROMIUM_ARGS, LOADED, executable

PAGE = ROOT / "docs" / "first-change.md"
PICTURES = ROOT / "docs" / "pictures"
TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)
TITLE = "The loss went to NaN"
RATE = "0.03"
OTHER = "0.06"
"""On the phone, for a config that has run before is not run again."""
PATIENCE_MS, TRAINED_MS = 60_000, 600_000
NAMES = ("post", "verdict", "fork", "change", "run", "compare", "why")
DESK, PHONE = (1280, 800), (360, 780)
SHOWN_WIDTH = {DESK: 960, PHONE: 360}
"""How wide the pictures are."""
ENDED = re.compile("succeeded|diverged")


@dataclass
class Step:
    """What a newcomer did to get here: presses, with a mouse or a finger, and seconds from them until it was there."""

    name: str
    presses: int
    seconds: float


@dataclass
class Walk:
    """Somebody in front of a page. `arrived` is called at each step, with its name."""

    page: Page
    has_touch: bool = False
    arrived: Callable[[str], None] = lambda name: None
    steps: list[Step] = field(default_factory=list)
    _presses: int = 0
    _seconds: float = 0.0

    @property
    def presses(self) -> int:
        return sum(step.presses for step in self.steps)

    def go(self, post: str, *, rate: str = RATE) -> None:
        """Read a post with a run that diverges, fork the run, change its learning rate, and look up what that did."""
        page, card = self.page, self.page.locator(".run-card").first
        self._wait(lambda: page.goto(post))
        self._at("post", card)
        self._follow(card.locator(".run-foot .end"))
        self._at("verdict", page.locator(".run-verdict"))
        self._follow(page.locator(".run-acts a.primary"))
        self._follow(page.locator(".fork-choices a.primary"))
        self._at("fork", page.locator(".pg-bar [data-play]"))
        self._change(page.locator("input[type=number][data-control='optimizer.lr']"), rate)
        before = str(page.locator("[data-result] .run-card").get_attribute("data-run"))
        self._press(page.locator(".pg-bar [data-play]"), lambda: self._is_drawn_after(before))
        self._at("run", page.locator("[data-result]"))
        self._follow(page.locator(".pg-family a[href*='/compare/']"))
        self._at("compare", page.locator("#verdict"))
        self._follow(page.locator(".compare-runs a[href$='#findings']").first)
        self._at("why", page.locator("#findings"))

    def _change(self, number: Locator, value: str) -> None:
        """Press the number and type over it. What it was is selected by a key, or by the finger that is held on it."""
        text = self.page.locator("[data-config-text]")
        self._press(number, number.select_text)
        self.page.keyboard.type(value)
        self._wait(lambda: expect(text).to_have_value(re.compile(rf"\blr: {value}\b")))
        self._at("change", number)

    def _is_drawn_after(self, run: str) -> None:
        """Wait until another run than this one has ended, and its pictures are there."""
        card = self.page.locator("[data-result] .run-card")
        expect(card).not_to_have_attribute("data-run", run)
        expect(card).to_have_attribute("data-state", ENDED, timeout=PATIENCE_MS)
        expect(self.page.locator("[data-of-run]")).to_have_attribute("data-of-run", str(card.get_attribute("data-run")))

    def _follow(self, link: Locator) -> None:
        def press() -> None:
            with self.page.expect_navigation(wait_until="load"):
                self._tap(link)

        self._presses += 1
        self._wait(press)

    def _press(self, button: Locator, until: Callable[[], object]) -> None:
        def press() -> None:
            self._tap(button)
            until()

        self._presses += 1
        self._wait(press)

    def _tap(self, target: Locator) -> None:
        if self.has_touch:
            target.tap()
        else:
            target.click()

    def _wait(self, act: Callable[[], object]) -> None:
        begun = time.perf_counter()
        act()
        self._seconds += time.perf_counter() - begun

    def _at(self, name: str, place: Locator) -> None:
        expect(place).to_be_visible()
        self.steps.append(Step(name, self._presses, self._seconds))
        self._presses, self._seconds = 0, 0.0
        self.arrived(name)


def main(url: str = "") -> int:
    """Walk once on a desk and once on a phone, on a new site with demo content, or on one that is already open."""
    if url:
        return _measure(url)
    with tempfile.TemporaryDirectory(prefix="chainrule-walk-") as place, embedded(Path(place), demo=True) as site:
        return _measure(site.url)


def _measure(url: str) -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM_ARGS)
        page = browser.new_page()
        page.goto(f"{url}/questions/")
        post = url + str(page.locator("a", has_text=TITLE).first.get_attribute("href"))
        page.goto(post)  # the way begins at a run that has ended, and the demo's are still training on a new site
        expect(page.locator(".run-card").first).to_have_attribute("data-state", ENDED, timeout=TRAINED_MS)
        walks = {size: _walked(browser, post, size) for size in (DESK, PHONE)}
        browser.close()
    measured = table(walks[DESK].steps, walks[PHONE].steps)
    PAGE.write_text(TABLE.sub(lambda _found: measured, PAGE.read_text("utf-8")), "utf-8")
    print(f"{len(NAMES) * len(walks)} pictures in {PICTURES}, and what was measured in {PAGE}")
    return 0


def _walked(browser, post: str, size: tuple[int, int]) -> Walk:
    width, height = size
    is_phone = size == PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=is_phone,
        is_mobile=is_phone,
        color_scheme="dark" if is_phone else "light",
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    walk = Walk(page, has_touch=is_phone)
    walk.arrived = lambda name: _take(page, name, size)
    walk.go(post, rate=OTHER if is_phone else RATE)
    context.close()
    return walk


def _take(page: Page, name: str, size: tuple[int, int]) -> None:
    """Take what is in the window, with the part that matters at its top."""
    if sight := SIGHTS[size].get(name):
        page.locator(sight).first.evaluate("it => it.scrollIntoView({ block: 'start' })")
    page.evaluate("document.fonts.ready")
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.evaluate(LOADED)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        width = SHOWN_WIDTH[size]
        shown = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)), Image.LANCZOS)
    shown.save(PICTURES / f"walk-{size[0]}-{NAMES.index(name) + 1}-{name}.webp", quality=80, method=6)


# What is at the top of the window where that is not the top of the page: scrolling is no click.
SIGHTS = {
    DESK: {"change": ".pg", "run": ".pg", "why": "#findings"},
    PHONE: {
        "post": ".run-card", "verdict": "#curves", "fork": ".pg", "change": ".pg-training", "run": ".pg",
        "compare": "#curves", "why": "#findings",
    },
}  # fmt: skip


def table(desk: list[Step], phone: list[Step]) -> str:
    """Return the steps as a table of Markdown, with their sums."""
    rows = ["| step | clicks | seconds | touches | seconds |", "|---|--:|--:|--:|--:|"]
    for name, one, other in zip(NAMES, desk, phone, strict=True):
        rows.append(f"| {WORDS[name]} | {one.presses} | {one.seconds:.1f} | {other.presses} | {other.seconds:.1f} |")
    sums = [(sum(s.presses for s in steps), sum(s.seconds for s in steps)) for steps in (desk, phone)]
    total = " | ".join(f"**{presses}** | **{seconds:.1f}**" for presses, seconds in sums)
    return "\n".join([*rows, f"| all | {total} |", ""])


WORDS = {
    "post": "The post is open",
    "verdict": "The run's page gives its verdict",
    "fork": "Its config is in the playground",
    "change": "The learning rate is another",
    "run": "The new run has ended",
    "compare": "The two are compared",
    "why": "The finding says why",
}
