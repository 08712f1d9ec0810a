"""Run the oracles' trajectories live: this engine beside PyTorch and scikit-learn, step by step.

./run bench oracles               differences by kind of layer and by optimiser; status 1 beyond the limit
./run bench oracles --twins       the scripts of runs with every kind of layer, loss and optimiser, in each library
./run bench oracles --recorded    the same against the recorded files
./run bench oracles --record      regenerate the files
"""

import sys

from tests.bpsandbox.oracles import live, record
from tests.bpsandbox.twins import covering


def main() -> int:
    if sys.argv[1:] == ["--record"]:
        record.main()
        return 0
    if sys.argv[1:2] == ["--twins"]:
        return covering.main(sys.argv[2:])
    return live.main()


if __name__ == "__main__":
    sys.exit(main())
