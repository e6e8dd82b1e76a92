"""onnx and onnxruntime themselves, in a process of their own: JSON cases on stdin, JSON answers on stdout.

A case is (operator, shapes, attributes). Inputs count 1, 2, 3 … in every array. The answer has the shape that
inference gives and the values that onnxruntime gives, each of them an error's text where there is one.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def model(operator, arrays, attributes):
    names = [f"i{place}" for place in range(len(arrays))]
    node = helper.make_node(operator, names, ["y"], **attributes)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in zip(names, arrays, strict=True)
    ]
    graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)


def inferred(made):
    found = onnx.shape_inference.infer_shapes(made, strict_mode=True)
    return [size.dim_value for size in found.graph.output[0].type.tensor_type.shape.dim]


def ran(made, arrays):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {f"i{place}": array for place, array in enumerate(arrays)})
    return {"shape": y.shape, "values": y.ravel().tolist()}


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:  # each of them has error classes of its own
        return str(error)


def main():
    onnxruntime.set_default_logger_severity(4)
    answers = []
    for operator, shapes, attributes in json.load(sys.stdin):
        arrays = [np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape) for shape in shapes]
        made = model(operator, arrays, attributes)
        answers.append([attempt(inferred, made), attempt(ran, made, arrays)])
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
