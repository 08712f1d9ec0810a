"""Parts of `./run bench core`: the workloads, the peers, the timing and the tables."""
