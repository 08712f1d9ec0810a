"""Write the titles and descriptions of charts."""

from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from .series import Series, first_of

ABBREVIATED = {"f1": "F1", "roc_auc": "ROC AUC", "rmse": "RMSE", "mae": "MAE", "r2": "R²"}


def curve_title(name: str) -> str:
    """Return a curve's name in words; an unknown metric keeps its name."""
    known = {
        "train_loss": _("Training loss"),
        "val_loss": _("Validation loss"),
        "test_loss": _("Test loss"),
        "data_loss": _("Data loss"),
        "loss": _("Loss"),
        "train_accuracy": _("Training accuracy"),
        "val_accuracy": _("Validation accuracy"),
        "test_accuracy": _("Test accuracy"),
    }
    return known.get(name) or _measured(name) or name.replace("_", " ").capitalize()


def _measured(name: str) -> str:
    """Return a metric and the part of the data that it is measured on; empty if unknown."""
    part, _rest, metric = name.partition("_")
    measures = {"precision": _("precision"), "recall": _("recall"), **ABBREVIATED}
    parts = {"train": _("Training {measure}"), "val": _("Validation {measure}"), "test": _("Test {measure}")}
    return parts[part].format(measure=measures[metric]) if part in parts and metric in measures else ""


def part_word(name: str) -> str:
    """Return the name of the part of the data that a curve is measured on."""
    part = name.partition("_")[0]
    return {"train": _("train"), "val": _("val"), "test": _("test"), "data": _("data")}.get(part, part)


def title_of(series: Series) -> str:
    values = {"curve": curve_title(series.name), "last": grouped(series.x_last), "count": len(series.seeds)}
    if series.unit == "step":
        return _("{curve} over {last} steps, seeds: {count}", **values)
    return _("{curve} over {last} epochs, seeds: {count}", **values)


def description_of(series: Series) -> str:
    """Describe the chart in words: start and end of the median, and the seeds that are stuck or diverged."""
    start, end = first_of(series.median), next((v for v in reversed(series.median) if v is not None), None)
    if start is None:
        return _("No points recorded yet.")
    parts = [_("The median goes from {start} to {end}.", start=short(start), end=short(end))]
    for members, sentence in (
        (series.stuck, _("Stuck seeds: {off} of {count}.", off=len(series.stuck), count=len(series.seeds))),
        (
            series.diverged,
            _("Diverged seeds: {off} of {count}.", off=len(series.diverged), count=len(series.seeds)),
        ),
    ):
        parts += [sentence] if members else []
    return sentences(*parts)
