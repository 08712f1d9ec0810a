"""Parts of NumPy twins. A script gets the source of those that it uses: see `parts.source`.

Lines have at most 79 columns, and names are those of the scripts, not of the engine.
"""

import numpy as np

# activations, and their derivatives by z


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def deriv_sigmoid(z):
    a = sigmoid(z)
    return a * (1 - a)


def tanh(z):
    return np.tanh(z)


def deriv_tanh(z):
    return 1 - np.tanh(z) ** 2


def relu(z):
    return np.maximum(z, 0)


def deriv_relu(z):
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu(z, negative_slope=0.01):
    return np.where(z > 0, z, negative_slope * z)


def deriv_leaky_relu(z, negative_slope=0.01):
    return np.where(z > 0, 1.0, negative_slope)


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def deriv_elu(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


def selu(z):
    return SELU_SCALE * elu(z, SELU_ALPHA)


def deriv_selu(z):
    return SELU_SCALE * deriv_elu(z, SELU_ALPHA)


def silu(z):
    return z * sigmoid(z)


def deriv_silu(z):
    s = sigmoid(z)
    return s * (1 + z * (1 - s))


def softplus(z, beta=1.0, threshold=20.0):
    smooth = np.logaddexp(0, beta * z) / beta
    return np.where(beta * z > threshold, z, smooth)


def deriv_softplus(z, beta=1.0, threshold=20.0):
    return np.where(beta * z > threshold, 1.0, sigmoid(beta * z))


def mish(z):
    return z * np.tanh(np.logaddexp(0, z))


def deriv_mish(z):
    t = np.tanh(np.logaddexp(0, z))
    return t + z * (1 - t**2) * sigmoid(z)


def softsign(z):
    return z / (1 + np.abs(z))


def deriv_softsign(z):
    return 1 / (1 + np.abs(z)) ** 2


def hardtanh(z, min_val=-1.0, max_val=1.0):
    return np.clip(z, min_val, max_val)


def deriv_hardtanh(z, min_val=-1.0, max_val=1.0):
    return np.where((z > min_val) & (z < max_val), 1.0, 0.0)


erf = np.vectorize(math.erf, otypes=[float])


def gelu(z):
    return z * (1 + erf(z / np.sqrt(2))) / 2


def deriv_gelu(z):
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return (1 + erf(z / np.sqrt(2))) / 2 + z * density


def gelu_tanh(z):
    return z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))) / 2


def deriv_gelu_tanh(z):
    k = np.sqrt(2 / np.pi)
    t = np.tanh(k * (z + 0.044715 * z**3))
    return (1 + t + z * (1 - t**2) * k * (1 + 3 * 0.044715 * z**2)) / 2


def step(z):
    return np.where(z > 0, 1.0, 0.0)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def back_softmax(d, z):
    """dL/dz from d = dL/da: every output depends on every z of its row."""
    a = softmax(z)
    return a * (d - (d * a).sum(axis=-1, keepdims=True))


def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


# layers


def rows(x):
    """Every step of a sequence as a row of its own."""
    return x.reshape(-1, x.shape[-1])


def normalise(x, axis, eps):
    """Mean 0 and variance 1 over some axes; also return what they were."""
    mean = x.mean(axis=axis, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=axis, keepdims=True)
    std = np.sqrt(var + eps)
    return (x - mean) / std, mean, var, std


def back_normalise(d, xhat, std, axis):
    """dL/dx from d = dL/dxhat: mean and std depend on x as well."""
    mean = d.mean(axis=axis, keepdims=True)
    return (d - mean - xhat * (d * xhat).mean(axis=axis, keepdims=True)) / std


def windows(x, kernel, stride, dilation=(1, 1)):
    """The numbers under each place of the kernel: (n, c, oh, ow, kh, kw)."""
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(2, 3))
    view = view[:, :, :: stride[0], :: stride[1]]
    return view[..., :: dilation[0], :: dilation[1]]


def pad(x, padding, value=0.0):
    """Add a border to images; padding is ((top, bottom), (left, right))."""
    return np.pad(x, ((0, 0), (0, 0), *padding), constant_values=value)


def unpad(x, padding):
    (top, bottom), (left, right) = padding
    height, width = x.shape[2:]
    return x[:, :, top : height - bottom, left : width - right]


def conv2d(x, W, stride, padding, dilation):
    """z[o, y, x] = sum over c, i, j of W[o, c, i, j] x[c, y s + i d, ...]"""
    seen = windows(pad(x, padding), W.shape[2:], stride, dilation)
    z = np.tensordot(seen, W, axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(z, -1, 1)


def back_conv2d(d, x, W, stride, padding, dilation):
    """dL/dx and dL/dW from d = dL/dz."""
    padded = pad(x, padding)
    seen = windows(padded, W.shape[2:], stride, dilation)
    dW = np.tensordot(d, seen, axes=((0, 2, 3), (0, 2, 3)))
    dx = np.zeros_like(padded)
    under = windows_to_write(dx, W.shape[2:], d.shape[2:], stride, dilation)
    for i, j, part in under:
        part += np.moveaxis(np.tensordot(d, W[:, :, i, j], axes=(1, 0)), -1, 1)
    return unpad(dx, padding), dW


def windows_to_write(x, kernel, count, stride, dilation=(1, 1)):
    """For each place (i, j) of the kernel: the numbers of x it covers."""
    for i, j in np.ndindex(kernel):
        top, left = i * dilation[0], j * dilation[1]
        bottom = top + stride[0] * (count[0] - 1) + 1
        right = left + stride[1] * (count[1] - 1) + 1
        yield i, j, x[:, :, top : bottom : stride[0], left : right : stride[1]]


def max_pool2d(x, kernel, stride, padding):
    seen = windows(pad(x, padding, -np.inf), kernel, stride)
    return seen.max(axis=(4, 5))


def back_max_pool2d(d, x, y, kernel, stride, padding):
    """The first of the greatest numbers of a window gets its gradient."""
    padded = pad(x, padding, -np.inf)
    dx, taken = np.zeros_like(padded), np.zeros(y.shape, bool)
    here = windows_to_write(padded, kernel, y.shape[2:], stride)
    there = windows_to_write(dx, kernel, y.shape[2:], stride)
    for (_, _, numbers), (_, _, part) in zip(here, there):
        won = (numbers == y) & ~taken
        taken |= won
        part += d * won
    return unpad(dx, padding)


def avg_pool2d(x, kernel, stride, padding):
    return windows(pad(x, padding), kernel, stride).mean(axis=(4, 5))


def back_avg_pool2d(d, x, kernel, stride, padding):
    dx = np.zeros_like(pad(x, padding))
    for _, _, part in windows_to_write(dx, kernel, d.shape[2:], stride):
        part += d / (kernel[0] * kernel[1])
    return unpad(dx, padding)


def rnn(x, W_ih, W_hh, b, f):
    """h_k = f(x_k W_ih^T + b + h_{k-1} W_hh^T); return h_0, ..., h_t."""
    h = [np.zeros((len(x), W_hh.shape[1]), x.dtype)]
    for k in range(x.shape[1]):
        h.append(f(x[:, k] @ W_ih.T + b + h[-1] @ W_hh.T))
    return h


def back_rnn(dh, x, h, W_ih, W_hh, slope, passes):
    """Walk back through time, with dh[k] = dL/dh_{k+1} of the output alone.

    `slope` is f' by h = f(a). Where `passes` says no, the gradient stops.
    """
    dx, dW_ih, dW_hh = np.zeros_like(x), 0.0, 0.0
    db, back = 0.0, 0.0
    for k in reversed(range(x.shape[1])):
        da = (dh[k] + back) * slope(h[k + 1])
        dW_ih, dW_hh = dW_ih + da.T @ x[:, k], dW_hh + da.T @ h[k]
        db = db + da.sum(axis=0)
        dx[:, k] = da @ W_ih
        back = da @ W_hh if passes(k) else 0.0
    return dx, dW_ih, dW_hh, db


def slope_of_tanh(h):
    return 1 - h**2


def slope_of_relu(h):
    return np.where(h > 0, 1.0, 0.0)


def lstm(x, W_ih, W_hh, b):
    """Long short-term memory; the rows of W are the gates i, f, g, o.

    Return the states h_0, ..., h_t, the cells c_0, ..., c_t and the gates.
    """
    h = [np.zeros((len(x), W_hh.shape[1]), x.dtype)]
    c, gates = [h[0]], []
    for k in range(x.shape[1]):
        a = x[:, k] @ W_ih.T + b + h[-1] @ W_hh.T
        i, f, g, o = np.split(a, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
        gates.append((i, f, g, o))
    return h, c, gates


def back_lstm(dh, x, h, c, gates, W_ih, W_hh, passes):
    dx, dW_ih, dW_hh, db = np.zeros_like(x), 0.0, 0.0, 0.0
    back_h, back_c = 0.0, 0.0
    for k in reversed(range(x.shape[1])):
        i, f, g, o = gates[k]
        dh_k, t = dh[k] + back_h, np.tanh(c[k + 1])
        dc = dh_k * o * (1 - t**2) + back_c
        di, df = dc * g * i * (1 - i), dc * c[k] * f * (1 - f)
        dg, do = dc * i * (1 - g**2), dh_k * t * o * (1 - o)
        da = np.hstack([di, df, dg, do])
        dW_ih, dW_hh = dW_ih + da.T @ x[:, k], dW_hh + da.T @ h[k]
        db = db + da.sum(axis=0)
        dx[:, k] = da @ W_ih
        back_h = da @ W_hh if passes(k) else 0.0
        back_c = dc * f if passes(k) else 0.0
    return dx, dW_ih, dW_hh, db


def gru(x, W_ih, W_hh, b, reset_after):
    """Gated recurrent unit; the rows of W are the gates r, z, n.

    reset_after: n = tanh(... + r (h W_hn^T)), as in PyTorch; else
    n = tanh(... + (r h) W_hn^T), as in the paper.
    """
    h = [np.zeros((len(x), W_hh.shape[1]), x.dtype)]
    W_hr, W_hz, W_hn = np.split(W_hh, 3)
    gates = []
    for k in range(x.shape[1]):
        r, z, n = np.split(x[:, k] @ W_ih.T + b, 3, axis=1)
        r = sigmoid(r + h[-1] @ W_hr.T)
        z = sigmoid(z + h[-1] @ W_hz.T)
        if reset_after:
            n = np.tanh(n + r * (h[-1] @ W_hn.T))
        else:
            n = np.tanh(n + (r * h[-1]) @ W_hn.T)
        h.append((1 - z) * n + z * h[-1])
        gates.append((r, z, n))
    return h, gates


def back_gru(dh, x, h, gates, W_ih, W_hh, reset_after, passes):
    dx, dW_ih, dW_hh, db = np.zeros_like(x), 0.0, np.zeros_like(W_hh), 0.0
    W_hr, W_hz, W_hn = np.split(W_hh, 3)
    dW_hr, dW_hz, dW_hn = np.split(dW_hh, 3)
    back = 0.0
    for k in reversed(range(x.shape[1])):
        r, z, n = gates[k]
        dh_k = dh[k] + back
        dn = dh_k * (1 - z) * (1 - n**2)
        dz = dh_k * (h[k] - n) * z * (1 - z)
        if reset_after:
            dm = dn * r  # of m = h W_hn^T
            dr = dn * (h[k] @ W_hn.T) * r * (1 - r)
            dW_hn += dm.T @ h[k]
            back = dm @ W_hn
        else:
            dm = dn @ W_hn  # of m = r h
            dr = dm * h[k] * r * (1 - r)
            dW_hn += dn.T @ (r * h[k])
            back = dm * r
        dW_hr += dr.T @ h[k]
        dW_hz += dz.T @ h[k]
        da = np.hstack([dr, dz, dn])
        dW_ih, db = dW_ih + da.T @ x[:, k], db + da.sum(axis=0)
        dx[:, k] = da @ W_ih
        back = back + dh_k * z + dr @ W_hr + dz @ W_hz
        back = back if passes(k) else 0.0
    return dx, dW_ih, dW_hh, db


def only_last(d, steps):
    """dL/dh of every step where the output is the last state alone."""
    return [0.0] * (steps - 1) + [d]


def each_step(d):
    """dL/dh of every step where the output is all states."""
    return [d[:, k] for k in range(d.shape[1])]
