"""Searches that mean nothing, and input methods that compose, on a whole site: a sentence, and nothing is lost."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full

BOX = "#search-page-words"
LOOKS = pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 360)])
BAD = {
    "ten kilobytes": ("word " * 2_048, {"en": "500", "zh": "500"}),
    "only stop words": ("the of and", {"en": "in nearly every text", "zh": ""}),
    "only punctuation": ("!?…，。；—", {"en": "", "zh": ""}),
    "one Han character": ("梯", {"en": "result", "zh": "梯"}),
    "unbalanced quotes": ('"vanishing gradient', {"en": "quotation mark has no partner", "zh": "引号"}),
    "an operator without a value": ("tag: gradient", {"en": "has no value", "zh": "tag:"}),
    "operators of FTS": ("gradient AND (NEAR* ^title", {"en": "", "zh": ""}),
    "text like SQL": ("'; DROP TABLE content_post; --", {"en": "", "zh": ""}),
    "LaTeX that does not parse": (r"$\frac{a}{", {"en": "", "zh": ""}),
}
COMPOSE = """(box, letters) => {
  box.focus();
  box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  box.value = letters;
  box.setSelectionRange(letters.length, letters.length);
  box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
}"""
COMPOSED = """(box, words) => {
  box.value = words;
  box.setSelectionRange(words.length, words.length);
  box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: words }));
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""


@LOOKS
def test_what_means_nothing_is_answered_with_a_page_and_stays_in_the_box(embedded_site, arrive, language, width):
    reader = arrive(embedded_site, language=language, width=width)
    page = reader.page
    for name, (query, sentences) in BAD.items():
        page.goto("/search/")
        page.locator(BOX).evaluate("(box, words) => { box.removeAttribute('maxlength'); box.value = words; }", query)
        with page.expect_navigation() as navigation:
            page.locator(BOX).press("Enter")
        assert navigation.value.status == 200, name
        expect(page.locator("main")).to_contain_text(sentences[language])
        kept = page.locator(BOX).input_value()
        assert kept and query.replace("AND ", "").startswith(kept.replace("AND ", "").rstrip()), name
        assert reader.overflow() <= 0, name


@LOOKS
def test_nothing_is_asked_while_an_input_method_composes_in_any_box(embedded_site, arrive, language, width):
    """Neither suggestions of a search, nor similar questions of a title, nor completion in a text."""
    writer = arrive(embedded_site, language=language, width=width)
    writer.sign_up(f"composes-{language}")
    page, asked = writer.page, []
    page.clock.install()
    page.on("request", lambda request: asked.append(request.url) if _is_help(request.url) else None)
    for address, box, letters, words in (
        ("/search/", BOX, "tidu", "梯度"),
        ("/write/?kind=question", "main [name=title]", "tiduwei", "梯度为什么消失？"),
        ("/write/?kind=question", "main [data-editor-source]", "#tidu", "#梯度 "),
    ):
        writer.open(address)
        page.locator(box).focus()  # brings what helps in it
        writer.let_pass(1_000)
        asked.clear()
        page.locator(box).evaluate(COMPOSE, letters)
        writer.let_pass(1_000)
        assert asked == [], address
        page.locator(box).evaluate(COMPOSED, words)
        expect(page.locator(box)).to_have_value(words)


def _is_help(url: str) -> bool:
    return any(part in url for part in ("/search/suggest/", "/similar/", "/completion", "/complete/"))
