"""Rules about metrics, monitors and records."""

from __future__ import annotations

from typing import Any

from bpsandbox.core.train.metrics import CLASSIFYING
from bpsandbox.core.train.observers.saliency import pictures_of
from bpsandbox.messages import _
from bpsandbox.spec import fixes
from bpsandbox.spec.draft import Draft
from bpsandbox.spec.fixes import Fix
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.problems import Log, Path

LARGEST_MATRIX = 50
MOST_WEIGHTS = 50_000


def metrics_are_named_once(draft: Draft) -> None:
    metrics = draft.get("metrics") or []
    for i, name in enumerate(metrics):
        if name in metrics[:i]:
            draft.add(("metrics", i), _("{metric} appears twice.", metric=name), "metric", seen=name)


def metrics_fit_data(draft: Draft) -> None:
    facts, metrics = draft.facts, draft.get("metrics") or []
    for i, name in enumerate(metrics):
        if facts is None:
            return
        if name in CLASSIFYING and not facts.classes:
            message = _("{metric} needs classes; the targets of {name} are continuous.", metric=name, name=facts.name)
            draft.add(("metrics", i), message, "metric", seen=name)
        elif name == "confusion_matrix" and facts.classes > LARGEST_MATRIX:
            message = _("confusion_matrix is limited to {limit} classes; {name} has {count}.",
                        limit=LARGEST_MATRIX, name=facts.name, count=facts.classes)  # fmt: skip
            draft.add(("metrics", i), message, "metric", **_accuracy(draft, i))
        elif name == "roc_auc" and facts.classes != 2:
            message = _("roc_auc needs two classes; {name} has {count}.", name=facts.name, count=facts.classes)
            draft.add(("metrics", i), message, "metric", seen=name)
        elif name not in CLASSIFYING and draft.get("loss", "type") in (
            "CrossEntropyLoss",
            "BCEWithLogitsLoss",
            "hinge",
        ):
            message = _(
                "{metric} compares numbers, but {loss} gives logits: use accuracy.",
                metric=name,
                loss=draft.get("loss", "type"),
            )
            draft.add(("metrics", i), message, "metric", **_accuracy(draft, i))


def _accuracy(draft: Draft, i: int) -> Fix:
    """Replace a metric by accuracy, if the data have classes and it is not recorded already."""
    if "accuracy" in draft.get("metrics") or not draft.facts or not draft.facts.classes:
        return {}
    return fixes.word(draft.log, ("metrics", i), "accuracy")


def monitors_are_recorded(draft: Draft) -> None:
    """A monitor must be recorded: its part must exist and its metric must be listed."""
    for i, rule in enumerate(draft.get("stopping") or []):
        if rule is not WRONG:
            _check_monitor(draft, ("stopping", i, "monitor"), rule["monitor"])
    scheduler = draft.get("lr_scheduler")
    if scheduler:
        _check_monitor(draft, ("lr_scheduler", "monitor"), scheduler.get("monitor"))


def _check_monitor(draft: Draft, path: Path, monitor: Any) -> None:
    if not isinstance(monitor, str):
        return
    part, _sep, metric = monitor.partition("_")
    if part in ("val", "test") and draft.get("dataset", "split", part) == 0.0:
        message = _("{monitor} needs a held-out part: add split: {fix} to the dataset, or write {other}.",
                    monitor=monitor, fix=f"{{{part}: 0.2}}", other=f"train_{metric}")  # fmt: skip
        draft.add(path, message, "monitor", seen=monitor, suggestion=f"train_{metric}")
    if metric != "loss" and metric not in (draft.get("metrics") or []):
        message = _("{monitor} is not recorded: add metrics: {fix}.", monitor=monitor, fix=f"[{metric}]")
        draft.add(path, message, "monitor", seen=monitor)
    if monitor == "data_loss" and not draft.has_penalty:
        message = _("data_loss is recorded only with a penalty; without one, use train_loss.")
        draft.add(path, message, "monitor", seen=monitor, suggestion="train_loss")


def example_is_in_the_data(draft: Draft) -> None:
    sample, n = draft.get("record", "worked_example", "sample"), draft.train_size()
    if sample is not None and n and sample >= n:
        message = _("There are {n} training examples, 0 to {last}: write sample: {last} or less.",
                    n=f"{n:,}", last=n - 1)  # fmt: skip
        path = ("record", "worked_example", "sample")
        draft.add(path, message, "beyond", allowed=f"0…{n - 1}", **fixes.word(draft.log, path, str(n - 1)))


def example_is_within_the_run(draft: Draft) -> None:
    step, steps = draft.get("record", "worked_example", "step"), draft.steps()
    if step is None or not steps or step < steps:
        return
    message = _(
        "The run has {steps} steps, 0 to {last}: write step: {last} or less.", steps=f"{steps:,}", last=steps - 1
    )
    if steps == 1:
        message = _("The run has one step: write step: 0.")
    path = ("record", "worked_example", "step")
    draft.add(path, message, "beyond", allowed=f"0…{steps - 1}", **fixes.word(draft.log, path, str(steps - 1)))


def epochs_are_within_the_run(draft: Draft) -> None:
    """Records cannot be asked for at an epoch after the end of the run."""
    last = draft.last_epoch()
    for name in ("decision_boundary", "weights"):
        written = draft.get("record", name)
        for i, epoch in enumerate(written if isinstance(written, list) and last is not None else ()):
            if epoch <= last:
                continue
            message = _("The run ends at epoch {last}: write {last} or less.", last=last)
            path = ("record", name, i)
            draft.add(path, message, "beyond", allowed=f"0…{last}", **fixes.word(draft.log, path, str(last)))


def example_has_a_seed(config: dict[str, Any], log: Log) -> None:
    """The seed of the worked example must be one of the seeds of the canonical config."""
    seed, seeds = config["record"].get("worked_example", {}).get("seed"), config["seeds"]
    if seed is None or seed in seeds:
        return
    message = _("This run has no seed {seen}; its seeds are {seeds}.", seen=seed, seeds=_seeds_in_words(seeds))
    path = ("record", "worked_example", "seed")
    log.add(path, message, "beyond", seen=str(seed), allowed=_seeds_in_words(seeds), suggestion=str(seeds[0]))


def _seeds_in_words(seeds: list[int]) -> str:
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        return _("{first} to {last}", first=seeds[0], last=seeds[-1])
    return ", ".join(map(str, seeds[:8])) + (", …" if len(seeds) > 8 else "")


def weights_fit(parameters: int) -> bool:
    """Return whether `weights: true` may be asked for: these parameters at the first epoch and at the last."""
    return 2 * parameters <= MOST_WEIGHTS


def recorded_weights_are_few(draft: Draft) -> None:
    epochs = draft.kept_epochs("weights")
    count = len(epochs) * draft.parameters
    if count > MOST_WEIGHTS:
        message = _("All weights at {epochs} epochs are {seen} numbers; at most {limit} can be kept.",
                    epochs=len(epochs), seen=f"{count:,}", limit=f"{MOST_WEIGHTS:,}")  # fmt: skip
        draft.add(("record", "weights"), message, "weights", seen=str(count), allowed=str(MOST_WEIGHTS))


def saliency_needs_pictures(draft: Draft) -> None:
    """Saliency is for classified pictures of at most MOST_PIXELS numbers."""
    facts = draft.facts
    if draft.get("record", "saliency") and facts and not pictures_of(facts.shape, facts.classes):
        message = _("saliency needs pictures with classes; the samples of {name} are different.", name=facts.name)
        draft.add(("record", "saliency"), message, "saliency")


def boundary_needs_points(draft: Draft) -> None:
    """A picture of what the network answers needs points of the plane, or a function of one number."""
    facts = draft.facts
    if not draft.get("record", "decision_boundary") or not facts or facts.raw_shape == (2,):
        return
    if facts.raw_shape == (1,) and not facts.classes and facts.targets == 1:
        return
    message = _("decision_boundary needs samples of one or two numbers; those of {name} are different.",
                name=facts.name)  # fmt: skip
    draft.add(("record", "decision_boundary"), message, "boundary")
