"""ONNX, opset 22: what its shape inference says, what onnxruntime computes, and what its text says.

They contradict one another. A translation's shape is that of onnxruntime, which computes the values; where
the others differ, its ``answers`` has each by its name and version. A call takes shapes where the
operator takes tensors, and the operator's attributes by their names:
``cm.frameworks["onnx"].Conv((1, 3, 32, 32), (8, 3, 3, 3), pads=[1, 1, 1, 1])``.
"""

from convmath.conventions.onnx.conv import conv
from convmath.conventions.onnx.pool import average_pool, global_pool, lp_pool, max_pool
from convmath.conventions.onnx.transposed import conv_transpose

CALLS = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "LpPool": lp_pool,
    "GlobalAveragePool": global_pool("avg", "GlobalAveragePool"),
    "GlobalMaxPool": global_pool("max", "GlobalMaxPool"),
}
