"""Types that the whole engine uses."""

import numpy as np

Array = np.ndarray
Shape = tuple[int, ...]
