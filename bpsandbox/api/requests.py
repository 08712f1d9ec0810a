"""Ask for runs: request, repeat, cancel and withdraw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation

from bpsandbox import calibration, charts, quotas, selectors, services
from bpsandbox.api.configs import read_spec
from bpsandbox.checking import check, check_spec
from bpsandbox.errors import InvalidConfig
from bpsandbox.quotas import Allowance
from bpsandbox.services import RunRequest, Submission, Target
from bpsandbox.spec import Spec


def is_member(user: Any) -> bool:
    """Return whether this account has the limits of a member. Others, and who has none, have a visitor's."""
    return quotas.is_member(user)


def allowance(user: Any) -> Allowance:
    """Return how many runs an account may request within an hour and a day, and has requested."""
    return quotas.allowance(user)


def submit(
    *,
    config_text: str = "",
    spec: Spec | None = None,
    requester: Any = None,
    owner_key: str = "",
    address: str = "",
    title: str = "",
    text: str = "",
    visibility: str = "private",
    target: Target | None = None,
    is_system: bool = False,
    keeps_visibility: bool = False,
) -> Submission:
    """Request a run: reuse an existing result, join an active run, or queue a new one.

    `text` is the text from which a `spec` was parsed, stored for forks.

    `visibility` is "public", "unlisted" or "private"; with `keeps_visibility` a spec that this person has requested
    before keeps the one it has. `target` is a kind and a number, such as ("post", 12). Raises InvalidConfig with all
    problems, or TooManyRuns; then nothing is written.
    """
    checked = sound(config_text, spec, for_visitor=not is_system and not quotas.is_member(requester))
    request = RunRequest(
        user=requester,
        owner_key=owner_key,
        address=address,
        is_system=is_system,
        title=title or checked.title or "",
        text=text or config_text,
        visibility=visibility,
        target=target,
        keeps_visibility=keeps_visibility,
    )
    return services.submit(
        spec_hash=checked.hash, canonical=checked.to_json(), facts=facts_of(checked), request=request
    )


def attach(
    *,
    spec: Spec,
    requester: Any = None,
    owner_key: str = "",
    title: str = "",
    text: str = "",
    visibility: str = "private",
    target: Target | None = None,
) -> None:
    """Attach a spec without running it, for example when the quota is used up. Its card shows that it was not run."""
    request = RunRequest(
        user=requester,
        owner_key=owner_key,
        title=title or spec.title or "",
        text=text,
        visibility=visibility,
        target=target,
    )
    services.attach_only(spec_hash=spec.hash, canonical=spec.to_json(), facts=facts_of(spec), request=request)


def adopt(*, owner_key: str, user: Any) -> None:
    """Give the runs of a visitor to the member who has their secret. They do not expire any more."""
    services.adopt(owner_key=owner_key, user=user)


def sound(config_text: str, parsed: Spec | None, *, for_visitor: bool) -> Spec:
    """Return a spec that may run. Raises InvalidConfig with every problem."""
    checked = check_spec(parsed, for_visitor=for_visitor) if parsed else check(config_text, for_visitor=for_visitor)
    if checked.problems or checked.spec is None:
        raise InvalidConfig(problems=checked.problems)
    return checked.spec


def facts_of(parsed: Spec) -> dict[str, Any]:
    """Return the text that lists show of a spec, in every language of the site."""
    words = {}
    for code, _ in settings.LANGUAGES if settings.USE_I18N else [("en", "")]:
        with translation.override(code):
            words[code] = dict(parsed.words)
    price = calibration.price(parsed)
    facts = {"words": words, "seeds": len(parsed.seeds), "parameters": price.parameters, "seconds": price.seconds}
    varied = [{path: charts.shown(value) for path, value in values.items()} for values in parsed.varied]
    return facts | ({"settings": varied} if varied else {})


def rerun(
    spec_hash: str, *, requester: Any = None, owner_key: str = "", address: str = "", title: str = ""
) -> Submission:
    """Run again a spec that this person may see. The results of both runs are compared when the new one ends.

    Their own spec is shown to the same people as before; one of others is private among their runs.
    """
    row = selectors.spec_for(spec_hash, requester, owner_key)
    sound("", read_spec(row.canonical), for_visitor=not quotas.is_member(requester))
    request = RunRequest(user=requester, owner_key=owner_key, address=address, title=title, keeps_visibility=True)
    return services.rerun(spec=row, request=request)


def cancel(spec_hash: str, *, user: Any = None, owner_key: str = "", everyone: bool = False) -> bool:
    """Withdraw a request; return whether the run ends: it continues while others wait. Staff may end it for all."""
    return services.cancel(
        spec=selectors.spec_for(spec_hash, user, owner_key), user=user, owner_key=owner_key, everyone=everyone
    )


def detach(target: Target, *, keep: Iterable[str] = ()) -> None:
    """Delete the attachments of a target, except to these specs. Ends runs that nobody waits for."""
    services.detach(target=target, keep=tuple(keep))
