"""A formula wider than a phone, in titles and running text, makes no page wider than the screen."""

import pytest
from django.db import connections

from community.blogs.services import start_article
from community.content.services import add_post, start_thread
from community.profiles.services import pin_post
from community.review.services import suggest_edit

from .conftest import SITE

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

TERMS = "+".join(f"w_{{{n}}}x_{{{n}}}" for n in range(14))
DERIVATIVE = (
    r"\frac{\partial L}{\partial W^{[1]}} = \delta^{[3]} W^{[3]} \odot \sigma'(z^{[2]}) W^{[2]} \odot"
    r" \sigma'(z^{[1]}) x^\top = \sum_{k} \frac{\partial L}{\partial a_k} \frac{\partial a_k}{\partial W^{[1]}}"
)
TITLE = f"Why is ${TERMS}$, so wide?"
SOURCE = f"""# Of (${DERIVATIVE}$)

The derivative is ${DERIVATIVE}$, and the sum ${TERMS}$. See ${DERIVATIVE}$[^1] and [${DERIVATIVE}$](/about/).

- An item with ${DERIVATIVE}$.

> A quote of ${DERIVATIVE}$.

> [!NOTE]
> ${DERIVATIVE}$

- [ ] task ${DERIVATIVE}$

[^1]: A note on ${DERIVATIVE}$.
"""
WIDER = """() => {
    const width = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= width ? "" : [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > width + 1 && !each.closest("math math"))
        .map((each) => each.tagName + "." + each.className).slice(0, 8).join(" < ");
}"""


@pytest.fixture(scope="module", autouse=True)
def _database_beside_the_browser():
    """Let Django ask its database in a thread in which Playwright has an event loop; nothing here is asynchronous.

    Beside a loop connections are kept in the context, where later tests that run a loop of their own would find them.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
        for used in connections.all(initialized_only=True):
            used.close()
            del connections[used.alias]


@pytest.fixture
def pages(ada, bob, as_user):
    """Return the HTML of pages on which the titles and texts are read."""
    question = start_thread(author=ada, kind="question", title=TITLE, source=SOURCE, tags=["xor"], publish=True)
    again = start_thread(author=ada, kind="question", title=TITLE, source=SOURCE, tags=["xor"], publish=True)
    answer = add_post(thread=question, author=bob, source=f"> {TITLE}\n\n{SOURCE} /t/{again.pk}/", role="answer")
    add_post(thread=question, author=ada, source=SOURCE, parent=answer)
    start_thread(author=ada, kind="note", title="", source=SOURCE, publish=True)
    article = start_article(author=ada, title=TITLE, source=SOURCE, publish=True).thread
    opening = question.posts.get(number=1)
    suggest_edit(post=opening, author=bob, title=f"{TITLE}!", source=SOURCE * 2, reason="Twice", base_version=1)
    pin_post(owner=ada, post=opening)
    visitor, member = as_user(bob), as_user(ada)
    texts = [each.get_absolute_url() for each in (question, article)]
    addresses = ["/", "/articles/", "/search/?q=wide", "/@ada/", *texts]
    own = ["/suggestions/", "/following/", f"/threads/{question.pk}/duplicate/", f"/posts/{opening.pk}/edit/"]
    found = {f"{address} of a member": member.get(address, follow=True) for address in own}
    found |= {address: visitor.get(address, follow=True) for address in addresses}
    assert {address: page.status_code for address, page in found.items() if page.status_code != 200} == {}
    return {address: page.content.decode() for address, page in found.items()}


def test_no_page_is_wider_than_the_screen(pages, site):
    wider = {}
    for width in (360, 1280):
        site.page.set_viewport_size({"width": width, "height": 800})
        for address, html in pages.items():
            site.html = html
            site.page.goto(f"{SITE}/here/")
            wider[address, width] = site.page.evaluate(WIDER)
    assert {place: what for place, what in wider.items() if what} == {}
