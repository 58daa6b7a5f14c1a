"""The embedding model: texts in, unit vectors out.

The bundled model runs in ONNX Runtime, in float32 (`index.models.minilm`). Where the processor multiplies in bfloat16,
many texts go through sentence-transformers, as do all texts of any other model.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError, in_one_line
from index.models.bundled import BUNDLED_DIMENSION, bundled_folder, cannot_read_bundled, verify_bundled_weights
from index.models.quick_imports import quick_imports
from index.models.threads import count_threads
from index.models.version import read_version
from index.settings import BUNDLED_MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from index.models.minilm import MiniLM

_FEW = 64  # texts take less than 1 s in ONNX Runtime, a quarter of the time that importing torch takes


class EmbeddingModel:
    """A sentence-transformers model, loaded when first needed. Its vectors have unit length: dot product is cosine.

    `name` is that of the bundled model or of any other sentence-transformers model, or a model's folder. Whatever needs
    the model raises ModelError when it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None
        self._few: MiniLM | None = None

    @functools.cached_property
    def version(self) -> str:
        """What `read_version` returned before the model was loaded."""
        return self._read_version()

    @property
    def has_changed(self) -> bool:
        """Whether the model's folder now holds another version."""
        return self._read_version() not in ("", self.version)

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        return BUNDLED_DIMENSION if self.name == BUNDLED_MODEL else int(self.load().get_embedding_dimension() or 0)

    @property
    def engine(self) -> str:
        """What computes the vectors of many texts, and in which precision, where that is known."""
        if self.name != BUNDLED_MODEL:
            return "PyTorch"
        return "bfloat16 in PyTorch" if _has_bfloat16() else "float32 in ONNX Runtime"

    def encode(self, texts: Sequence[str], *, beside_others: bool = False) -> NDArray[np.float32]:
        """Vectors of shape (n, dimension), float32, of unit length, in the order of `texts`.

        Every core is used, or as many as OMP_NUM_THREADS says. `beside_others` says that other processes work
        meanwhile: torch, whose threads wait for each other, then uses half of them. Those of ONNX Runtime do not wait.
        """
        import numpy as np

        if self.name == BUNDLED_MODEL and (len(texts) <= (1 if self._loaded else _FEW) or not _has_bfloat16()):
            return self._small().encode(texts, threads=count_threads())
        model = self.load()
        with _torch_threads(max(count_threads() // 2, 1) if beside_others else None):
            vectors = np.asarray(model.encode(list(texts), show_progress_bar=False), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def verify(self) -> None:
        """Check the weights, if they are the bundled ones; raises ModelError when they are not those released."""
        if self.name == BUNDLED_MODEL:
            verify_bundled_weights()

    def load(self) -> SentenceTransformer:
        """Return the loaded model, the same at every call."""
        with self._lock:
            if self._loaded is None:
                version = self.version
                loaded = _load(self.name)
                if self._read_version() != version:
                    raise ModelError(f"the model {self.name!r} was changed while it was being loaded. Try again.")
                self._loaded = loaded
            return self._loaded

    def _read_version(self) -> str:
        return "" if self.name == BUNDLED_MODEL else read_version(self.name)

    def _small(self) -> MiniLM:
        with self._lock:
            if self._few is None:
                self._few = _load_small()
            return self._few


def in_context(vectors: NDArray[np.float32], title: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors (n, dim) of an article's sentences in context, from their own vectors and the title's (dim,).

    Each is the direction of own + ½ previous + ¼ next + ½ title. This needs no further run of the model, and over 130
    news questions it found more evidence than embedding title, previous sentence and sentence as one text (some in the
    first three: 0.65 against 0.63; all of it in the first five: 0.70 against 0.68).
    """
    import numpy as np

    blended = vectors + 0.5 * title
    blended[1:] += 0.5 * vectors[:-1]
    blended[:-1] += 0.25 * vectors[1:]
    # Opposite vectors could cancel out; a tiny minimum keeps the division defined.
    lengths = np.maximum(np.linalg.norm(blended, axis=1, keepdims=True), 1e-9)
    return np.asarray(blended / lengths, dtype=np.float32)


def _load(name: str) -> SentenceTransformer:
    try:
        with quick_imports():
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        disable_progress_bar()  # type: ignore[no-untyped-call]
        if name != BUNDLED_MODEL:
            return SentenceTransformer(name, local_files_only=Path(name).is_dir())
        model = SentenceTransformer(str(bundled_folder()), local_files_only=True)  # else it waits for the network
        # Twice as fast, with a cosine of 0.9998 to the vectors of float32; where it is emulated, it would be slower.
        return model.to(torch.bfloat16) if _has_bfloat16() else model
    except Exception as error:  # safetensors' and torch's own errors have no common base
        raise ModelError(
            f"the embedding model {name!r} cannot be loaded: {in_one_line(error)}. "
            f"Unset `model` to use the bundled {BUNDLED_MODEL}, or give the folder of a sentence-transformers model."
        ) from error


@contextmanager
def _torch_threads(count: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@functools.cache
def _has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16; without torch, as importing that takes seconds."""
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:  # not Linux
        return False


def _load_small() -> MiniLM:
    try:
        return _open_small(bundled_folder())
    except Exception as error:  # ONNX Runtime's and tokenizers' own errors have no common base
        raise cannot_read_bundled(error) from error


@functools.cache  # 60 MB, the same for every library of this process
def _open_small(folder: Path) -> MiniLM:
    from index.models.minilm import MiniLM

    return MiniLM(folder)
