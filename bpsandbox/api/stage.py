"""What the pictures of a run's page show: the run, or one setting of a sweep at the end of its training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

from bpsandbox import charts, storage
from bpsandbox.charts import Answers, Look, Spend
from bpsandbox.document import Document
from bpsandbox.selectors import RunPage
from bpsandbox.spec import InvalidConfig, Spec


@dataclass(frozen=True)
class Staged:
    """The document and the config of what is shown, and what its network answers.

    `setting`: which one of a sweep, from 1; None without a sweep.
    """

    document: Document
    config: str
    answers: Answers
    setting: int | None = None

    @property
    def is_later(self) -> bool:
        """Whether it is a setting after the first, of which only the end of training is kept."""
        return (self.setting or 0) > 1


def staged(page: RunPage, look: Look, spend: Spend = charts.free) -> Staged | None:
    """Return what the pictures of a page show: of a sweep, the setting of a look, by default the first one.

    None if there is neither a result nor a state. `spend` is told what is computed for an epoch or a seed.
    """
    document = page.document or page.growing
    if document is None:
        return None
    members = page.document.members if page.document else None
    number = look.setting or 1
    found = _setting(page.config, number) if members and 1 < number <= len(members) else None
    if found is None:
        first = 1 if document.members else None
        return Staged(document, page.config, Answers(document, page.config, look, spend), first)
    run_id = page.card.run_id
    content_of = partial(storage.content_of, run_id) if run_id else _nothing
    shown, config = charts.of_setting(document, number, found, look.seed, content_of), found.to_json()
    return Staged(shown, config, Answers(shown, config, look, spend), number)


@lru_cache(maxsize=8)
def _setting(canonical: str, number: int) -> Spec | None:
    """Return one setting of a sweep; None for a config of an older language. Reading a large sweep takes 0.2 s."""
    try:
        return Spec.from_json(canonical).settings[number - 1].spec
    except InvalidConfig:
        return None


def _nothing(place: int) -> None:
    return None
