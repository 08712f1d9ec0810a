"""The small network at the end of a NumPy tutorial: one class, two dictionaries, one step per sample."""

from __future__ import annotations

import time

import numpy as np

from bench.engine.timing import Round
from bpsandbox.core import Experiment


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Network:
    """Two sigmoid layers under squared error; allocates every array anew."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        self.W1, self.b1 = np.random.randn(inputs, hidden), np.zeros((1, hidden))
        self.W2, self.b2 = np.random.randn(hidden, outputs), np.zeros((1, outputs))

    def forward(self, x):
        self.z1 = np.dot(x, self.W1) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.W2) + self.b2
        return sigmoid(self.z2)

    def backward(self, x, y, y_hat, lr):
        dz2 = 2 * (y_hat - y) * sigmoid(self.z2) * (1 - sigmoid(self.z2))
        dW2, db2 = np.dot(self.a1.T, dz2), np.sum(dz2, axis=0, keepdims=True)
        dz1 = np.dot(dz2, self.W2.T) * sigmoid(self.z1) * (1 - sigmoid(self.z1))
        dW1, db1 = np.dot(x.T, dz1), np.sum(dz1, axis=0, keepdims=True)
        self.W1 -= lr * dW1
        self.b1 -= lr * db1
        self.W2 -= lr * dW2
        self.b2 -= lr * db2

    def train(self, xs, ys, epochs, lr):
        for _ in range(epochs):
            for x, y in zip(xs, ys, strict=True):
                row, target = np.reshape(x, (1, -1)), np.reshape(y, (-1, 1))
                self.backward(row, target, self.forward(row), lr)


def trains(experiment: Experiment) -> Round:
    x, y = experiment.train.x, experiment.train.y
    epochs = experiment.plan.epochs or 1

    def round_of_training() -> float:
        network = Network(2, 3, 1)
        began = time.process_time()
        network.train(x, y, epochs, experiment.optimizer.lr)
        return (time.process_time() - began) / (epochs * len(x))

    return round_of_training
