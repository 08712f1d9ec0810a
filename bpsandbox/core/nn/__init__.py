"""What a network is made of: layers, activations, losses, starts, and the network itself."""
