"""Losses in NumPy: `loss(y_true, y_pred)` and its derivative by y_pred, as in most lecture notes."""

from __future__ import annotations

from bpsandbox.twins.described import Block, Described
from bpsandbox.twins.text import number

Lines = list[str]


class Written:
    """The functions of a loss: text, and the parts that they call."""

    def __init__(self, title: str, loss: Lines, deriv: Lines, parts: tuple[str, ...] = (), before: Lines = []) -> None:  # noqa: B006
        self.parts = set(parts)
        self.lines = [
            *before,
            "def loss(y_true, y_pred):",
            f'    """{title}"""',
            *(f"    {line}" for line in loss),
            "",
            "",
            "def deriv_loss(y_true, y_pred):",
            *(f"    {line}" for line in deriv),
        ]


def written(run: Described, xp: str = "np") -> Written:
    block = run.config["loss"]
    if block["type"] == "CrossEntropyLoss":
        return _cross_entropy(run, xp)
    if block["type"] == "hinge" and run.outputs > 1:
        return _multi_class_hinge(run, xp)
    return _elementwise(block, xp)


TERMS: dict[str, tuple[str, Lines, Lines, tuple[str, ...]]] = {
    "MSELoss": ("square", ["(y_pred - y_true) ** 2"], ["2 * (y_pred - y_true)"], ()),
    "L1Loss": ("absolute", ["{xp}.abs(y_pred - y_true)"], ["{xp}.sign(y_pred - y_true)"], ()),
    "HuberLoss": (
        "Huber loss of the",
        ["c = {xp}.clip(y_pred - y_true, -{delta}, {delta})", "c * (y_pred - y_true - c / 2)"],
        ["{xp}.clip(y_pred - y_true, -{delta}, {delta})"],
        (),
    ),
    "BCELoss": (
        "cross-entropy",
        [
            "log_p = {xp}.maximum({xp}.log(y_pred), -100)",
            "log_q = {xp}.maximum({xp}.log1p(-y_pred), -100)",
            "-(y_true * log_p + (1 - y_true) * log_q)",
        ],
        ["(y_pred - y_true) / {xp}.maximum(y_pred * (1 - y_pred), 1e-12)"],
        (),
    ),
    "BCEWithLogitsLoss": (
        "cross-entropy of sigmoid(z)",
        [
            "z = y_pred",
            "{xp}.maximum(z, 0) - z * y_true + {xp}.log1p({xp}.exp(-{xp}.abs(z)))",
        ],
        ["sigmoid(y_pred) - y_true"],
        ("sigmoid",),
    ),
    "hinge": (
        "hinge loss, classes -1 and 1",
        ["{xp}.maximum(1 - y_true * y_pred, 0)"],
        ["{xp}.where(y_true * y_pred < 1, -y_true, 0.0)"],
        (),
    ),
}


def _elementwise(block: Block, xp: str) -> Written:
    kind = block["type"]
    _, term, slope, parts = TERMS["HuberLoss" if kind == "SmoothL1Loss" else kind]
    names = {"xp": xp, "delta": number(block.get("delta", block.get("beta", 1.0)))}
    *before, last = [line.format(**names) for line in term]
    *before_slope, slope_line = [line.format(**names) for line in slope]
    scale = f"{number(block['factor'])} * " if block.get("factor", 1.0) != 1.0 else ""
    if kind == "SmoothL1Loss" and block["beta"] != 1.0:
        scale = f"1 / {number(block['beta'])} * {scale}"
    if len(last) > 50:
        before, last = [*before, f"terms = {last}"], "terms"
    total = {
        "mean": f"{xp}.mean({last})",
        "sum": f"{xp}.sum({last})",
        "batchmean": f"{xp}.sum({last}) / len(y_true)",
    }[block["reduction"]]
    share = {"mean": " / y_pred.size", "sum": "", "batchmean": " / len(y_true)"}[block["reduction"]]
    if len(slope_line) > 50:
        before_slope, slope_line = [*before_slope, f"slope = {slope_line}"], "slope"
    slope_line = f"({slope_line})" if share and slope_line.startswith("sigmoid") else slope_line
    title = f"{TITLES[kind]}, {WHOLE[block['reduction']]}."
    parts = parts if xp == "np" else ()
    value, deriv = [*before, f"return {scale}{total}"], [*before_slope, f"return {scale}{slope_line}{share}"]
    return Written(title, value, deriv, parts)


TITLES = {
    "MSELoss": "Squared error",
    "L1Loss": "Absolute error",
    "HuberLoss": "Huber loss",
    "SmoothL1Loss": "Smooth absolute error",
    "BCELoss": "Cross-entropy of probabilities",
    "BCEWithLogitsLoss": "Cross-entropy of sigmoid(y_pred)",
    "hinge": "Hinge loss of classes -1 and 1",
}
WHOLE = {
    "mean": "mean of all outputs",
    "sum": "sum of all outputs",
    "batchmean": "summed over outputs, mean of the samples",
}


def targets(run: Described, xp: str) -> Lines:
    """Return a function that writes classes as rows with 1 for the class, smoothed and weighted."""
    block, k = run.config["loss"], run.outputs
    if not run.takes_classes:
        return []
    smooth = block.get("label_smoothing", 0.0)
    eye = f"{xp}.eye({k})" if run.dtype == "float64" or xp != "np" else f'np.eye({k}, dtype="{run.dtype}")'
    lines = ["def targets(y_true):", '    """A row for each class number, with 1 at its place."""']
    lines.append(f"    t = {eye}[y_true]")
    if smooth:
        lines.append(f"    t = (1 - {number(smooth)}) * t + {number(smooth)} / {k}")
    if "class_weight" in block:
        lines.append(f"    return t * {xp}.array(CLASS_WEIGHT)")
        head = [f"CLASS_WEIGHT = {block['class_weight']}", "", ""]
        return [*head, *lines, "", ""]
    lines.append("    return t")
    return [*lines, "", ""]


def _cross_entropy(run: Described, xp: str) -> Written:
    block = run.config["loss"]
    rows = "targets(y_true)" if run.takes_classes else "y_true"
    share = " / len(y_true)" if block["reduction"] == "mean" else ""
    weigh = []
    if share and "class_weight" in block:
        share, weigh = " / whole", [f"whole = {xp}.array(CLASS_WEIGHT)[y_true].sum()"]
    before = targets(run, xp)
    if block.get("from_logits") is False:
        title = "Cross-entropy of probabilities, clipped as in Keras."
        value = [
            *weigh,
            "q = y_pred / y_pred.sum(axis=1, keepdims=True)",
            f"q = {xp}.clip(q, 1e-7, 1 - 1e-7)",
            f"return -({rows} * {xp}.log(q)).sum(){share}",
        ]
        slope = [
            *weigh,
            "total = y_pred.sum(axis=1, keepdims=True)",
            "q = y_pred / total",
            f"cut = {xp}.clip(q, 1e-7, 1 - 1e-7)",
            f"dq = -({rows} / cut) * (q == cut)  # 0 where it was clipped",
            "dp = (dq - (dq * q).sum(axis=1, keepdims=True)) / total",
            f"return dp{share}",
        ]
        return Written(title, value, slope, (), before)
    title = "Cross-entropy of softmax(y_pred)."
    value = [*weigh, f"return -({rows} * log_softmax(y_pred)).sum(){share}"]
    is_one = "class_weight" not in block
    weight = "" if is_one and run.takes_classes else " * t.sum(axis=1, keepdims=True)"
    slope = [*weigh, f"t = {rows}", f"return (softmax(y_pred){weight} - t){share}"]
    return Written(title, value, slope, ("softmax", "log_softmax"), before)


def _multi_class_hinge(run: Described, xp: str) -> Written:
    share = " / y_pred.size" if run.config["loss"]["reduction"] == "mean" else f" / {run.outputs}"
    rows = "targets(y_true)" if run.takes_classes else "y_true"
    margin = [f"t = {rows}", "own = (y_pred * t).sum(axis=1, keepdims=True)"]
    value = [
        *margin,
        "margin = (1 - own + y_pred) * (1 - t)  # of the wrong classes",
        f"return {xp}.maximum(margin, 0).sum(){share}",
    ]
    slope = [
        *margin,
        "short = (1 - own + y_pred) * (1 - t) > 0",
        f"return (short - t * short.sum(axis=1, keepdims=True)){share}",
    ]
    return Written("Hinge loss of a row of outputs, one for each class.", value, slope, (), targets(run, xp))
