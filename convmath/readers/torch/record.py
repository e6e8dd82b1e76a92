"""PyTorch's recorded program, read into plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convmath.errors import UnsupportedError
from convmath.readers.torch.calls import OPERATIONS, Axis, Call, Tensor, Worked

SILENT = ("_assert", "sym_constrain", "sym_size", "sym_stride", "sym_numel", "sym_storage")
"""Calls that give no tensor."""


class Record:
    """A recorded program.

    Attributes:
        sizes: the shape of each array of the module, by name.
        parameters: which of them are learned.
        title: the module's class, and the PyTorch that recorded it.
        simple: the paths of the modules without parts.
        asked: the outputs that are taken of calls with several.
        now: for each tensor of the record the one of the network that it is: what changes nothing makes none.
    """

    def __init__(self, module: Any, program: Any) -> None:
        import torch

        self.program = program
        self.title = f"{type(module).__name__}, recorded by PyTorch {torch.__version__.partition('+')[0]}"
        held = [*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)]
        first: dict[int, str] = {}
        self.called = {name: first.setdefault(id(value), name) for name, value in held}
        self.sizes = {name: tuple(value.shape) for name, value in held}
        self.parameters = frozenset(name for name, _ in module.named_parameters(remove_duplicate=False))
        self.simple = {path for path, part in module.named_modules() if path and not any(True for _ in part.children())}
        self.nodes = list(program.graph.nodes)
        self.asked = {f"{node.args[0].name}.{node.args[1]}" for node in self.nodes if _piece(node)}
        self.axes: dict[Any, Axis] = {}
        self.now: dict[str, Tensor] = {}

    def inputs(self) -> Iterator[Tensor]:
        """What is given to the module.

        Raises:
            UnsupportedError: something is no tensor.
        """
        wanted = self.program.graph_signature.user_inputs
        for node in self.nodes:
            if node.op == "placeholder" and node.name in wanted:
                found = tensor(node)
                if found is None:
                    raise UnsupportedError(f"the input {node.name} is no tensor")
                yield self._noted(found)

    def outputs(self) -> list[str]:
        """The names of the tensors that the module gives."""
        return [name for name in self.program.graph_signature.user_outputs if isinstance(name, str)]

    def least(self) -> dict[Any, int]:
        """The smallest value of each of PyTorch's symbols for which it made the record."""
        found = {}
        for symbol, span in self.program.range_constraints.items():
            if getattr(span.lower, "is_Integer", False) or isinstance(span.lower, int):
                found[symbol] = int(span.lower)
        return found

    def beside(self, kept: dict[str, int]) -> dict[str, int]:
        """Kept arrays with the number of batches that is kept beside a mean."""
        for name in list(kept):
            count = name.removesuffix("running_mean") + "num_batches_tracked"
            if name.endswith("running_mean") and count in self.sizes:
                kept[count] = 1
        return kept

    def calls(self) -> Iterator[Call]:
        """The calls in their order; each is made when what those before give is entered in ``now``."""
        self._hold()
        for node in self.nodes:
            if node.op != "call_function" or _silent(node):
                continue
            if _piece(node):
                self.now[node.name] = self.now[f"{node.args[0].name}.{node.args[1]}"]
                continue
            call = self._call(node)
            yield call
            for out in call.outputs:
                if not self.now[out.name].stored:
                    self._noted(self.now[out.name])

    def _hold(self) -> None:
        """The arrays of the module."""
        signature = self.program.graph_signature
        named = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
        constants = signature.inputs_to_lifted_tensor_constants
        for node in self.nodes:
            found = tensor(node) if node.op == "placeholder" and node.name not in self.now else None
            if found is not None:
                name = named.get(node.name) or f"constant {constants.get(node.name, node.name)}"
                name = self.called.get(name, name)
                self.sizes.setdefault(name, found.numbers)
                self.now[node.name] = Tensor(found.name, found.shape, frozenset((name,)))

    def ends(self) -> frozenset[str]:
        """The last call of each module without parts: what it gives is what the module gives."""
        last: dict[str, str] = {}
        for node in self.nodes:
            if node.op == "call_function" and not _silent(node) and not _piece(node):
                path, key = _place(node)
                if path in self.simple:
                    last[key] = node.name
        return frozenset(last.values())

    def _noted(self, found: Tensor) -> Tensor:
        """A tensor whose sizes others may be read off."""
        for axis, size in enumerate(found.shape):
            if not isinstance(size, int):
                self.axes.setdefault(size, Axis(found, axis))
        return found

    def _call(self, node: Any) -> Call:
        path, _ = _place(node)
        several = isinstance(node.meta["val"], tuple | list)
        vals = node.meta["val"] if several else [node.meta["val"]]
        names = [f"{node.name}.{number}" if several else node.name for number in range(len(vals))]
        outputs = tuple(Tensor(name, _sizes(val)) for name, val in zip(names, vals, strict=True) if _is_tensor(val))
        schema, why = getattr(node.target, "_schema", None), ""
        given: dict[str, Any] = {}
        if schema is None or not schema.name.startswith("aten::"):
            op = str(getattr(schema, "name", None) or getattr(node.target, "__name__", node.target))
            given = {str(at): value for at, value in enumerate(node.args)} | dict(node.kwargs)
            why = f"{op} is no operator of PyTorch's own"
        else:
            op = schema.name.removeprefix("aten::")
            op = op[:-1] if op.endswith("_") and not op.endswith("__") else op
            given = {argument.name: argument.default_value for argument in schema.arguments}
            given |= dict(zip(given, node.args, strict=False)) | node.kwargs
        own = [self.now[one.name] for one in node.all_input_nodes if one.name in self.now]
        try:
            arguments = {name: self._argument(value, own) for name, value in given.items()}
        except UnsupportedError as error:
            arguments, why = {str(at): one for at, one in enumerate(own)}, str(error)
        return Call(op, node.name, path, arguments, outputs, why)

    def _argument(self, given: Any, own: list[Tensor]) -> Any:
        """An argument as plain data: a size is read off the call's own tensors where it can be."""
        if isinstance(given, tuple | list):
            return tuple(self._argument(item, own) for item in given)
        if not hasattr(given, "meta"):
            return given if given is None or isinstance(given, bool | int | float | str) else str(given)
        if given.name in self.now:
            return self.now[given.name]
        size = plain_size(given.meta["val"])
        if isinstance(size, int):
            return size
        for one in own:
            if size in one.shape:
                return Axis(one, one.shape.index(size))
        if size in self.axes:
            return self.axes[size]
        operation = getattr(given.target, "__name__", str(given.target)).removesuffix("_")
        if operation not in OPERATIONS:
            raise UnsupportedError(f"one of its sizes is calculated by {operation}, which is not followed")
        return Worked(operation, tuple(self._argument(part, own) for part in given.args))


def tensor(node: Any) -> Tensor | None:
    """What a node of the record gives, where it is a tensor."""
    val = node.meta.get("val")
    return Tensor(node.name, _sizes(val)) if _is_tensor(val) else None


def _is_tensor(val: Any) -> bool:
    return hasattr(val, "shape") and hasattr(val, "dtype")


def _sizes(val: Any) -> tuple[Any, ...]:
    return tuple(map(plain_size, val.shape))


def plain_size(size: Any) -> Any:
    """A size as an integer, or as PyTorch's expression, which is the same for sizes that are always equal."""
    if isinstance(size, int):
        return size
    if not hasattr(size, "node"):
        raise UnsupportedError(f"one of its arguments is of type {type(size).__name__}")
    found = size.node.expr
    return int(found) if found.is_Integer else found


def _silent(node: Any) -> bool:
    """Whether a call gives no tensor."""
    val = node.meta.get("val")
    found = val if isinstance(val, tuple | list) else (val,)
    named = getattr(getattr(node.target, "_schema", None), "name", "").removeprefix("aten::")
    return named.startswith(SILENT) or not any(map(_is_tensor, found))


def _piece(node: Any) -> bool:
    return node.op == "call_function" and getattr(node.target, "__name__", "") == "getitem"


def _place(node: Any) -> tuple[str, str]:
    """The path of the module that a call stands in, and a key that is new for every call of that module."""
    stack = node.meta.get("nn_module_stack") or {}
    key, (path, _) = list(stack.items())[-1] if stack else ("", ("", ""))
    return str(path), str(key)
