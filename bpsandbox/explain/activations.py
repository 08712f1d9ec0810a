"""What activations are called in a formula, by the lower-case names of the recorded layers."""

NAMES = {
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "relu": r"\mathrm{ReLU}",
    "softmax": r"\mathrm{softmax}",
    "leakyrelu": r"\mathrm{LeakyReLU}",
    "elu": r"\mathrm{ELU}",
    "selu": r"\mathrm{SELU}",
    "gelu": r"\mathrm{GELU}",
    "tanhgelu": r"\mathrm{GELU}_{\tanh}",
    "silu": r"\mathrm{SiLU}",
    "softplus": r"\mathrm{softplus}",
    "mish": r"\mathrm{Mish}",
    "softsign": r"\mathrm{softsign}",
    "hardtanh": r"\mathrm{hardtanh}",
    "step": r"\mathrm{step}",
}
