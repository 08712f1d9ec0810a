"""Parts of PyTorch twins: what PyTorch does not have, or has otherwise."""

import torch
from torch import nn


def drop(x, p, rng):
    """Dropout with the run's own masks: keep a number where u >= p."""
    kept = torch.from_numpy(rng.random(tuple(x.shape)) >= p)
    return x * kept / (1 - p)


def step(z):
    """1 where z > 0, else 0; the gradient passes straight through."""
    return (z > 0).to(z.dtype) + (z - z.detach())


def truncated(rnn, x, length):
    """All states; no gradient passes between segments of `length` steps.

    Segments are counted from the last step, so the first may be shorter.
    """
    steps, state, outputs = x.shape[1], None, []
    stops = range(steps % length, steps + 1, length)
    for first, stop in zip([0, *stops], stops):
        if stop > first:
            y, state = rnn(x[:, first:stop], state)
            if isinstance(state, tuple):
                state = tuple(part.detach() for part in state)
            else:
                state = state.detach()
            outputs.append(y)
    return torch.cat(outputs, dim=1)


class ResetBefore(nn.GRU):
    """The paper's GRU: n = tanh(... + (r h) W_hn^T)."""

    def forward(self, x, h=None):
        W_hr, W_hz, W_hn = self.weight_hh_l0.chunk(3)
        b = self.bias_ih_l0 if self.bias else 0.0
        a = x @ self.weight_ih_l0.T + b
        h = x.new_zeros(len(x), self.hidden_size) if h is None else h[0]
        states = []
        for r, z, n in (gates.chunk(3, dim=1) for gates in a.unbind(1)):
            r = torch.sigmoid(r + h @ W_hr.T)
            z = torch.sigmoid(z + h @ W_hz.T)
            n = torch.tanh(n + (r * h) @ W_hn.T)
            h = (1 - z) * n + z * h
            states.append(h)
        return torch.stack(states, dim=1), h[None]


class BiasedBatchNorm1d(nn.BatchNorm1d):
    """Keras's: the running variance is divided by N, not by N - 1."""

    def forward(self, x):
        return biased(self, super().forward, x)


class BiasedBatchNorm2d(nn.BatchNorm2d):
    """Keras's: the running variance is divided by N, not by N - 1."""

    def forward(self, x):
        return biased(self, super().forward, x)


def biased(norm, forward, x):
    old = (1 - norm.momentum) * norm.running_var
    y = forward(x)
    if norm.training:
        n = x.numel() / x.shape[1]
        norm.running_var = old + (norm.running_var - old) * (n - 1) / n
    return y


def cross_entropy_of_probabilities(p, t):
    """Keras's loss for each row of t: p is scaled to sum 1, and clipped."""
    q = (p / p.sum(dim=1, keepdim=True)).clip(1e-7, 1 - 1e-7)
    return -(t * q.log()).sum(dim=1)
