"""The terms of run pages, each with what it means, in the order in which a reader meets them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True)
class Term:
    """A term with its anchor on the page of terms."""

    slug: str
    word: Promise
    meaning: Promise


TERMS = (
    Term("config", gettext_lazy("Config"), gettext_lazy("The text that describes a network and its training.")),
    Term("spec", gettext_lazy("Spec"), gettext_lazy(
        "A config with all its defaults written out, named by its hash: two texts that mean the same have one spec.")),
    Term("seed", gettext_lazy("Seed"), gettext_lazy(
        "The number that determines a network's random start and the order of its examples. The seeds of a run are "
        "trained together, each with its own curve: one seed alone may be lucky.")),
    Term("setting", gettext_lazy("Setting"), gettext_lazy(
        "One member of a sweep: the values that it sets, with its seeds.")),
    Term("epoch", gettext_lazy("Epoch"), gettext_lazy("One pass over the training part of the data.")),
    Term("step", gettext_lazy("Step"), gettext_lazy("One update of the weights, computed from one batch of examples.")),
    Term("quartiles", gettext_lazy("Quartiles"), gettext_lazy(
        "The values below which a quarter, and three quarters, of the seeds are. The median is between them: half of "
        "the seeds are below it.")),
    Term("baseline", gettext_lazy("Baseline"), gettext_lazy(
        "The lowest training loss, without penalties, of a network that ignores its input: ln K for K classes of equal "
        "size and weight, the variance of the targets for squares. A network that stays there has learned nothing.")),
    Term("stuck", gettext_lazy("Stuck"), gettext_lazy(
        "A seed whose loss ended far above the best ones and no longer fell.")),
    Term("diverged", gettext_lazy("Diverged"), gettext_lazy(
        "The loss grew beyond its start, or a number was no longer finite: mostly the learning rate is too high.")),
    Term("overfitting", gettext_lazy("Overfitting"), gettext_lazy(
        "A held-out loss rose from its lowest value while the training loss kept falling.")),
    Term("restored", gettext_lazy("Best weights restored"), gettext_lazy(
        "The final weights of a seed are those of its best epoch, not of its last one.")),
    Term("worked-step", gettext_lazy("Worked step"), gettext_lazy(
        "One forward pass, loss, backward pass and update for one example, as formulas and with the run's numbers.")),
    Term("forward", gettext_lazy("Forward pass"), gettext_lazy(
        "From the input to the output, layer by layer: z is the weighted sum of a layer, a its output.")),
    Term("delta", pgettext_lazy("backpropagation", "Delta (δ)"), gettext_lazy(
        "The slope of the loss with respect to z of a layer. The backward pass computes it for the last layer, and "
        "from each layer for the one before: this is backpropagation.")),
    Term("gradient", gettext_lazy("Gradient"), gettext_lazy(
        "The slopes of the loss with respect to all weights and biases. An update moves them against it.")),
    Term("learning-rate", gettext_lazy("Learning rate"), gettext_lazy(
        "The number η by which an update multiplies the gradient: how far a step goes.")),
    Term("gradient-check", gettext_lazy("Gradient check"), gettext_lazy(
        "The gradient of backpropagation compared with centred finite differences, (L(w + h) − L(w − h)) / 2h.")),
    Term("certificate", gettext_lazy("Certificate"), gettext_lazy(
        "How the site's own repetition of a public run compared: identical bit for bit, the same to 10 decimals up to "
        "a step, or different.")),
    Term("fork", pgettext_lazy("noun", "Fork"), gettext_lazy(
        "A copy of a run's config with a change. It leads to the run it comes from, and the two can be compared.")),
)  # fmt: skip
