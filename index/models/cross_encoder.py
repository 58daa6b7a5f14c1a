"""A sentence-transformers cross-encoder: a question and texts in, how well each text answers it out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError, in_one_line
from index.models.quick_imports import quick_imports

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_opened: dict[str, Reranker] = {}


class Reranker:
    """A sentence-transformers cross-encoder, loaded when first needed, usable from several threads.

    `name` is that of any cross-encoder with one score per pair, or its folder; a folder needs no network.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, in [0, 1], in the order of `texts`.

        It is the logistic function of the model's logit, whatever activation its configuration names. Raises ModelError
        when the model cannot be loaded, or when a score is not a number.
        """
        import numpy as np

        with self._lock:  # threads must not share a tokenizer that truncates
            if self._loaded is None:
                self._loaded = _load(self.name)
            from torch.nn import Sigmoid

            pairs = [(question, text) for text in texts]
            scores = self._loaded.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        if not np.isfinite(scores).all():
            raise ModelError(
                f"the reranker {self.name!r} gives scores that are not numbers: its weights are damaged. "
                "Unset `reranker` to rank without one, or name another cross-encoder."
            )
        return [float(score) for score in scores]


def open_reranker(name: str) -> Reranker:
    """Return the cross-encoder of that name, one for the whole process; it is loaded when first used."""
    return _opened.setdefault(name, Reranker(name))


def _load(name: str) -> CrossEncoder:
    try:
        with quick_imports():
            from sentence_transformers import CrossEncoder
            from transformers.utils.logging import disable_progress_bar
        disable_progress_bar()  # type: ignore[no-untyped-call]
        model: CrossEncoder = CrossEncoder(name, local_files_only=Path(name).is_dir())
        _check(model)
    except Exception as error:  # safetensors' and torch's own errors have no common base
        raise ModelError(
            f"the reranker {name!r} cannot be loaded: {in_one_line(error)}. "
            "Unset `reranker` to rank without one, or give the folder of a sentence-transformers cross-encoder."
        ) from error
    return model


def _check(model: CrossEncoder) -> None:
    """Raise ValueError for what loads as a cross-encoder but is none, or has several scores per pair."""
    loaded = type(model.model).__name__
    saved = getattr(model.config, "architectures", None) or [loaded]
    if loaded not in saved:  # such as an embedding model, which would be given a head of random weights
        raise ValueError(f"it is not a cross-encoder but a {saved[0]}")
    if model.num_labels != 1:
        raise ValueError(f"it gives {model.num_labels} scores per pair instead of one")
