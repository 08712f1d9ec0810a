"""Run the oracles' trajectories live: this engine beside PyTorch and scikit-learn, step by step.

./run bench oracles               differences by kind of layer and by optimiser; status 1 beyond the limit
./run bench oracles --recorded    the same against the recorded files
./run bench oracles --record      regenerate the files
"""

import sys

from tests.bpsandbox.oracles import live, record


def main() -> int:
    if sys.argv[1:] == ["--record"]:
        record.main()
        return 0
    return live.main()


if __name__ == "__main__":
    sys.exit(main())
