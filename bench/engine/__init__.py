"""What `./run bench core` is made of: the works, the engine's peers, the timing and the tables."""
