"""Running a config without a post."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bpsandbox import api
from community.common.errors import Invalid
from community.common.network import client_network

from . import cards, configs, origin
from .prices import price_words
from .visitors import identities, new_key

LONGEST = 65_536
FIRST = "xor-luck"


@dataclass(frozen=True)
class Playground:
    """The editor and its result.

    `card` is the run shown below, `message` is shown above it, `key` a new visitor's secret; `status` and `retry_after`
    (seconds) belong to the response.
    """

    text: str
    problems: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    price: str = ""
    refusal: str = ""
    message: str = ""
    card: cards.CardView | None = None
    chosen: str = ""
    key: str = field(default="", repr=False)
    status: int = 200
    retry_after: int | None = None

    @property
    def is_refused(self) -> bool:
        return bool(self.problems or self.refusal)


def initial_state(request: HttpRequest, *, preset: str = "") -> Playground:
    """Return the initial editor: a preset, a fork, an earlier run, or a config for a data set."""
    person = identities(request)
    name = preset or request.GET.get("preset", "")
    presets = api.presets()
    asked = request.GET.get("run") or request.GET.get("fork")
    if asked and not preset:
        page = api.run_page(asked, **person, shown_in=origin.shown_in(request))
        text = configs.forked(page, **person, setting=request.GET.get("setting", ""))
        card = _card(page.card, page) if request.GET.get("run") else None
        return Playground(text, price=price_words(api.check(text).price), card=card)
    data = api.data_card(request.GET.get("data", ""))
    if data and not preset:
        return Playground(data.config, price=price_words(api.check(data.config).price))
    chosen = name if name in presets else FIRST if FIRST in presets else next(iter(presets))
    text = presets[chosen].text
    checked = api.check(text)
    known = api.card_states([checked.spec.hash], **person) if checked.spec else {}
    found = known.get(checked.spec.hash) if checked.spec else None
    card = None
    if found is not None and found.series:
        card = cards.CardView(found, "first", level=2, title=presets[chosen].title)
    return Playground(text, price=price_words(checked.price), chosen=chosen, card=card)


def _card(card: api.Card, page: api.RunPage | None) -> cards.CardView:
    shown = page.active if page and page.active and not card.has_result else card
    return cards.CardView(
        shown,
        "played",
        can_cancel=bool(page and page.can_cancel),
        level=2,
        title=page.title if page else "",
        waiting_before=page.waiting_before if page else None,
    )


def result(playground: Playground) -> SafeString:
    """Render the result beside the editor: the card and the message above it."""
    return render_to_string("experiments/_playground_result.html", {"playground": playground})


def _told(is_reused: bool, page: api.RunPage) -> str:
    """Explain why nothing new was started: the config has run before or is running."""
    if not is_reused:
        return ""
    if page.card.has_result:
        return _("This config has been run before. Here is the result.")
    return _("This config is already running. Here is the run.")


def checked(text: str, *, is_visitor: bool) -> api.Checked:
    return api.check(readable_text(text), for_visitor=is_visitor)


def run_config(request: HttpRequest) -> Playground:
    """Run the submitted config. Invalid input and rejections are shown beside the text, not raised."""
    text = request.POST.get("config", "")
    person = identities(request)
    key = person["owner_key"] or ("" if person["user"] else new_key())
    try:
        submission = api.submit(
            config_text=readable_text(text),
            requester=person["user"],
            owner_key=key,
            address=client_network(request),
            visibility="unlisted",
        )
    except api.InvalidConfig as error:
        return Playground(text, problems=tuple(error.problems), status=error.status)
    except (api.TooManyRuns, Invalid) as error:
        return Playground(text, refusal=str(error), status=error.status, retry_after=error.retry_after)
    page = api.run_page(submission.spec_hash, person["user"], key)
    read = api.check(readable_text(text))
    return Playground(
        text,
        notes=read.notes,
        price=price_words(read.price),
        message=_told(submission.reused, page),
        card=_card(page.card, page),
        key="" if person["user"] else key,
    )


def readable_text(text: str) -> str:
    """Return submitted text with normalised line ends. Raises Invalid over the limit."""
    if len(text.encode("utf-8", "replace")) > LONGEST:
        raise Invalid(_("A config can be at most 64 KiB."), fields={"config": [_("A config can be at most 64 KiB.")]})
    return text.replace("\r\n", "\n").replace("\r", "\n")
