"""Running a config without a post."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bpsandbox import api
from community.accounts.models import User
from community.common.errors import Invalid, TooManyRequests
from community.common.network import client_network
from community.common.page_cache import shared_part
from community.content import kept_forms, services
from community.content.routes import write_url
from community.content.topics import shows_publicity_alone

from . import cards, configs, origin, panel, selectors, sharing, topics
from .errors import RunAbsent
from .prices import price_words
from .rates import SKETCHING
from .visitors import identities, new_key

LONGEST = 65_536
LONGEST_NAME = 40
LIMIT = "limit_"
"""How the codes of problems with a price begin."""
FIRST = "xor-luck"
AGAIN, OPENED = "again", "opened"
"""Fields of addresses: a run was not started anew; the run, with its title, that a text was opened with."""
BEGUN = "config"
"""Field of the address of an editor: the config that a post begins with."""


@dataclass(frozen=True)
class Playground:
    """The editor and its result.

    `card` is the run shown below, `is_other` if it is of an earlier text; `message` is shown above it, `key` a new
    visitor's secret; `opened` is the query of the run that it was opened with, `post` the post that one came from;
    `status` and `retry_after` (seconds) belong to the response. `offers_account`: what was refused needs an account.
    """

    text: str
    problems: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    price: str = ""
    refusal: str = ""
    offers_account: bool = False
    message: str = ""
    card: cards.CardView | None = None
    is_other: bool = False
    chosen: str = ""
    opened: str = ""
    post: int | None = None
    key: str = field(default="", repr=False)
    status: int = 200
    retry_after: int | None = None

    @property
    def is_refused(self) -> bool:
        return bool(self.problems or self.refusal)

    @property
    def is_over(self) -> bool:
        """Return whether the price is over a limit."""
        return any(problem.code.startswith(LIMIT) for problem in self.problems)

    @property
    def query(self) -> dict[str, str]:
        """Return the query that opens this text and its run again, for who came from this post."""
        opens = self._opens
        return opens | {"post": str(self.post)} if opens and self.post is not None else opens

    @property
    def _opens(self) -> dict[str, str]:
        """Return the query of the text and its run; that of the run if the text is too long for one."""
        if self.chosen:
            return {"preset": self.chosen}
        code, run = sharing.packed(self.text), {"run": self.card.card.spec_hash} if self.card else {}
        if not code:
            return run
        return {"c": code} | (run if self.is_other else {})

    @property
    def address(self) -> str:
        return f"{reverse('experiments:playground')}?{urlencode(self.query)}"

    @property
    def result_address(self) -> str:
        """Return the address that shows the same after a form without script was sent; empty if there is none."""
        again = {AGAIN: 1} if self.message else {}
        return f"{reverse('experiments:playground')}?{urlencode(self.query | again)}" if self.query else ""


def initial_state(request: HttpRequest, *, preset: str = "") -> Playground:
    """Return the initial editor: a preset, a fork, an earlier run, or a config for a data set.

    Raises RunAbsent, or RunDeleted, for the address of a run that this reader cannot see.
    """
    opened = _initial_state(request, preset)
    is_again = AGAIN in request.GET and opened.card is not None and not opened.is_other
    return replace(opened, message=_told(opened.card.card)) if is_again and opened.card else opened


def _initial_state(request: HttpRequest, preset: str) -> Playground:
    person = identities(request)
    name = preset or request.GET.get("preset", "")
    presets = api.presets()
    if code := request.GET.get("c", "") if not preset else "":
        return _from_address(code, request.GET.get("run", ""), person)
    asked = request.GET.get("run") or request.GET.get("fork")
    if asked and not preset:
        try:
            page = selectors.run_page(asked, **person, shown_in=origin.shown_in(request))
        except api.RunNotFound as error:
            raise RunAbsent from error
        take = configs.written if request.GET.get("run") else configs.forked
        setting, fix = request.GET.get("setting", ""), request.GET.get("fix", "")
        text = take(page, **person, setting=setting, fix=fix)
        if not request.GET.get("run"):
            opened = _opened(text, person)
        else:
            opened = _opened(text, person, run=page.card.spec_hash, card=_card(page.card, page))
        return replace(opened, refusal=opened.refusal or _lacks()) if configs.lacks(page, setting, fix) else opened
    task = next((task for task in api.config_tasks() if task.name == request.GET.get("task")), None)
    if task and not preset:
        return _opened(task.text, person)
    data = api.data_card(request.GET.get("data", ""))
    if data and not preset:
        return _opened(data.config, person)
    unknown = (
        next((asked for asked in map(request.GET.get, ("preset", "task", "data")) if asked), "") if not preset else ""
    )
    if unknown and name not in presets:
        return replace(_preset(FIRST, person), refusal=_unknown(unknown))
    return _preset(name if name in presets else FIRST, person)


def front_network(request: HttpRequest) -> SafeString:
    """Draw the first preset and its run for the front page, whose list below changes with each reply."""
    person = identities(request)
    if any(person.values()):
        return _drawn_first(**person)
    return shared_part(("front network", get_language()), _drawn_first, len, is_alone=True)


def _drawn_first(user: User | None = None, owner_key: str = "") -> SafeString:
    shows_publicity_alone()
    opened = _preset(FIRST, {"user": user, "owner_key": owner_key})
    shown = {"playground": opened, "floating": True, "rows": 13, "form_id": "front-network"}
    return render_to_string("experiments/_playground_card.html", shown)


def _unknown(asked: str) -> str:
    sentence = _("There is no example “{name}”. Here is the first one instead. All of them: {names}.")
    return sentence.format(name=asked[:LONGEST_NAME], names=pgettext("list", ", ").join(api.presets()))


def _lacks() -> str:
    return _("This address asks for a change or a setting that the run does not have. Here is its config as it is.")


def _from_address(code: str, earlier: str, person: dict[str, Any]) -> Playground:
    """Return the config that an address has, and its run, or the earlier one that the address has beside it.

    It is the first preset, with a sentence, if the address cannot be read.
    """
    try:
        text = readable_text(sharing.unpacked(code))
    except (sharing.Unreadable, Invalid):
        text = api.presets()[FIRST].text
        told = _("This address is damaged or too long, so its config is lost. Here is the first example instead.")
        return Playground(text, price=price_words(api.check(text).price), refusal=told, chosen=FIRST)
    checked = _checked(text, person)
    found = _known(checked.spec.hash, person) if checked.spec else None
    is_other = bool(earlier) and not (found and found.run_id)
    card = _run_of(_known(earlier, person) if is_other else found, person)
    return _opened(text, person, card=card, is_other=is_other and card is not None)


def _run_of(shown: api.Card | None, person: dict[str, Any]) -> cards.CardView | None:
    if shown is None or shown.run_id is None:
        return None
    page = api.run_page(shown.spec_hash, **person)
    return _card(page.card, page)


def _opened(text: str, person: dict[str, Any], *, run: str = "", **shown: Any) -> Playground:
    """Return the editor with a text, its price, and what keeps this reader from running it; `run` is what it is of.

    Unless another one is given, the run shown is the one that the text has.
    """
    found = _checked(text, person)
    if "card" not in shown and found.spec:
        shown["card"] = _run_of(_known(found.spec.hash, person), person)
    told = with_account(text, found.problems, **person)
    price, title = price_words(found.price), found.spec.title if found.spec else ""
    opened = f"?{urlencode({OPENED: f'{run} {title}'})}" if run and title else ""
    return Playground(
        text,
        problems=found.problems,
        notes=found.notes,
        price=price,
        refusal=told,
        offers_account=bool(told),
        opened=opened,
        **shown,
    )


def _checked(text: str, person: dict[str, Any]) -> api.Checked:
    return checked(text, is_visitor=not api.is_member(person["user"]))


def _preset(chosen: str, person: dict[str, Any]) -> Playground:
    presets = api.presets()
    text = presets[chosen].text
    checked = api.check(text)
    found = _known(checked.spec.hash, person) if checked.spec else None
    card = None
    if found is not None and found.series:
        card = cards.CardView(found, "first", level=2, title=presets[chosen].title)
    return Playground(text, price=price_words(checked.price), chosen=chosen, card=card)


def written(request: HttpRequest) -> panel.Edited:
    """Return the text of a form with what its controls say, without a title that no longer fits. Raises Invalid."""
    made = panel.edited(readable_text(request.POST.get("config", "")), request.POST)
    return made._replace(text=own_text(made.text, request))


def own_text(text: str, request: HttpRequest) -> str:
    """Return a text without a preset's title, or that of the run it was opened with, if it is another config now."""
    spec_hash, _space, title = request.GET.get(OPENED, "").partition(" ")
    return api.without_title_of(api.without_borrowed(text), spec_hash, title)


def kept(text: str, refusal: str | Promise) -> Playground:
    """Return the editor with the text of a form, and a sentence about what was not done."""
    found = api.check(text)
    return Playground(
        text, problems=found.problems, notes=found.notes, price=price_words(found.price), refusal=str(refusal)
    )


def _known(spec_hash: str, person: dict[str, Any]) -> api.Card | None:
    topics.shows([spec_hash])
    return api.card_states([spec_hash], **person).get(spec_hash)


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


def _told(card: api.Card) -> str:
    """Explain why nothing new was started: the config has run before or is running."""
    if card.has_result:
        return _("This config has been run before. Here is the result.")
    return _("This config is already running. Here is the run.")


def checked(text: str, *, is_visitor: bool) -> api.Checked:
    return api.check(readable_text(text), for_visitor=is_visitor)


def run_config(request: HttpRequest) -> Playground:
    """Run the submitted config. Invalid input and rejections are shown beside the text, not raised."""
    try:
        made = written(request)
    except Invalid as error:  # too long to be read
        return Playground(request.POST.get("config", ""), refusal=str(error), status=error.status)
    text = made.text
    if made.told:
        return replace(kept(text, made.told), status=Invalid.status)
    person = identities(request)
    key = person["owner_key"] or ("" if person["user"] else new_key())
    try:
        submission = api.submit(
            config_text=readable_text(text),
            requester=person["user"],
            owner_key=key,
            address=client_network(request),
            visibility="unlisted",
            keeps_visibility=True,
        )
    except api.InvalidConfig as error:
        told = with_account(text, error.problems, **person)
        return Playground(
            text, problems=tuple(error.problems), refusal=told, offers_account=bool(told), status=error.status
        )
    except (api.TooManyRuns, Invalid) as error:
        is_limit = person["user"] is None and isinstance(error, api.TooManyRuns)
        return Playground(
            text,
            refusal=str(error),
            offers_account=is_limit,
            status=error.status,
            retry_after=error.retry_after,
        )
    page = api.run_page(submission.spec_hash, person["user"], key)
    read = api.check(readable_text(text))
    return Playground(
        text,
        notes=read.notes,
        price=price_words(read.price),
        message=_told(page.card) if submission.reused else "",
        card=_card(page.card, page),
        key="" if person["user"] else key,
    )


def before_of(opened: Playground) -> api.Before | None:
    """Return the network that a text would train; None for one that is no config."""
    found = api.check(opened.text)
    return api.before(found.spec) if found.spec else None


def before_for_script(request: HttpRequest, found: api.Checked) -> dict[str, str]:
    """Return the same drawn, for a script, which keeps what it has while a text is no config, and over the limit."""
    if found.spec is None:
        return {}
    try:
        SKETCHING.hit(request)
    except TooManyRequests:
        return {}
    return {"before": render_to_string("experiments/playground_before.html", {"before": api.before(found.spec)})}


def with_account(text: str, problems: Sequence[Any], user: User | None, owner_key: str) -> str:
    """Return what is wrong and that an account has room for it; empty if it has none, or the person has one."""
    if user or not problems or api.check(readable_text(text)).problems:
        return ""
    return _("{problem} With an account it runs as it is.").format(problem=problems[0].message)


def readable_text(text: str) -> str:
    """Return submitted text with normalised line ends. Raises Invalid over the limit."""
    if len(text.encode("utf-8", "replace")) > LONGEST:
        raise Invalid(_("A config can be at most 64 KiB."), fields={"config": [_("A config can be at most 64 KiB.")]})
    return text.replace("\r\n", "\n").replace("\r", "\n")


def begin_post(user: User, text: str, kind: str) -> str:
    """Return the address of an editor that begins with the config: a draft, where that is too long for an address."""
    key, code = _new_draft_key(), sharing.packed(text)
    if code:
        return write_url(kind, draft=key, **{BEGUN: code})
    services.save_draft(owner=user, key=key, source=source_of(text), fields={"kind": kind})
    return write_url(kind, draft=key)


def begun(code: str) -> str:
    """Return the text of a post that begins with the config of an address; nothing if that cannot be read."""
    try:
        return source_of(readable_text(sharing.unpacked(code)))
    except (sharing.Unreadable, Invalid):
        return ""


def keep_post(request: HttpRequest, text: str, kind: str) -> str:
    """Keep a post with the config for a visitor who signs in, and return the address of its editor.

    Raises TooManyRequests.
    """
    key = _new_draft_key()
    kept_forms.keep(request, {"kind": kind, "draft_key": key, "source": source_of(text)})
    return write_url(kind, draft=key)


def _new_draft_key() -> str:
    return f"playground:{uuid.uuid4().hex[:16]}"


def source_of(text: str) -> str:
    return f"\n\n```bp\n{text.strip()}\n```\n"


def after(chosen: str) -> Any:
    """Return the preset that follows in the order of learning; None after the last, and for a config of one's own."""
    names = list(api.presets())
    place = names.index(chosen) + 1 if chosen in names else len(names)
    return api.presets()[names[place]] if place < len(names) else None
