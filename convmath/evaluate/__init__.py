"""Run a definition on NumPy arrays: one strided view for each read, then one contraction."""

from convmath.evaluate.run import evaluate

__all__ = ["evaluate"]
