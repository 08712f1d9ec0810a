"""Configs, ends of runs and warnings as text."""

from dataclasses import replace

import pytest

from bpsandbox import explain, messages, spec
from bpsandbox.document import Evidence, Finding, Member, OverfitCheck, RunWarning, Stop
from bpsandbox.runner import results
from tests.bpsandbox.documents import DATA, LAYER, blank


def rows(name: str, document=None) -> dict[str, str]:
    return {
        row.label: row.text for row in explain.in_words(spec.parse(spec.presets.PRESETS[name].text).config, document)
    }


def test_a_config_in_words():
    facts = blank(data=DATA, parameters=13)
    assert rows("xor", facts) == {
        "Data": "xor, 4 examples of 2 numbers",
        "Network": "2 → 3 sigmoid → 1 sigmoid; 13 parameters",
        "Initialisation": "weights torch_default; biases torch_default",
        "Loss": "MSELoss",
        "Optimiser": "SGD, lr 2",
        "Training": "5,000 epochs, all examples at once",
        "Seeds": "16, from 0 to 15",
        "Early stopping": "when train_loss reaches 0.0005",
        "Precision": "float64",
    }


@pytest.mark.parametrize("name", list(spec.presets.PRESETS))
def test_every_preset_has_words(name):
    found = explain.in_words(spec.parse(spec.presets.PRESETS[name].text).config)
    assert {"Data", "Network", "Loss", "Optimiser", "Training", "Seeds"} <= {row.label for row in found}


def stops(*pairs):
    return blank(stop=[{"reason": reason, "epoch": epoch, "step": epoch} for reason, epoch in pairs])


@pytest.mark.parametrize(
    "made, sentence",
    [
        (stops(("epochs", 5000), ("epochs", 5000)), "Stopped after all 5,000 epochs."),
        (stops(("target", 1200)), "Stopped at epoch 1,200: target reached."),
        (stops(("target", 1200), ("target", 900)), "Every seed stopped between epochs 900 and 1,200: target reached."),
        (
            stops(("target", 12), ("epochs", 50), ("target", 9)),
            "2 of 3 seeds: target reached; 1 of 3 seeds: all epochs done",
        ),
        (stops(("steps", 1)), "Stopped after one step."),
        (stops(), ""),
    ],
)  # fmt: skip
def test_why_a_run_stopped(made, sentence):
    assert explain.ending(made) == sentence


def test_cautions_speak_the_readers_language():
    warning = RunWarning("still_falling", seeds=(1, 2))
    with messages.speaking(lambda text: "{count}/{seeds}!" if "still falling" in text else text):
        assert explain.caution(warning, 5) == "2/5!"
    assert explain.caution(RunWarning("new"), 5) == ""


def test_a_loss_that_still_falls_is_good_to_know_and_no_alarm():
    warnings = [{"code": "still_falling", "seeds": [0]}, {"code": "grown", "seeds": [0]}]
    document = blank(seeds=[0], warnings=warnings)
    assert explain.hints(document) == [
        "The run stopped while the loss was still falling: train longer to see where it goes."
    ]
    assert explain.verdict(document) == (
        "The loss was larger at the end than at the start. A smaller learning rate often helps."
    )
    assert explain.cautions(document) == []


def unlearned(*seeds, of=3, baseline=0.25, **more):
    warning = {"code": "nothing_learned", "seeds": list(seeds), "losses": [0.2504] * len(seeds), "baseline": baseline}
    stop = [{"reason": "epochs", "epoch": 50, "step": 50}] * of
    return blank(seeds=list(range(of)), stop=stop, warnings=[warning], **more)


def with_warning(document, **warning):
    return replace(document, warnings=(*document.warnings, RunWarning.from_json(warning)))


@pytest.mark.parametrize(
    "document, words",
    [
        (unlearned(0, of=1), "Nothing was learned: the loss ended at 0.25, not clearly better than the baseline 0.25."),
        (unlearned(0, of=1, baseline=None), "Nothing was learned: the loss stayed at 0.25."),
        (
            unlearned(0, 1, 2),
            "No seed learned anything: the median loss ended at 0.25, not clearly better than the baseline 0.25.",
        ),
        (unlearned(0, 1), ""),
    ],
)
def test_the_verdict_says_that_nothing_was_learned(document, words):
    assert explain.verdict(document) == words
    assert results.learned_nothing(document) == bool(words)
    assert not (words and explain.cautions(document))


@pytest.mark.parametrize(("settings", "is_said"), [(0, False), (1, False), (2, True)])
def test_a_sweep_says_that_the_seeds_of_all_settings_are_counted(settings, is_said):
    members = tuple(Member({"optimizer.lr": number}, (2 * number, 2 * number + 1)) for number in range(settings))
    warnings = (RunWarning("still_falling", seeds=(1,)), RunWarning("diverged", seeds=(0,)))
    document = replace(blank(seeds=[0, 1, 0, 1]), members=members or None, warnings=warnings)
    for words in (*explain.hints(document), *explain.cautions(document)):
        assert words.startswith("1 of 4 seeds ")
        assert words.endswith("Counted over the seeds of all settings.") == is_said


def test_a_loss_compared_with_the_baseline_says_that_it_has_no_penalty():
    document = unlearned(0, 1, 2, curves={"train_loss": [], "data_loss": []})
    assert "the median loss ended at 0.25 (without the penalty), not clearly better" in explain.verdict(document)
    some = unlearned(0, 1, curves={"train_loss": [], "data_loss": []})
    assert "(without the penalty)" in explain.cautions(some)[0]


def grown(*losses, of):
    warning = {"code": "grown", "seeds": list(range(len(losses))), "losses": list(losses)}
    stop = [{"reason": "epochs", "epoch": 50, "step": 50}] * of
    return blank(seeds=list(range(of)), stop=stop, warnings=[warning])


def test_the_verdict_says_that_the_loss_of_all_seeds_grew_and_says_it_once():
    several, one, some = grown(4e286, 5e3, 6e286, of=3), grown(40.0, of=1), grown(40.0, of=3)
    assert explain.verdict(several) == (
        "The loss of every seed grew: the median ended at 4×10²⁸⁶. A smaller learning rate often helps."
    )
    assert explain.verdict(one) == (
        "The loss grew: it ended at 40, above where it started. A smaller learning rate often helps."
    )
    assert not results.learned_nothing(several)
    assert not [*explain.cautions(several), *explain.hints(several), *explain.cautions(one), *explain.hints(one)]
    assert explain.verdict(some) == ""
    assert explain.cautions(some)[0].startswith("1 of 3 seeds ended with a larger loss than at the start.")


@pytest.mark.parametrize("part, name", [("val", "validation"), ("test", "test")])
@pytest.mark.parametrize("seeds, median", [((0,), ""), ((0, 1), "median ")])
def test_overfitting_has_its_name_as_a_finding_alone(part, name, seeds, median):
    numbers = {"part": part, "epoch": 1500, "lowest": 0.466, "last": 0.932}
    finding = Finding("overfitting", seeds, None, 4, Evidence(train=0.1, **numbers))
    said = explain.hints(replace(blank(seeds=list(seeds)), findings=(finding,)))[0]
    lowest = f"{median}{name} loss was lowest at epoch 1,500, 0.466, and"
    assert said.startswith(f"Overfitting: the {lowest} rose by 100% to")
    assert f"while the {median}training loss kept falling" in said
    remark = explain.caution(RunWarning("overfitting", seeds=seeds, **numbers), len(seeds))
    assert remark.startswith(f"The {lowest} ended 100% above that, at")


@pytest.mark.parametrize(
    "warning, words",
    [
        (
            {"code": "symmetric", "seeds": [0], "layer": 0, "type": "Linear", "units": 3},
            "All 3 units of layer 0, Linear, ended with the same weights: they started equal, so their "
            "gradients were equal. Start from random weights.",
        ),
        (
            {"code": "dead", "seeds": [0], "layer": 2, "type": "Linear", "share": 1.0},
            "100% of the units of layer 2, Linear, are dead: 0 for every training example. A smaller "
            "learning rate, another initialisation or leaky_relu often helps.",
        ),
        (
            {"code": "saturated", "seeds": [0], "layer": 1, "type": "Linear", "share": 0.934},
            "93% of the outputs of layer 1, Linear, are saturated, where the slope is nearly 0. Smaller "
            "initial weights, scaled inputs or a smaller learning rate often help.",
        ),
        (
            {
                "code": "vanishing",
                "seeds": [0],
                "first_layer": 0,
                "last_layer": 6,
                "first_norms": [1.4e-7],
                "last_norms": [0.12],
            },
            "The gradient vanishes: at the first step its norm was 0.12 in layer 6 and 1.4×10⁻⁷ in layer 0. relu, "
            "fewer layers or batch norm often help.",
        ),
    ],
)
def test_a_finding_is_said_with_its_evidence(warning, words):
    assert explain.caution(RunWarning.from_json(warning), 4) == words


@pytest.mark.parametrize(
    "epochs, words",
    [
        ([None, None], ""),
        ([37, 37], "best weights restored, epoch 37"),
        ([1037, 81], "best weights restored, epochs 81 to 1,037"),
        ([None, 81], "best weights restored in 1 of 2 seeds, epoch 81"),
        ([None, 81, 90], "best weights restored in 2 of 3 seeds, epochs 81 to 90"),
    ],
)
def test_restored_weights_are_named_with_their_epochs(epochs, words):
    assert explain.restored([Stop("epochs", 99, 99, restored_epoch=epoch) for epoch in epochs]) == words


def test_the_sentence_of_diverged_seeds_names_the_layer_that_broke():
    layers = ("loss", "layers[1] Linear", "layers[1] Linear")
    stop = [{"reason": "diverged", "epoch": 0, "step": 0, "layer": layer} for layer in layers]
    document = blank(seeds=[0, 1, 2], stop=stop, warnings=[{"code": "diverged", "seeds": [0, 1, 2]}])
    words = "seeds diverged: a number was no longer finite. A smaller learning rate often helps. First seen in"
    assert (explain.verdict(document), explain.cautions(document)) == (f"3 of 3 {words} layers[1] Linear.", [])
    some = replace(document, seeds=(0, 1, 2, 3))
    assert (explain.verdict(some), explain.cautions(some)) == ("", [f"3 of 4 {words} layers[1] Linear."])
    assert explain.cautions(blank(seeds=[0])) == []


def test_the_overfit_check_is_told_with_its_numbers():
    check = {"n": 8, "steps": 1000, "first_loss": 1.2345, "last_loss": 0.0123456, "passed": True}
    assert explain.overfit_words(OverfitCheck.from_json(check)) == (
        "Passed: in 1,000 steps of Adam the loss on 8 examples fell from 1.23 to 0.0123."
    )
    assert explain.overfit_words(OverfitCheck.from_json({**check, "last_loss": None, "passed": False})) == (
        "Failed: in 1,000 steps of Adam the loss on 8 examples went from 1.23 to ∞. "
        "Look for dead units, a layer that is too narrow, or equal inputs with different targets."
    )


SWEPT = """
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 2}
sweep: {parameters: {model.layers.0.out_features: [2, 4], optimizer.lr: [0.1, 1.0]}}
"""


def test_a_sweep_tells_all_values_of_what_it_varies():
    config = spec.parse(SWEPT).config
    facts = blank(data=DATA, parameters=9, layers=[{**LAYER, "in_shape": [2]}])
    said = {row.label: row.text for row in explain.in_words(config, facts, spec.parse(SWEPT).settings)}
    assert said["Network"] == "2 → 2 / 4 relu → 1; 9 – 17 parameters"
    assert said["Optimiser"] == "SGD, lr 0.1 / 1"
    optimiser = next(formula for formula in explain.formulas(config) if formula.label == "Optimiser")
    assert optimiser.numbers == (r"\eta \in \{0.1, 1\}",)


def test_starts_that_differ_name_their_layers():
    said = {row.label: row.text for row in explain.in_words(spec.parse(SWEPT).config)}
    assert (
        said["Initialisation"].startswith("weights kaiming_uniform")
        and "(layer 0), xavier_uniform" in said["Initialisation"]
    )


def test_pictures_are_told_by_their_shape():
    facts = blank(data={**DATA, "n": 3, "features": 4}, layers=[{**LAYER, "in_shape": [1, 2, 2]}])
    assert "3 examples of shape 1×2×2" in rows("xor", facts)["Data"]


def test_a_sweep_names_what_all_settings_share():
    parsed = spec.parse(SWEPT)
    said = {row.label: row.text for row in explain.in_words(parsed.config, None, parsed.settings)}
    assert said["Shared"] == (
        "seeds, dtype, training.epochs, training.eval_every, dataset; initial weights, batches and masks "
        "are drawn from the seeds"
    )


def test_a_sweep_whose_settings_begin_differently_says_so():
    text = SWEPT[: SWEPT.index("sweep")] + "sweep: {parameters: {model.layers.0.activation: [relu, tanh]}}\n"
    parsed = spec.parse(text)
    said = {row.label: row.text for row in explain.in_words(parsed.config, None, parsed.settings)}
    assert said["Initialisation"] == (
        "differs between settings, since each uses its own default: (1) weights kaiming_uniform, gain "
        "1.41421, mode fan_in (layer 0), xavier_uniform, gain 1 (layer 1); biases zeros; (2) weights "
        "xavier_uniform, gain 1; biases zeros. Write init to use the same for all."
    )
    parsed = spec.parse(f"init: normal\n{text}")
    said = {row.label: row.text for row in explain.in_words(parsed.config, None, parsed.settings)}
    assert said["Initialisation"] == "weights normal, std 1; biases zeros"
