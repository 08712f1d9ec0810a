"""Record trajectories of torch.optim.LBFGS: python tests/bpsandbox/core/recorded/lbfgs.py > …/lbfgs.json (needs torch).

The objective is defined in `objective` alone, so that the test can repeat the computation.
"""

from __future__ import annotations

import json
import sys

CASES = [
    {"max_iter": 5},
    {"max_iter": 4, "lr": 0.3, "history_size": 2},
    {"line_search_fn": "strong_wolfe", "max_iter": 5},
    {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 3, "lr": 0.5},
    {"line_search_fn": "strong_wolfe", "max_eval": 4},
    {"line_search_fn": "strong_wolfe", "max_iter": 1, "lr": 8.0},
    {"line_search_fn": "strong_wolfe", "tolerance_change": 1e-3},
    {"tolerance_grad": 0.3},
]
START = [[-1.2, 1.0, 0.3, -0.7], [0.5, -0.4, 2.0, 1.5], [2.0, 2.0, -1.0, 0.1]]
STEPS = 4


def main() -> None:
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)

    def objective(w):
        """Return Rosenbrock's function of four numbers, a tenth as steep."""
        return (10.0 * (w[1:] - w[:-1] ** 2) ** 2 + 0.1 * (1.0 - w[:-1]) ** 2).sum()

    def play(start: list[float], fields: dict) -> dict:
        w = torch.nn.Parameter(torch.tensor(start))
        optimizer = torch.optim.LBFGS([w], **fields)
        evaluations, path = [0], []

        def closure():
            evaluations[0] += 1
            optimizer.zero_grad()
            loss = objective(w)
            loss.backward()
            return loss

        for _ in range(STEPS):
            optimizer.step(closure)
            path.append(w.detach().tolist())
        return {"start": start, "fields": fields, "path": path, "evaluations": evaluations[0]}

    runs = [play(start, fields) for fields in CASES for start in START]
    json.dump({"torch": torch.__version__, "runs": runs}, sys.stdout, indent=None)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
