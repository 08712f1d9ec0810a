"""The recorder and the workspaces: a training step as a flat list of NumPy calls."""
