"""ONNX models that the tests make themselves, small and without weights."""

import pytest

onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")
from onnx import TensorProto, helper  # noqa: E402

import convmath as cm  # noqa: E402

LETTERS = ("N", 3, "H", "W")


def node(op, inputs, outputs, **attributes):
    """A node; several names stand in one text, and two spaces leave one out."""
    return helper.make_node(op, inputs.split(" ") if inputs else [], outputs.split(" "), **attributes)


def array(name, dims=LETTERS, element=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, element, dims)


def weight(name, *dims):
    """A weight that lies in another file: its sizes are there, its entries are not."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=dims, data_location=TensorProto.EXTERNAL)
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    return tensor


def numbers(name, values, element=TensorProto.INT64):
    """A stored list, or one number without axes."""
    listed = isinstance(values, list)
    return helper.make_tensor(name, element, [len(values)] if listed else [], values if listed else [values])


def model(*nodes, inputs=None, outputs=("y",), stored=(), version=20, functions=(), declared=(), name="made"):
    graph = helper.make_graph(
        nodes,
        name,
        [array("x")] if inputs is None else inputs,
        [array(item, None) if isinstance(item, str) else item for item in outputs],
        initializer=stored,
        value_info=declared,
    )
    imports = [helper.make_opsetid("", version), *(helper.make_opsetid(f.domain, 1) for f in functions[:1])]
    return helper.make_model(graph, opset_imports=imports, functions=functions)


def read(made, folder):
    """The network of a model, or of the bytes of one, by way of a file."""
    file = folder / "model.onnx"
    file.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    return cm.read_onnx(file)
