"""ONNX, opset 22: what its shape inference says, what onnxruntime computes, and what its text says.

They contradict one another. A translation's shape is that of onnxruntime, which computes the values; where
the others differ, its ``answers`` has each by its name and version. A call takes shapes where the
operator takes tensors, lists where it takes tensors of integers, and the operator's attributes by their names:
``cm.frameworks["onnx"].Conv((1, 3, 32, 32), (8, 3, 3, 3), pads=[1, 1, 1, 1])``.
"""

from convmath.conventions.onnx import arithmetic, columns, conv, pieces, pool, reduced, regroup, resize, surround
from convmath.conventions.onnx import transposed as back

CALLS = {
    "Conv": conv.conv,
    "ConvTranspose": back.conv_transpose,
    "MaxPool": pool.max_pool,
    "AveragePool": pool.average_pool,
    "LpPool": pool.lp_pool,
    "GlobalAveragePool": pool.global_pool("avg", "GlobalAveragePool"),
    "GlobalMaxPool": pool.global_pool("max", "GlobalMaxPool"),
    "Reshape": regroup.reshape,
    "Flatten": regroup.flatten,
    "Squeeze": regroup.squeeze,
    "Unsqueeze": regroup.unsqueeze,
    "Transpose": regroup.transpose,
    "DepthToSpace": regroup.depth_to_space,
    "SpaceToDepth": regroup.space_to_depth,
    "Slice": pieces.slice_,
    "Split": pieces.split,
    "Concat": pieces.concat,
    "Tile": pieces.tile,
    "Gather": pieces.gather,
    "Pad": surround.pad,
    "Expand": arithmetic.expand,
    "MatMul": arithmetic.matmul,
    "Gemm": arithmetic.gemm,
    "Resize": resize.resize,
    "Col2Im": columns.col2im,
    **{name: arithmetic.together(name, name.lower(), 2) for name in ("Add", "Sub", "Mul")},
    **{name: arithmetic.together(name, None, 2) for name in ("Div", "Pow", "PRelu", "Equal", "Less", "Greater")},
    **{name: arithmetic.together(name) for name in ("Max", "Min", "Sum", "Mean", "Where")},
    **{
        name: arithmetic.alone(name, name.lower())
        for name in ("Relu", "Sigmoid", "Tanh", "Identity", "Dropout", "Softplus")
    },
    **{
        name: arithmetic.alone(name)
        for name in (
            *("LeakyRelu", "Elu", "Selu", "Gelu", "HardSigmoid", "HardSwish", "Clip", "Cast", "Neg", "Abs", "Exp"),
            *("Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Erf", "Sign", "Softsign", "Mish", "LRN"),
        )
    },
    **{
        name: reduced.reduction(name)
        for name in (
            *("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"),
            *("ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"),
        )
    },
    **{name: reduced.extreme(name) for name in ("ArgMax", "ArgMin")},
    "Softmax": reduced.along("Softmax", "softmax"),
    "LogSoftmax": reduced.along("LogSoftmax", "log_softmax"),
    "BatchNormalization": reduced.batch_normalization,
    "InstanceNormalization": reduced.instance_normalization,
}
