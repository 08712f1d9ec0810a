"""Benchmarks: ratios to other libraries measured side by side, never tests of absolute time. One BLAS thread each."""

import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # before NumPy is loaded
