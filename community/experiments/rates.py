"""Rate limits for experiments. The cost of runs is limited by the sandbox's quotas."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bpsandbox import api
from community.common.errors import TooManyRequests
from community.common.ratelimit import Limit, SharedLimit
from community.experiments.visitors import known_visitor, visitor

# Visitors are counted by network, and a class shares one: a check takes about 5 ms and follows each pause in typing.
CHECKING = Limit("config-check", "1200/minute", "20000/hour")
# The network of a checked config, drawn before it is run: data and start weights are made for it. Over the limit the
# check is answered without it.
SKETCHING = Limit("config-sketch", "120/minute", "2000/hour")
# A form of the playground, by network for visitors, of whom a class of 40 behind one address is sure of 10 each.
PLAYING = SharedLimit(
    "playground", "200/minute", "2000/hour", sure=("10/minute", "60/hour"), spare=("400/minute", "2400/hour"),
    visitor=visitor, refusal=_("Your network has sent too many configs. With an account, yours are counted alone."),
)  # fmt: skip
# What a network answers at an epoch of a seed is computed for a page. Millions of multiply-adds are counted, of which
# 600 take half a second. What was computed lately costs nothing, so a class that looks at one run hardly counts.
ANSWERING = SharedLimit(
    "run-answers", "12000/minute", "120000/hour", sure=("1200/minute", "12000/hour"),
    spare=("12000/minute", "120000/hour"), visitor=known_visitor,
    refusal=_("Too much was computed for your network in a short time. With an account, yours is counted alone."),
)  # fmt: skip
# A range of a curve with more points than a page displays is drawn from the whole archive.
ZOOMING = Limit("curve-range", "60/minute", "600/hour")
# A drawing of several runs, or in a look of its own: from whole results, and for each address another one.
DRAWING = Limit("curve-drawing", "60/minute", "600/hour")
# A script, a file or a picture of a run is made anew from its whole result: as many as visitors get by the API.
DOWNLOADING = Limit("run-download", "120/minute")

WORK_A_UNIT = 1_000_000
"""Multiply-adds that count as one of ANSWERING."""


class Payer:
    """Counts the work that is done for a request, and says why it is too much. `refused` is the last such error."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.refused: TooManyRequests | None = None

    def __call__(self, work: int) -> str:
        try:
            ANSWERING.hit(self.request, cost=-(-work // WORK_A_UNIT))
        except TooManyRequests as error:
            self.refused = error
            return str(error)
        return ""


def refuse_unpaid(shown: api.Staged | None) -> None:
    """Raise TooManyRequests, with the time to wait, if a picture was not computed as it was asked for."""
    spend = shown.answers.spend if shown else None
    if isinstance(spend, Payer) and spend.refused:
        raise spend.refused
