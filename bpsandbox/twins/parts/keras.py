"""Parts of Keras twins: functions that Keras lacks, or has with another meaning."""

import keras
import numpy as np
from keras import ops


def on_images(layer, x):
    """Apply a layer to images with their channels last, for TensorFlow."""
    x = keras.layers.Permute((2, 3, 1))(x)
    return keras.layers.Permute((3, 1, 2))(layer(x))


def leaky_relu(z, negative_slope=0.01):
    return ops.where(z > 0, z, negative_slope * z)


def softplus(z, beta=1.0, threshold=20.0):
    low = ops.where(beta * z > threshold, threshold / beta, z)
    return ops.where(beta * z > threshold, z, ops.softplus(beta * low) / beta)


def hardtanh(z, min_val=-1.0, max_val=1.0):
    above = ops.where(z <= min_val, ops.full_like(z, min_val), z)
    return ops.where(z >= max_val, ops.full_like(z, max_val), above)


def step(z):
    """1 where z > 0, else 0; the gradient passes straight through."""
    return ops.stop_gradient(ops.cast(z > 0, z.dtype) - z) + z


def clip_norm(gradients, most):
    """Scale gradients to a norm of at most `most`; PyTorch adds 1e-6, too."""
    norm = ops.sqrt(sum(ops.sum(g * g) for g in gradients))
    share = ops.clip(most / (norm + 1e-6), 0.0, 1.0)
    return [share * g for g in gradients]


def gates(tensor):
    """Order the gates r, z, n of a GRU as Keras does: z, r, n."""
    r, z, n = np.split(tensor, 3)
    return np.concatenate([z, r, n])
