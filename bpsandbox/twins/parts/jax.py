"""Parts of JAX twins: functions that `jax.nn` lacks, or whose slope at a kink is another than the run's."""

import jax
import jax.numpy as jnp
import numpy as np


def leaky_relu(z, negative_slope=0.01):
    return jnp.where(z > 0, z, negative_slope * z)


def elu(z, alpha=1.0):
    return jnp.where(z > 0, z, alpha * jnp.expm1(jnp.minimum(z, 0)))


def softplus(z, beta=1.0, threshold=20.0):
    smooth = jnp.logaddexp(0.0, beta * jnp.minimum(z, threshold / beta)) / beta
    return jnp.where(beta * z > threshold, z, smooth)


def hardtanh(z, min_val=-1.0, max_val=1.0):
    above = jnp.where(z <= min_val, min_val, z)  # slope 0 on the bounds
    return jnp.where(z >= max_val, max_val, above)


def step(z):
    """1 where z > 0, else 0; the gradient passes straight through."""
    return jax.lax.stop_gradient(jnp.where(z > 0, 1.0, 0.0) - z) + z


def absolute(z):
    """|z|, with slope 0 at 0, where that of jnp.abs is 1."""
    return jnp.sign(z) * z


def normalise(x, axis, eps):
    """Mean 0 and variance 1 over some axes; also return what they were."""
    mean = x.mean(axis=axis, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=axis, keepdims=True)
    return (x - mean) / jnp.sqrt(var + eps), mean, var


def max_pool2d(x, kernel, stride, padding):
    around = ((0, 0), (0, 0), *padding)
    window, step = (1, 1, *kernel), (1, 1, *stride)
    greatest = jax.lax.max
    return jax.lax.reduce_window(x, -jnp.inf, greatest, window, step, around)


def avg_pool2d(x, kernel, stride, padding):
    around = ((0, 0), (0, 0), *padding)
    window, step = (1, 1, *kernel), (1, 1, *stride)
    whole = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, step, around)
    return whole / (kernel[0] * kernel[1])


def through_time(cell, x, state, keep):
    """Apply a cell to each step of x, and return its outputs.

    No gradient passes to the state before a step k where keep[k] is False.
    """

    def at(state, each):
        x_k, kept = each
        held = jax.lax.stop_gradient(state)
        state = jax.tree.map(lambda a, b: jnp.where(kept, a, b), state, held)
        state = cell(x_k, state)
        return state, state

    states = jax.lax.scan(at, state, (x.swapaxes(0, 1), jnp.array(keep)))[1]
    return jax.tree.map(lambda all_steps: all_steps.swapaxes(0, 1), states)


def rnn(x, W_ih, W_hh, b, f, keep):
    """h_k = f(x_k W_ih^T + b + h_{k-1} W_hh^T)"""

    def cell(x_k, h):
        return f(x_k @ W_ih.T + b + h @ W_hh.T)

    start = jnp.zeros((len(x), W_hh.shape[1]), x.dtype)
    return through_time(cell, x, start, keep)


def lstm(x, W_ih, W_hh, b, keep):
    """Long short-term memory; the rows of W are the gates i, f, g, o."""

    def cell(x_k, state):
        h, c = state
        i, f, g, o = jnp.split(x_k @ W_ih.T + b + h @ W_hh.T, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c

    start = jnp.zeros((len(x), W_hh.shape[1]), x.dtype)
    return through_time(cell, x, (start, start), keep)[0]


def gru(x, W_ih, W_hh, b, reset_after, keep):
    """Gated recurrent unit; the rows of W are the gates r, z, n."""
    W_hr, W_hz, W_hn = jnp.split(W_hh, 3)

    def cell(x_k, h):
        r, z, n = jnp.split(x_k @ W_ih.T + b, 3, axis=1)
        r = jax.nn.sigmoid(r + h @ W_hr.T)
        z = jax.nn.sigmoid(z + h @ W_hz.T)
        if reset_after:
            n = jnp.tanh(n + r * (h @ W_hn.T))
        else:
            n = jnp.tanh(n + (r * h) @ W_hn.T)
        return (1 - z) * n + z * h

    start = jnp.zeros((len(x), W_hh.shape[1]), x.dtype)
    return through_time(cell, x, start, keep)


@jax.custom_jvp
def binary_cross_entropy(p, y):
    """-(y log p + (1 - y) log(1 - p)), with logarithms not below -100."""
    log_p = jnp.maximum(jnp.log(p), -100.0)
    log_q = jnp.maximum(jnp.log1p(-p), -100.0)
    return -(y * log_p + (1 - y) * log_q)


@binary_cross_entropy.defjvp
def slope_of_binary_cross_entropy(at, moves):
    (p, y), (dp, _) = at, moves
    slope = (p - y) / jnp.maximum(p * (1 - p), 1e-12)
    return binary_cross_entropy(p, y), slope * dp


log_softmax = jax.nn.log_softmax
sigmoid = jax.nn.sigmoid
softmax = jax.nn.softmax
