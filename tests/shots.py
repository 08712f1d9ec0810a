"""Take screenshots of every page type into var/shots/, for review and for the README.

./run shots                 all of them: 360 and 1280 px, light and dark, English and Chinese
./run shots thread run      only these
./run shots --url http://127.0.0.1:8000 home     of a site that is already open, as a visitor
./run shots --walk          the pictures and the measured numbers of docs/first-change.md (tests/walk.py)
"""

import argparse
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from community.launch.paths import var
from tests.deployments import Site, embedded
from tests.faults.people import ask
from tests.waiting import eventually

WIDTHS = {360: 780, 1280: 900}
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh-hans")
GAP = 12  # pixels between the pictures of a sheet
# Evaluated through the debugger: the content security policy lets a page evaluate no text by itself.
LOADED = """Promise.all([...document.images].map(image => image.complete ||
    new Promise(done => { image.onload = image.onerror = done })))"""
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

# page type: URL, and whether a user is signed in. Names in braces are filled by LOOKUP.
PAGES: dict[str, tuple[str, bool]] = {
    "front": ("/", False),
    "home": ("/", True),
    "about": ("/about/", False),
    "shortcuts": ("/shortcuts/", False),
    "latest": ("/latest/", False),
    "questions": ("/questions/", False),
    "category": ("{category}", False),
    "tag": ("{tag}", False),
    "question": ("{question}", False),
    "thread": ("{discussion}", True),
    "articles": ("/articles/", False),
    "article": ("{article}", False),
    "note": ("{note}", False),
    "notes": ("/notes/", False),
    "tags": ("/tags/", False),
    "tag-edit": ("{tag-edit}", True),
    "invite": ("{invite}", True),
    "write": ("/write/?kind=question", True),
    "write-choice": ("/write/", True),
    "write-article": ("/articles/new/", True),
    "edit": ("{edit}", True),
    "history": ("{history}", False),
    "drafts": ("/drafts/", True),
    "playground": ("/playground/", False),
    "runs": ("/runs/", False),
    "run": ("{run}", False),
    "fork": ("{fork}", True),
    "compare": ("{compare}", False),
    "datasets": ("/data/", False),
    "dataset": ("/data/adding/", False),
    "search": ("/search/?q=XOR", False),
    "search-saving": ("/search/?q=XOR", True),
    "saved-searches": ("/search/saved/", True),
    "profile": ("{profile}", False),
    "own-profile": ("{own-profile}", True),
    "series": ("{series}", False),
    "own-series": ("{series}", True),
    "series-article": ("{series-article}", False),
    "series-choice": ("{series-choice}", True),
    "series-of": ("{series-of}", False),
    "kept-form": ("/settings/kept-form/", True),
    "notifications": ("/notifications/", True),
    "notification-settings": ("/settings/notifications/", True),
    "bookmarks": ("/bookmarks/", True),
    "reading-lists": ("/lists/", True),
    "reading-list": ("{list}", True),
    "bookmark-list": ("{choose}", True),
    "mark": ("{mark}", True),
    "proof": ("{proof}", True),
    "for-you": ("/?order=for-you", True),
    "your-tags": ("/?order=your-tags", True),
    "following": ("/following/", True),
    "followers": ("/@demo/followers/", False),
    "settings": ("/settings/", True),
    "tokens": ("/settings/tokens/", True),
    "report": ("{report}", True),
    "sign-in": ("/accounts/login/", False),
    "sign-up": ("/accounts/signup/", False),
    "moderation": ("/moderation/", True),
    "suggestions": ("/suggestions/", True),
    "suggestion": ("{suggestion}", True),
    "review-queue": ("{review-queue}", True),
    "improve": ("{improve}", True),
    "proposals": ("/proposals/", True),
    "community": ("{community}", True),
    "duplicate": ("{duplicate}", True),
    "hold": ("{hold}", True),
    "api": ("/api/v1/docs", False),
    "not-found": ("/nothing-here/", False),
}

WAITED = 240
"""Seconds at most for the trainings of the demo."""

UNDONE = "SELECT count(*) FROM bpsandbox_run WHERE state IN ('queued', 'running')"
LOOKUP = """
import json
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from bpsandbox.models import Run
from community.blogs.models import Article
from community.blogs.series.services import change_series, put_article
from community.blogs.services import start_article
from community.content.models import Category, Post, Tag, Thread
from community.lists.models import ReadingList
from community.profiles.services import pin_post
from community.review.services import propose_hold, suggest_edit
from community.saved.services import save_search

def address(rows):
    row = rows.first()
    return row.get_absolute_url() if row is not None else None

threads = Thread.objects.filter(published_at__isnull=False).order_by("-post_count", "pk")
person = get_user_model().objects.filter(is_staff=True).order_by("pk").first()
found = {kind: address(threads.filter(kind=kind)) for kind in ("question", "discussion", "article", "note")}
found["category"] = address(Category.objects.filter(slug="training-troubles"))
found["diverged"] = address(threads.filter(title__startswith="The loss went to NaN"))
found["tag"] = address(Tag.objects.order_by("pk"))
found["tag-edit"] = f"{found['tag']}edit/"
found["invite"] = f"/questions/{threads.filter(kind='question')[0].pk}/invite/"
found["profile"] = address(get_user_model().objects.filter(handle="demo"))
found["own-profile"] = person.get_absolute_url()
for one in get_user_model().objects.filter(handle__in=["demo", person.handle]):
    one.links = "https://example.org/notes-on-backpropagation/\\nhttps://code.example.org/ada\\nhttps://例子.中国/反向传播"
    one.bio = one.bio or "I teach."
    one.save(update_fields=["links"])
    for opening in Post.objects.public().filter(author=one).exclude(role="comment").select_related("thread")[:2]:
        pin_post(owner=one, post=opening)
articles = list(Article.objects.filter(thread__author=person, thread__published_at__isnull=False)[:3])
for number in range(3 - len(articles)):
    titles = (r"The chain rule, with $\\delta^{[l]} = W^\\top \\delta^{[l+1]}$", "从一层到多层", "Many layers at once")
    written = {"title": titles[number], "source": "Some words of it.", "summary": "Every number of a small network."}
    articles.append(start_article(author=person, publish=True, **written))
for article in articles:
    series = put_article(article=article, by=person, new_title="Backpropagation from nothing")
change_series(series=series, title=series.title, about="By hand, then by machine.", base=(series.title, ""))
found["series"] = series.get_absolute_url()
found["series-article"] = articles[1].thread.get_absolute_url()
found["series-choice"] = f"/articles/{articles[1].pk}/series/"
found["series-of"] = f"{person.get_absolute_url()}series/"
run = Run.objects.filter(state="succeeded").order_by("pk").first()
found["run"] = f"/runs/{run.spec.hash}/" if run else None
runs = Run.objects.filter(state="succeeded").order_by("pk")[:3]
found["compare"] = "/compare/?runs=" + ",".join(run.spec.hash for run in runs) if run else None
found["fork"] = f"/runs/{run.spec.hash}/fork/" if run else None
post = threads.get(pk=threads.filter(kind="question")[0].pk).posts.get(number=2)
found |= {name: f"/posts/{post.pk}/{name}/" for name in ("edit", "history", "report")}
helper = get_user_model().objects.get(handle="demo")
answers = Post.objects.public().filter(role="answer").exclude(author=helper).select_related("thread", "author")
target = answers.order_by("pk")[0]
wish = {"source": target.source + "\\nA line that was missing.", "reason": "What was missing"}
suggestion = suggest_edit(post=target, author=helper, base_version=target.version, **wish)
found["community"] = f"/posts/{target.pk}/community/"
found["suggestion"] = suggestion.get_absolute_url()
found["improve"] = found["suggestion"] + "improve/"
found["review-queue"] = found["suggestion"] + "?queue=1"
questions = threads.filter(kind="question", held_at=None).exclude(author=helper).exclude(author=person)
helper.date_joined -= timedelta(days=30)  # who has just come has no vote
helper.save(update_fields=["date_joined"])
propose_hold(thread=questions.last(), reason="needs_config", by=helper)
found |= {name: f"/threads/{questions.last().pk}/{name}/" for name in ("duplicate", "hold")}
reading_list = ReadingList.objects.filter(owner=person).first()
found["list"] = reading_list.get_absolute_url() if reading_list else "/lists/"
found["mark"] = f"/posts/{post.pk}/mark/"
solved = Thread.objects.filter(solved_post__isnull=False).order_by("pk").first()
found["proof"] = f"/posts/{solved.solved_post_id}/proof/" if solved else None
found["choose"] = f"/posts/{post.pk}/bookmark/list/"
if person is not None:
    save_search(owner=person, text="vanishing gradient kind:question")
    save_search(owner=person, text="XOR has:run", name="Runs of XOR")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    note = [["note", "Compare with the figure on page 3."], ["remind_on", "2030-01-02"]]
    session["kept_post"] = {"address": f"/posts/{post.pk}/bookmark/note/", "fields": note}
    session.save()
    found["session"] = session.session_key
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Look:
    """One combination of width, theme and language."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


LOOKS = [Look(*parts) for parts in itertools.product(WIDTHS, THEMES, LANGUAGES)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run shots", description="Photograph every page type.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"one of {', '.join(PAGES)}")
    parser.add_argument("--url", help="an open site; pages that need somebody signed in are left out")
    parser.add_argument("--walk", action="store_true", help="take the pictures of docs/first-change.md instead")
    options = parser.parse_args()
    if options.walk:
        from tests import walk

        return walk.main((options.url or "").rstrip("/"))
    if unknown := set(options.pages) - set(PAGES):
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    folder = var() / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = options.pages or list(PAGES)
    with tempfile.TemporaryDirectory(prefix="chainrule-shots-") as place:
        if options.url:
            count = photograph(options.url.rstrip("/"), {}, wanted, folder)
        else:
            with embedded(Path(place), demo=True) as site:
                count = photograph(site.url, lookup(site), wanted, folder)
    sheets = contact_sheets(folder)
    print(f"{count} pictures in {folder}, {sheets} sheets of them in {folder / 'index.html'}")
    return 0


def lookup(site: Site) -> dict[str, str | None]:
    """Return the URLs of example pages, and a session of a demo moderator."""
    eventually(lambda: ask(site, UNDONE) == [(0,)], seconds=WAITED)
    told = site.manage("shell", "--no-imports", "-v", "0", "-c", LOOKUP)
    return json.loads(told.strip().splitlines()[-1])


def photograph(url: str, found: dict[str, str | None], wanted: list[str], folder: Path) -> int:
    """Take every requested page in every look; return the number of pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM_ARGS)
        taken = sum(_with_look(browser, look, url, found, wanted, folder) for look in LOOKS)
        browser.close()
    return taken


def executable() -> str | None:
    """Return the browser; None for Playwright's own."""
    named = os.environ.get("CHAINRULE_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def contact_sheets(folder: Path) -> int:
    """Combine the first screens of all pages of one look into one picture, and list the pictures on a page."""
    pictures = sorted(path for path in folder.glob("*-*-*-*.png") if not path.name.startswith("sheet-"))
    for look in LOOKS:
        of_look = [path for path in pictures if path.stem.endswith(f"-{look}")]
        if of_look:
            _sheet(of_look, look).save(folder / f"sheet-{look}.png", optimize=True)
    sheets = sorted(folder.glob("sheet-*.png"))
    rows = "".join(f"<h2>{path.stem}</h2><a href={path.name}><img src={path.name} width=1200></a>" for path in sheets)
    links = "".join(f"<li><a href={path.name}>{path.stem}</a>" for path in pictures)
    page = f"<!doctype html><meta charset=utf-8><title>Pictures</title><ul>{links}</ul>{rows}"
    (folder / "index.html").write_text(page, encoding="utf-8")
    return len(sheets)


def _sheet(paths: list[Path], look: Look) -> Image.Image:
    """Arrange the tops of the pages side by side, each one and a half windows tall, scaled down."""
    width = 360 if look.width < 700 else 640
    height = round(width * WIDTHS[look.width] * 1.5 / look.width)
    columns = 2400 // width
    lines = -(-len(paths) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP), lines * (height + GAP)), "gray")
    for number, path in enumerate(paths):
        with Image.open(path) as picture:
            scale = width / picture.width
            top = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, round(height / scale))))
            line, column = divmod(number, columns)
            place = (column * (width + GAP), line * (height + GAP))
            sheet.paste(top.resize((width, round(top.height * scale))), place)
    return sheet


def _with_look(browser, look: Look, url: str, found: dict[str, str | None], wanted: list[str], folder: Path) -> int:
    taken = 0
    for signed_in in (False, True):
        context = _context(browser, look, url, found.get("session") if signed_in else None)
        page = context.new_page()
        for name, address in _addresses(found, wanted, signed_in):
            _take(page, url + address, folder / f"{name}-{look}.png")
            taken += 1
        context.close()
    return taken


def _context(browser, look: Look, url: str, session: str | None) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": look.width, "height": WIDTHS[look.width]},
        color_scheme=look.theme,
        locale="zh-CN" if look.language.startswith("zh") else "en-GB",
        reduced_motion="reduce",
    )
    cookies = {"language": look.language} | ({"sessionid": session} if session else {})
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    return context


def _addresses(found: dict[str, str | None], wanted: list[str], signed_in: bool) -> Iterator[tuple[str, str]]:
    for name in wanted:
        address, needs_person = PAGES[name]
        if needs_person is not signed_in or (signed_in and not found.get("session")):
            continue
        if address.startswith("{"):
            address = found.get(address.strip("{}")) or ""
        if address:
            yield name, address


def _take(page: Page, address: str, path: Path) -> None:
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.evaluate(LOADED)
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
