"""The taught network as an ONNX file that needs no torch, and back: its weights travel under their own names.

Weights are stored as bytes, one step size per channel (Krishnamoorthi 2018), and biases as half floats; the runtime
makes floats of them once, when it opens the file. So a file has a quarter of the size.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from gis.change.model import METADATA
from gis.learning.network import ChangeNetwork

__all__ = ["change_facts", "read_network", "write_onnx"]


class _Chances(nn.Module):
    """The network from bytes to chances."""

    def __init__(self, network: ChangeNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, before: Tensor, after: Tensor) -> Tensor:
        return torch.sigmoid(self.network(before.float(), after.float()))


def write_onnx(network: ChangeNetwork, path: Path, facts: dict[str, Any]) -> None:
    """Write a network: inputs ``before``, ``after`` (n, 3, h, w) uint8 RGB, sides multiples of 32; output

    ``chances`` (n, 3, h, w) float32 in the order of ``gis.learning.network.NAMES``. Written whole or not at all.
    """
    plain = network.folded()
    sample = torch.zeros((1, 3, 64, 64), dtype=torch.uint8)
    buffer = io.BytesIO()
    axes = {0: "n", 2: "h", 3: "w"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own age, and of what it does not fold
        torch.onnx.export(
            _Chances(plain).eval(), (sample, sample), buffer, input_names=["before", "after"], output_names=["chances"],
            dynamic_axes={"before": axes, "after": axes, "chances": axes}, opset_version=17, dynamo=False,
            do_constant_folding=False,
        )  # fmt: skip
    model = onnx.load_from_string(buffer.getvalue())
    _pad_in_place(model.graph)
    _shrink(model.graph)
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA, json.dumps(facts, ensure_ascii=False, sort_keys=True)
    onnx.checker.check_model(model)
    part = path.with_suffix(".part")
    part.write_bytes(model.SerializeToString())
    part.replace(path)


def read_network(path: Path) -> tuple[ChangeNetwork, dict[str, Any]]:
    """The network of a file that ``write_onnx`` wrote (batch norms folded), to be taught further, and its facts."""
    model = onnx.load(path)
    weights = {
        name.removeprefix("network."): torch.from_numpy(values)
        for name, values in _floats(model.graph).items()
    }
    network = ChangeNetwork(norm=False)
    network.load_state_dict({name: weights[name] for name in network.state_dict()})
    facts: dict[str, Any] = next(
        (json.loads(each.value) for each in model.metadata_props if each.key == METADATA), {}
    )
    return network, facts


def change_facts(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the facts in a model's file, whole or not at all; the weights stay as they are."""
    model = onnx.load(path)
    for entry in model.metadata_props:
        if entry.key == METADATA:
            entry.value = json.dumps(change(json.loads(entry.value)), ensure_ascii=False, sort_keys=True)
    part = path.with_suffix(".part")
    part.write_bytes(model.SerializeToString())
    part.replace(path)


_HALF, _BYTES, _STEP = "/half", "/bytes", "/step"


def _pad_in_place(graph: Any) -> None:
    """Padding before a convolution as the convolution's own: apart it costs a third of the runtime's time."""
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for node in graph.node:
        pad = pads.get(node.input[0]) if node.op_type == "Conv" else None
        if pad is None:
            continue
        attributes = {each.name: each for each in node.attribute}
        kernel = attributes["kernel_shape"].ints[0]
        before, after = kernel // 2 - 1, kernel // 2  # as the network pads for stride 2
        attributes["pads"].ints[:] = [before, before, after, after]
        node.input[0] = pad.input[0]
    for pad in pads.values():
        graph.node.remove(pad)


def _shrink(graph: Any) -> None:
    """Every weight as bytes times a step per channel, every bias as half floats."""
    nodes, kept = [], []
    for tensor in graph.initializer:
        name = tensor.name
        if tensor.data_type != TensorProto.FLOAT or not name.startswith("network."):
            kept.append(tensor)
            continue
        values = numpy_helper.to_array(tensor)
        if values.ndim < 4:
            kept.append(numpy_helper.from_array(values.astype(np.float16), name + _HALF))
            nodes.append(helper.make_node("Cast", [name + _HALF], [name], to=TensorProto.FLOAT))
            continue
        step = np.maximum(np.abs(values).max(axis=(1, 2, 3), keepdims=True), 1e-12) / np.float32(127)
        kept.append(numpy_helper.from_array(np.rint(values / step).astype(np.int8), name + _BYTES))
        kept.append(numpy_helper.from_array(step.astype(np.float32), name + _STEP))
        nodes.append(helper.make_node("Cast", [name + _BYTES], [name + "/whole"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [name + "/whole", name + _STEP], [name]))
    nodes += graph.node
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def _floats(graph: Any) -> dict[str, NDArray[np.float32]]:
    """The network's weights by their own names, float32."""
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    floats = {}
    for name, values in stored.items():
        if name.endswith(_HALF):
            floats[name.removesuffix(_HALF)] = values.astype(np.float32)
        elif name.endswith(_BYTES):
            own = name.removesuffix(_BYTES)
            floats[own] = values.astype(np.float32) * stored[own + _STEP]
    return floats
