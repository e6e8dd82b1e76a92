"""ONNX's own backend tests: every shape that they expect of an operator that is known here."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from made_models import onnx

from convmath.errors import UnsupportedError
from convmath.readers.onnx import judged
from convmath.readers.onnx.decode import decoded
from convmath.readers.onnx.model import Reader

FEW = 64
"""Inputs with so few entries are stored, so that sizes may depend on them."""
UNSEEN = ("sequence", "optional", "not known here", "not followed", "not read here", "values that are not known")
"""Why a shape may stay open: no arrays, other operators, and sizes that only the values say."""
FOUND = {"numbers": 1790, "rules": 1780, "letters": 1660}
"""How many shapes are found at least, of those that onnx 1.23 has."""


def cases():
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about the arithmetic of its examples
        return [case for case in collect_testcases(None) if case.model is not None]


@pytest.fixture(scope="module")
def collected():
    return cases()


def prepared(case, lettered):
    """The model, with small inputs stored; ``lettered`` makes each size above 1 of the others a letter."""
    model, letters = onnx.ModelProto(), {}
    model.CopyFrom(case.model)
    for item, value in zip(model.graph.input, case.data_sets[0][0], strict=False):
        small = isinstance(value, np.ndarray) and value.size <= FEW
        if small and (value.dtype.kind in "iub" or value.ndim <= 1):
            model.graph.initializer.append(onnx.numpy_helper.from_array(value, item.name))
        elif lettered and isinstance(value, np.ndarray):
            for dim in item.type.tensor_type.shape.dim:
                if dim.dim_value > 1:
                    name = f"a{len(letters)}"
                    letters[name], dim.dim_param = dim.dim_value, name
    return model, letters


def outputs(case, model):
    """The names of the outputs with the shapes that are expected."""
    for item, value in zip(model.graph.output, case.data_sets[0][1], strict=False):
        if not isinstance(value, list | dict) and value is not None:
            yield item.name, tuple(value.dims) if hasattr(value, "dims") else np.shape(value)


@pytest.mark.parametrize("way", FOUND)
def test_every_expected_shape(way, collected, monkeypatch):
    """In numbers, by the rules that letters follow, and in letters that are given their numbers afterwards."""
    if way == "rules":
        monkeypatch.setattr(judged, "suits", lambda asked: False)
    held, wrong, why = 0, [], []
    for case in collected:
        model, letters = prepared(case, way == "letters")
        try:
            trace = Reader(decoded(model.SerializeToString(), case.name), case.name).network("").trace()
        except UnsupportedError as error:
            why.append(str(error))
            continue
        why += trace.unsupported.values()
        for name, wanted in outputs(case, model):
            shape = trace.shapes.get(name)
            if shape is not None:
                found = tuple(size if isinstance(size, int) else size.at(letters) for size in shape)
                held += found == wanted
                wrong += [(case.name, found, wanted)] if found != wanted else []
    assert not wrong
    assert held >= FOUND[way] or not onnx.__version__.startswith("1.23.")
    if way == "numbers":
        assert not [text for text in why if not any(word in text for word in UNSEEN)]


DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"
FOLDERS = ("pytorch-converted", "pytorch-operator")


@pytest.mark.parametrize("folder", FOLDERS)
def test_models_that_are_shipped_with_onnx(folder):
    """Written years ago, with the operators of versions 6 and 9."""
    import convmath as cm

    files = sorted((DATA / folder).glob("*/model.onnx"))
    if not files:
        pytest.skip(f"this onnx has no folder {folder}")
    for file in files:
        net = cm.read_onnx(file)
        trace = net.trace()
        for place, name in enumerate(net.outputs):
            tensor = onnx.TensorProto()
            tensor.ParseFromString((file.parent / "test_data_set_0" / f"output_{place}.pb").read_bytes())
            assert trace.shapes[name] == tuple(tensor.dims), file.parent.name


def test_the_light_models_that_are_shipped_with_onnx():
    import convmath as cm

    for file in sorted((DATA / "light").glob("*.onnx")):
        net = cm.read_onnx(file)
        tensor = onnx.TensorProto()
        tensor.ParseFromString(file.with_name(f"{file.stem}_output_0.pb").read_bytes())
        assert net.trace().output == tuple(tensor.dims), file.stem
