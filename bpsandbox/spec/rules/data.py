"""Rules about the data."""

from __future__ import annotations

from bpsandbox.messages import _
from bpsandbox.spec.draft import Draft
from bpsandbox.spec.kinds import WRONG, shape_of
from bpsandbox.spec.language.points import MAX_POINTS


def points_are_complete(draft: Draft) -> None:
    points = draft.get("dataset", "points")
    if points is None or WRONG in points.values():
        return
    path = ("dataset", "points")
    x, y = points["x"], points["y"]
    if not isinstance(x, list) or not isinstance(y, list) or not x or not y:
        draft.add(path, _("Points need x and y, two lists of equal length, or csv."), "points")
    elif len(x) != len(y):
        message = _("x has {x} samples but y has {y} targets: every sample needs one target.", x=len(x), y=len(y))
        draft.add((*path, "y"), message, "points", seen=str(len(y)), allowed=str(len(x)))
    elif len(x) > MAX_POINTS:
        message = _("A config can contain at most {limit} points; there are {seen}.", limit=MAX_POINTS, seen=len(x))
        draft.add((*path, "x"), message, "points", seen=str(len(x)), allowed=str(MAX_POINTS))
    elif len(shape_of(x) or ()) > 4 or 0 in (shape_of(x) or ()):
        draft.add((*path, "x"), _("A sample is a row of numbers, an image (c, h, w) or a sequence (t, d)."), "points")
    elif 0 in (shape_of(y) or ()):
        draft.add((*path, "y"), _("A target is a number or a row of numbers; these are empty."), "points")


def echo_comes_within_the_sequence(draft: Draft) -> None:
    length, delay = draft.get("dataset", "length"), draft.get("dataset", "delay")
    if length is None or delay is None or delay < length:
        return
    message = _(
        "With delay: {delay} the echo is outside a sequence of {length} steps. Write delay: {fix} or less, or a "
        "longer length.",
        delay=delay, length=length, fix=length - 1,
    )  # fmt: skip
    draft.add(("dataset", "delay"), message, "echo", seen=str(delay), allowed=f"≤ {length - 1}")


def features_need_points_of_the_plane(draft: Draft) -> None:
    if draft.get("dataset", "features") and draft.facts and draft.facts.raw_shape != (2,):
        message = _(
            "features need samples of two numbers, (x, y); those of {name} are different.", name=draft.facts.name
        )
        draft.add(("dataset", "features"), message, "features")


def split_leaves_training_examples(draft: Draft) -> None:
    if draft.facts and draft.train_size() == 0:
        message = _("val and test hold out all {n} examples, so none is left for training.", n=draft.facts.n)
        draft.add(("dataset", "split"), message, "split")
    _check_parts(draft)
    if draft.get("dataset", "split", "stratify") and draft.facts and not draft.facts.classes:
        message = _("stratify needs classes; the targets of {name} are continuous.", name=draft.facts.name)
        draft.add(("dataset", "split", "stratify"), message, "split")


def _check_parts(draft: Draft) -> None:
    for part in ("val", "test"):
        share, facts = draft.get("dataset", "split", part), draft.facts
        if not facts or not share or facts.held_out(share):
            continue
        message = _(
            "{part}: {share} of {n} examples rounds to 0 examples. Hold out more.",
            part=part,
            share=f"{share:g}",
            n=facts.n,
        )
        draft.add(("dataset", "split", part), message, "split", seen=f"{share:g}")
