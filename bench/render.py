"""Rendering time beside peers in the same process: `./run bench render`.

Ratios matter, not milliseconds. The peers do less: Python-Markdown with its own extensions sanitises nothing and draws
no formulas; latex2mathml (if it is installed) draws formulas one by one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from community.rendering import Context, pool, render  # noqa: E402
from community.rendering.math import Formula, convert  # noqa: E402

FORMULA = r"\frac{\partial L}{\partial w_{ij}^{[l]}} = \delta_i^{[l]} a_j^{[l-1]} \odot \sigma'(z^{[l]}_i)"
PARAGRAPH = (
    "By the **chain rule** the error $" + FORMULA + "$ goes *back* through [every layer](https://example.org/layer), "
    "反向传播**逐层计算。**所以每一层的梯度都写成下面的形式，而且 `delta` 只算一次。\n\n"
)
DISPLAY = "$$\\begin{aligned} z &= Wx + b \\\\ a &= \\sigma(z) \\end{aligned}$$\n\n"
CODE = "```python\n" + "delta = (W.T @ delta) * a * (1 - a)\n" * 12 + "```\n\n"


def distinct(part: int) -> str:
    """Return ten paragraphs and ten displays, all formulas of an article distinct."""
    return "".join(
        (PARAGRAPH + DISPLAY).replace("[l]", f"[{part}{number}]").replace("Wx", f"W_{{{part}{number}}}x")
        for number in range(10)
    )


TEXTS = {
    "a short answer": "Try a smaller `lr`. **Why?** Because $\\eta$ is too large.\n\n- one\n- two\n",
    "a post of 3 KB, 12 formulas": (PARAGRAPH + DISPLAY) * 6 + CODE + "words of a paragraph " * 40,
    "an article of 30 KB, 200 formulas": "".join(
        f"## Part {number}\n\n" + distinct(number) + CODE for number in range(10)
    ),
}


def median_ms(act: Callable[[], object], rounds: int = 9) -> float:
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)


def plain_markdown(text: str) -> Callable[[], object]:
    from markdown import Markdown

    parser = Markdown(extensions=["tables", "footnotes", "fenced_code", "sane_lists"])
    return lambda: parser.reset().convert(text)


def cold_process(text: str) -> Callable[[], object]:
    """Return the time a new Python process takes to render one text: imports and first use included."""
    script = (
        "import sys, time; began = time.perf_counter(); from community.rendering import Context, render; "
        "render(sys.stdin.read(), Context(kind='article')); print(time.perf_counter() - began)"
    )
    return lambda: subprocess.run(
        [sys.executable, "-c", script], input=text, text=True, cwd=ROOT, capture_output=True, check=True
    )


def pages() -> None:
    pool.warm()
    article = Context(kind="article")
    print(f"{'text':36}{'ours':>9}{'child':>9}{'cold':>9}{'Markdown':>10}{'ratio':>8}")
    for name, text in TEXTS.items():
        ours = median_ms(lambda text=text: render(text, article))
        child = median_ms(lambda text=text: pool.render(text, article))
        cold = median_ms(cold_process(text), rounds=3)
        plain = median_ms(plain_markdown(text))
        print(f"{name:36}{ours:7.1f}ms{child:7.1f}ms{cold:7.0f}ms{plain:8.1f}ms{ours / plain:8.1f}")


def formulas() -> None:
    batch = [Formula(f"{FORMULA} + {number}", True) for number in range(2_400)]  # more than the cache holds
    ours = median_ms(lambda: convert(batch)) / len(batch)
    print(f"\none formula: ours {ours * 1_000:.0f} µs", end="")
    if find_spec("latex2mathml"):
        from latex2mathml.converter import convert as peer

        theirs = median_ms(lambda: peer(FORMULA), rounds=51)
        print(f", latex2mathml {theirs * 1_000:.0f} µs, ratio {ours / theirs:.2f}", end="")
    print()


if __name__ == "__main__":
    pages()
    formulas()
