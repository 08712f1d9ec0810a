"""Mutation testing of the core: random changes, and which of them no test detects.

python -m tests.bpsandbox.mutation --seconds 600 --each 8 --seed 0

A mutation swaps an operator or one of NumPy's functions for its opposite, moves a constant by one, inverts a
comparison, drops a call, or swaps two arguments. Each is tried on a copy of the tree in a separate folder: first on
recorded trajectories that its file takes part in, then on the file's own tests. Survivors need review: a mutation may
be equivalent (a scratch array's size), or show that a test is missing.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE, TESTS = "bpsandbox/core", "tests/bpsandbox/core"
CPU_SECONDS, WALL_SECONDS = 60, 600
"""A change may make a loop endless: then it is noticed."""

# files of the core: the prefixes of their trajectories' names, and their own tests
RELEVANT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nn/layers/linear.py": (("Linear",), ("test_layers.py",)),
    "nn/layers/add.py": (("Add",), ("test_layers.py",)),
    "nn/layers/reshape.py": (("Reshape",), ("test_layers.py",)),
    "nn/layers/conv2d.py": (("Conv2d",), ("test_images.py",)),
    "nn/layers/images.py": (("Conv2d", "MaxPool2d", "AvgPool2d"), ("test_images.py",)),
    "nn/layers/pools.py": (("MaxPool2d", "AvgPool2d"), ("test_images.py",)),
    "nn/layers/embedding.py": (("Embedding",), ("test_embedding.py",)),
    "nn/layers/dropout.py": (("Dropout",), ("test_layers.py", "test_gradcheck.py")),
    "nn/layers/batch_norm.py": (("BatchNorm",), ("test_layers.py",)),
    "nn/layers/layer_norm.py": (("LayerNorm",), ("test_layers.py",)),
    "nn/layers/recurrent/rnn.py": (("RNN",), ("test_recurrent.py",)),
    "nn/layers/recurrent/lstm.py": (("LSTM",), ("test_recurrent.py",)),
    "nn/layers/recurrent/gru.py": (("GRU",), ("test_recurrent.py",)),
    "nn/layers/recurrent/gates.py": (("LSTM", "GRU"), ("test_recurrent.py",)),
    "nn/layers/recurrent/recurrent.py": (("RNN", "LSTM", "GRU"), ("test_recurrent.py",)),
    "nn/activations/bounded.py": (("Linear /", "hardtanh at 0"), ("test_activations.py",)),
    "nn/activations/rectified.py": (("Linear /", "relu at 0", "leaky_relu at 0", "elu at 0"), ("test_activations.py",)),
    "nn/activations/smooth.py": (("Linear /",), ("test_activations.py",)),
    "nn/losses/base.py": (("Linear /", "far"), ("test_losses.py", "test_gradcheck.py")),
    "nn/losses/binary.py": (("Linear /", "far"), ("test_losses.py", "test_gradcheck.py")),
    "nn/losses/cross_entropy.py": (("Linear /", "far"), ("test_losses.py", "test_gradcheck.py")),
    "nn/losses/distance.py": (("Linear /", "far"), ("test_losses.py", "test_gradcheck.py")),
    "nn/losses/hinge.py": (("Linear /", "far"), ("test_losses.py", "test_gradcheck.py")),
    "optim/optimizers/base.py": (("SGD", "Adam", "Adagrad"), ("test_optimizers.py", "test_other_meanings.py")),
    "optim/optimizers/sgd.py": (("SGD", "sgd"), ("test_optimizers.py", "test_other_meanings.py")),
    "optim/optimizers/adam.py": (("Adam", "NAdam", "adam"), ("test_optimizers.py", "test_other_meanings.py")),
    "optim/optimizers/adaptive.py": (
        ("RMSprop", "Adagrad", "Adadelta"),
        ("test_optimizers.py", "test_other_meanings.py"),
    ),
    "optim/optimizers/lion.py": (("Lion",), ("test_optimizers.py",)),
    "optim/optimizers/lbfgs.py": (("LBFGS",), ("test_lbfgs.py",)),
    "optim/optimizers/wolfe.py": (("LBFGS",), ("test_lbfgs.py",)),
    "optim/schedules.py": (("SGD /",), ("test_schedules.py",)),
    "optim/clipping.py": (("SGD / norm", "SGD / value", "Adam / norm"), ("test_training.py",)),
    "optim/penalty.py": (("penalty", "sgd /"), ("test_other_meanings.py", "test_gradcheck.py")),
    "nn/initializers.py": ((), ("test_initializers.py",)),
    "data/batches.py": (("Linear / tanh",), ("test_training.py", "test_streams.py")),
    "train/metrics.py": ((), ("test_metrics.py",)),
    "optim/stopping.py": ((), ("test_training.py",)),
    "train/evaluation.py": (("Linear / tanh", "BatchNorm1d / tanh"), ("test_training.py", "test_measuring.py")),
    "gradcheck.py": ((), ("test_gradcheck.py",)),
    "train/stack.py": (("Linear / tanh", "LBFGS", "BatchNorm1d / tanh"), ("test_training.py",)),
    "nn/network.py": (("Linear / tanh", "Add"), ("test_training.py", "test_layers.py")),
    "tape/workspace.py": (("Linear / tanh", "Add", "RNN"), ("test_training.py", "test_layers.py")),
}
TRAJECTORIES = 60


# === mutations ===

OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
FUNCTIONS = {"add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply", "maximum": "minimum",
    "minimum": "maximum", "greater": "greater_equal", "greater_equal": "greater", "less": "less_equal", "exp": "expm1",
    "expm1": "exp", "log": "log1p", "log1p": "log", "tanh": "sin", "sqrt": "square", "abs": "negative", "sign": "abs",
    "negative": "abs", "reciprocal": "negative"}  # fmt: skip
COMMUTATIVE = ("add", "multiply", "maximum", "minimum", "equal", "logaddexp")
Edit = Callable[[], None]


def edits(tree: ast.AST) -> Iterator[tuple[ast.AST, str, Edit]]:
    """Yield every mutation of a tree: position, description and edit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in OPERATORS:
            yield node, f"{type(node.op).__name__} swapped", _set(node, "op", OPERATORS[type(node.op)]())
        if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
            yield node, f"{type(node.ops[0]).__name__} swapped", _set(node, "ops", [OPERATORS[type(node.ops[0])]()])
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            for by in (1, -1):
                yield node, f"{node.value} moved by {by}", _set(node, "value", node.value + by)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
            yield (
                node,
                "sign or not dropped",
                _set(node, "op", ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()),
            )
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, "call dropped", _set(node, "value", ast.Constant(None))
        if isinstance(node, ast.Call) and _may_be_swapped(node):
            yield node, "arguments swapped", _set(node, "args", [node.args[1], node.args[0], *node.args[2:]])
        if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS and _is_numpy(node.value):
            yield node, f"{node.attr} for {FUNCTIONS[node.attr]}", _set(node, "attr", FUNCTIONS[node.attr])


def _may_be_swapped(node: ast.Call) -> bool:
    """Return whether two arguments can be swapped with an effect."""
    commutes = isinstance(node.func, ast.Attribute) and node.func.attr in COMMUTATIVE
    return len(node.args) > 1 and not commutes and not any(isinstance(one, ast.Starred) for one in node.args)


def _set(node: ast.AST, field: str, value: object) -> Edit:
    return lambda: setattr(node, field, value)


def _is_numpy(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "np"


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    what: str
    text: str
    before: str


def mutants(file: str, each: int, rng: random.Random) -> list[Mutant]:
    """Return some mutations of a core file, as source texts."""
    source = (ROOT / CORE / file).read_text(encoding="utf-8")
    count = sum(1 for _ in edits(_pruned(ast.parse(source))))
    places = rng.sample(range(count), min(each, count))
    return [_mutant(file, source, place) for place in places]


def _mutant(file: str, source: str, place: int) -> Mutant:
    tree = ast.parse(source)
    node, what, edit = next(islice(edits(_pruned(tree)), place, None))
    edit()
    line = getattr(node, "lineno", 1)
    return Mutant(file, line, what, ast.unparse(tree), source.splitlines()[line - 1].strip())


def _pruned(tree: ast.Module) -> ast.Module:
    """Return the tree without annotations, where mutations have no effect."""
    seen = copy.copy(tree)
    for node in ast.walk(seen):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None and isinstance(node, ast.arg | ast.FunctionDef):
                setattr(node, field, None)
    return seen


# === running ===

CHILD = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
from tests.bpsandbox.mutation import look
sys.exit(look(sys.argv[1]))
"""


def look(file: str) -> int:
    """Return 1 if this file's trajectories and tests detect a wrong core."""
    import pytest

    from tests.bpsandbox.oracles import record
    from tests.bpsandbox.oracles.replay import LIMIT, distance
    from tests.bpsandbox.oracles.rows import TABLES

    starts, tests = RELEVANT[file]
    for table, rows in TABLES.items():
        some = [row for row in rows() if starts and row.name.startswith(starts)]
        content = record.read(table) if some else {}
        for row in some[:: max(1, len(some) // TRAJECTORIES)]:
            if not distance(row, content).worst <= LIMIT:
                return 1
    plain = ["-q", "-x", "--noconftest", "-c", os.devnull, "--rootdir", os.getcwd(), "--import-mode=importlib"]
    plain += ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:playwright", "-p", "no:randomly"]
    return int(pytest.main([*plain, *(f"{TESTS}/{test}" for test in tests)]) != 0)


class Trial:
    """A copy of the tree in which one file at a time is mutated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("bpsandbox", "tests"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "locale", "static")
            )

    def survives(self, mutant: Mutant) -> bool:
        path = self.folder / CORE / mutant.file
        right = path.read_text(encoding="utf-8")
        path.write_text(mutant.text, encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        try:
            child = subprocess.run([sys.executable, "-W", "ignore", "-c", CHILD, mutant.file], cwd=self.folder,
                                   env=environment, capture_output=True, timeout=WALL_SECONDS)  # fmt: skip
            return child.returncode == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            path.write_text(right, encoding="utf-8")


def sample(files: list[str], each: int, seed: int) -> list[Mutant]:
    """Return some mutations of every file, interleaved."""
    rng = random.Random(seed)
    chosen: list[Mutant] = []
    for file in files:
        chosen += mutants(file, each, rng)
    rng.shuffle(chosen)
    return chosen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", help=f"files below {CORE} (default: all that have tests of their own)")
    parser.add_argument("--each", type=int, default=8, help="changes a file")
    parser.add_argument("--seconds", type=float, default=600.0, help="begin no new trial after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    chosen = sample(arguments.files or list(RELEVANT), arguments.each, arguments.seed)
    end, tried = time.monotonic() + arguments.seconds, 0

    def work(share: list[Mutant]) -> list[tuple[Mutant, bool]]:
        with tempfile.TemporaryDirectory(prefix="chainrule-mutation-") as folder:
            trial, results = Trial(Path(folder)), []
            for mutant in share:
                if time.monotonic() > end:
                    break
                results.append((mutant, trial.survives(mutant)))
                print(
                    "survived" if results[-1][1] else "noticed", mutant.file, mutant.line, file=sys.stderr, flush=True
                )
            return results

    with ThreadPoolExecutor(arguments.processes) as pool:
        shares = [chosen[i :: arguments.processes] for i in range(arguments.processes)]
        results = [result for share in pool.map(work, shares) for result in share]
    survivors = sorted((mutant for mutant, lives in results if lives), key=lambda mutant: (mutant.file, mutant.line))
    tried = len(results)
    for mutant in survivors:
        print(f"{CORE}/{mutant.file}:{mutant.line}: {mutant.what}: {mutant.before}")
    print(f"{tried} of {len(chosen)} changes tried, {tried - len(survivors)} noticed, {len(survivors)} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
