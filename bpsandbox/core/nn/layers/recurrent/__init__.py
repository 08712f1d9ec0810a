"""Recurrent layers: forward through time, and backpropagation through time."""

from .gru import GRU
from .lstm import LSTM
from .rnn import RNN

__all__ = ["GRU", "LSTM", "RNN"]
