"""Parts of NumPy and JAX twins: LBFGS, an optimiser over all weights at once."""

import numpy as np


def flat(tensors):
    return np.concatenate([tensor.ravel() for tensor in tensors.values()])


def unflat(vector, like):
    """Cut a vector into tensors of the shapes of `like`."""
    tensors, start = {}, 0
    for name, tensor in like.items():
        stop = start + tensor.size
        tensors[name] = vector[start:stop].reshape(tensor.shape)
        start = stop
    return tensors


class LBFGS:
    """Limited-memory BFGS: Nocedal, 1980; the rules are PyTorch's.

    `step(w, evaluate)` moves the flat weights w; `evaluate(w)` returns the
    loss and its flat gradient.
    """

    def __init__(self, lr, max_iter, max_eval, tolerance_grad,
                 tolerance_change, history_size, searches):  # fmt: skip
        self.lr, self.max_iter, self.max_eval = lr, max_iter, max_eval
        self.tolerance_grad = tolerance_grad
        self.tolerance_change = tolerance_change
        self.history_size, self.searches = history_size, searches
        self.history, self.count, self.scale = [], 0, 1.0

    def step(self, w, evaluate):
        f, g = evaluate(w)
        evaluations = 1
        if np.abs(g).max() <= self.tolerance_grad:
            return w
        for i in range(1, self.max_iter + 1):
            self.choose_direction(g)
            slope = g @ self.d
            if slope > -self.tolerance_change:
                break
            old_f, is_last = f, i == self.max_iter
            if self.searches:
                line = Line(w, self.d, evaluate, (0.0, f, g, slope))
                line.most = self.max_eval - evaluations
                self.t, f, g, _ = line.search(self.t)
                evaluations += line.tried
                w = w + self.t * self.d
            else:
                w = w + self.t * self.d
                if not is_last:
                    f, g = evaluate(w)
                    evaluations += 1
            if is_last or evaluations >= self.max_eval:
                break
            if np.abs(g).max() <= self.tolerance_grad:
                break
            if np.abs(self.t * self.d).max() <= self.tolerance_change:
                break
            if abs(f - old_f) < self.tolerance_change:
                break
        return w

    def choose_direction(self, g):
        """d = -H g, H the inverse Hessian estimated from past moves."""
        self.count += 1
        if self.count == 1:
            self.d = -g
            self.t = min(1.0, 1.0 / np.abs(g).sum()) * self.lr
        else:
            y, s = g - self.g, self.t * self.d
            if y @ s > 1e-10:
                self.history.append((y, s, 1.0 / (y @ s)))
                self.history = self.history[-self.history_size :]
                self.scale = (y @ s) / (y @ y)
            self.d, self.t = self.two_loops(g), self.lr
        self.g = g

    def two_loops(self, g):
        d, shares = -g, []
        for y, s, rho in reversed(self.history):
            shares.append(rho * (s @ d))
            d = d - shares[-1] * y
        d = self.scale * d
        for (y, s, rho), share in zip(self.history, reversed(shares)):
            d = d + (share - rho * (y @ d)) * s
        return d


class Line:
    """A strong Wolfe search along d: Nocedal, Wright, 2006, 3.5 and 3.6.

    A point is (t, f, g, slope), with the step length t first.
    """

    def __init__(self, w, d, evaluate, start):
        self.w, self.d, self.evaluate, self.start = w, d, evaluate, start
        self.tried, self.most = 0, 0

    def at(self, t):
        f, g = self.evaluate(self.w + t * self.d)
        self.tried += 1
        return t, f, g, g @ self.d

    def is_too_high(self, point):
        t, f, _, _ = point
        return f > self.start[1] + 1e-4 * t * self.start[3]

    def is_flat(self, point):
        return abs(point[3]) <= -0.9 * self.start[3]

    def search(self, t):
        """Extend the step until two points bracket a good one."""
        last, new = self.start, self.at(t)
        for i in range(self.most):
            if self.is_too_high(new) or (i > 1 and new[1] >= last[1]):
                return self.zoom(last, new)
            if self.is_flat(new):
                return new
            if new[3] >= 0:
                return self.zoom(last, new)
            low, high = new[0] + 0.01 * (new[0] - last[0]), new[0] * 10
            last, new = new, self.at(lowest(last, new, low, high))
        return self.zoom(self.start, new)

    def zoom(self, one, other):
        """Shrink the bracket until a point is good."""
        pair, stuck = [one, other], False
        low = 0 if one[1] <= other[1] else 1
        while self.tried <= self.most:
            left, right = sorted((pair[0][0], pair[1][0]))
            if (right - left) * np.abs(self.d).max() < 1e-9:
                break
            t = lowest(pair[0], pair[1], left, right)
            margin = 0.1 * (right - left)
            if min(right - t, t - left) < margin:  # too near to an end
                if stuck or t >= right or t <= left:
                    near_right = abs(t - right) < abs(t - left)
                    t = right - margin if near_right else left + margin
                    stuck = False
                else:
                    stuck = True
            else:
                stuck = False
            new = self.at(t)
            if self.is_too_high(new) or new[1] >= pair[low][1]:
                pair[1 - low] = new
                low = 0 if pair[0][1] <= pair[1][1] else 1
                continue
            done = self.is_flat(new)
            if not done and new[3] * (pair[1 - low][0] - pair[low][0]) >= 0:
                pair[1 - low] = pair[low]
            pair[low] = new
            if done:
                break
        return pair[low]


def lowest(a, b, low, high):
    """The lowest place of the cubic through two points and slopes."""
    (ta, fa, _, sa), (tb, fb, _, sb) = a, b
    d1 = sa + sb - 3 * (fa - fb) / (ta - tb)
    square = d1 * d1 - sa * sb
    if not square >= 0:
        return (low + high) / 2
    d2 = np.sqrt(square)
    near, far = (a, b) if ta <= tb else (b, a)
    share = (far[3] + d2 - d1) / (far[3] - near[3] + 2 * d2)
    return min(max(far[0] - (far[0] - near[0]) * share, low), high)
