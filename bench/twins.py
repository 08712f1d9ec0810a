"""Run the scripts of every library in `bpsandbox.twins` and record how far their curves are from the runs'.

./run bench twins [--again] [LIBRARY…]      tests compare the record with the scripts as they are now
"""

import sys

from tests.bpsandbox.twins import record

if __name__ == "__main__":
    sys.exit(record.main())
