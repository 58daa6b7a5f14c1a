"""Writes the graph of the bundled model: what ONNX Runtime computes, with the weights left where they are.

    python -m tests.bench.minilm_graph index/models/weights/minilm.onnx

Needs `onnx`, of the extra "train". Every array is named as in the model's model.safetensors and refers to its place in
that file, so the graph is tied to one version of it; the printed constants go into index/models/minilm.py.

ids (texts, tokens), int64, all texts of one length, go in; unit vectors (texts, 384), float32, come out. Linear layers
see the tokens of all texts as one matrix, as Gemm takes the weights as PyTorch stores them: nothing is copied.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from index.models.bundled import bundled_folder

LAYERS, HEADS, DIMENSION = 6, 12, 384
EPSILON = 1e-12
OWN = "com.microsoft"  # ONNX Runtime's fused operators


class Graph:
    """Nodes, and the arrays that they use."""

    def __init__(self, header: dict[str, dict[str, list[int]]], begins: int) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: dict[str, TensorProto] = {}
        self._header, self._begins = header, begins

    def add(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: object) -> str:
        """Add a node named after its output, and return that."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def array(self, name: str) -> str:
        """The array of this name in the file of weights."""
        start, end = self._header[name]["data_offsets"]
        array = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=self._header[name]["shape"])
        array.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", "model.safetensors"),
            ("offset", self._begins + start),
            ("length", end - start),
        ):
            array.external_data.add(key=key, value=str(value))
        self.arrays[name] = array
        return name

    def numbers(self, name: str, *values: int) -> str:
        """An array of integers."""
        self.arrays[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        return name

    def linear(self, inputs: str, name: str, *, biased: bool = True) -> str:
        """The linear layer of this name."""
        bias = [self.array(f"{name}.bias")] if biased else []
        return self.add("Gemm", [inputs, self.array(f"{name}.weight"), *bias], name, transB=1)

    def normalized_sum(self, inputs: str, skipped: str, name: str) -> str:
        """The end of a block: its last linear layer, its input and the layer's normalisation."""
        dense = self.linear(inputs, f"{name}.dense", biased=False)
        norm = [self.array(f"{name}.LayerNorm.{part}") for part in ("weight", "bias")]
        bias = self.array(f"{name}.dense.bias")
        return self.add("SkipLayerNormalization", [dense, skipped, *norm, bias], name, domain=OWN, epsilon=EPSILON)


def make_graph(graph: Graph) -> onnx.ModelProto:
    """The whole model."""
    tokens = _embed(graph)
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        of = f"{layer}.attention.self"
        parts = [
            graph.add("Reshape", [graph.linear(tokens, f"{of}.{part}"), "shape"], f"{of}.{part}.apart")
            for part in ("query", "key", "value")
        ]
        attended = graph.add("MultiHeadAttention", parts, of, domain=OWN, num_heads=HEADS)
        attended = graph.add("Reshape", [attended, "flat"], f"{of}.flat")
        tokens = graph.normalized_sum(attended, tokens, f"{layer}.attention.output")
        inner = graph.linear(tokens, f"{layer}.intermediate.dense", biased=False)
        bias = graph.array(f"{layer}.intermediate.dense.bias")
        inner = graph.add("BiasGelu", [inner, bias], f"{layer}.intermediate", domain=OWN)
        tokens = graph.normalized_sum(inner, tokens, f"{layer}.output")
    tokens = graph.add("Reshape", [tokens, "shape"], "tokens")
    graph.add("ReduceMean", [tokens], "mean", axes=[1], keepdims=0)
    graph.add("LpNormalization", ["mean"], "vectors", axis=-1, p=2)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", DIMENSION])
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", [ids], [vectors], list(graph.arrays.values()))
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(OWN, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=8)


def _embed(graph: Graph) -> str:
    """The normalised sum of what stands for each token, its place and its kind; (texts · tokens, 384)."""
    graph.add("Shape", ["ids"], "length", start=1)
    words = graph.add("Gather", [graph.array("embeddings.word_embeddings.weight"), "ids"], "words")
    graph.add("Shape", [words], "shape")
    first, second = graph.numbers("0", 0), graph.numbers("1", 1)
    places = graph.add("Slice", [graph.array("embeddings.position_embeddings.weight"), first, "length"], "places")
    kind = graph.add("Slice", [graph.array("embeddings.token_type_embeddings.weight"), first, second], "kind")
    total = graph.add("Add", [words, graph.add("Add", [places, kind], "placed")], "sum")
    norm = [graph.array(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
    tokens = graph.add("LayerNormalization", [total, *norm], "embeddings", axis=-1, epsilon=EPSILON)
    return graph.add("Reshape", [tokens, graph.numbers("flat", -1, DIMENSION)], "embeddings.flat")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    with (bundled_folder() / "model.safetensors").open("rb") as weights:
        # https://huggingface.co/docs/safetensors: eight bytes with the length of the JSON that follows, then the arrays
        size = weights.read(8)
        text = weights.read(int.from_bytes(size, "little"))
    header = size + text
    file.write_bytes(make_graph(Graph(json.loads(text), len(header))).SerializeToString())
    print(f"HEADER_BYTES = {len(header):_}\nHEADER_SHA256 = {hashlib.sha256(header).hexdigest()!r}")


if __name__ == "__main__":
    main()
