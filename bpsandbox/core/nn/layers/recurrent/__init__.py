"""Layers that read a sequence step by step and remember: forward through time, derivative back through time."""

from .gru import GRU
from .lstm import LSTM
from .rnn import RNN

__all__ = ["GRU", "LSTM", "RNN"]
