"""Parts of `./run bench mutants`: what is changed, which tests could notice, and whether one does."""
