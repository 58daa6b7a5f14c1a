"""A closed index leaves nothing in memory, however often one is opened: a server reopens its index at every sync."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from index.library import Library
from index.models.embedding import EmbeddingModel
from index.settings import BUNDLED_MODEL, Settings

ROOT = Path(__file__).parent.parent


def test_closed_index_is_collected(seeds: Path, tmp_path: Path) -> None:
    """Even if another one was opened before the garbage collector ran."""
    settings = Settings(seeds=seeds, store=tmp_path)
    gc.disable()
    try:
        with Library(settings) as library:
            library.update()
            engine = weakref.ref(library._opened.parts[0].client._system)
        del library
        Library(settings).close()
    finally:
        gc.enable()
    gc.collect()
    assert engine() is None


def test_libraries_share_the_weights_of_the_bundled_model() -> None:
    one, other = EmbeddingModel(BUNDLED_MODEL), EmbeddingModel(BUNDLED_MODEL)
    assert one._small() is other._small()


# Opens an index of 12,000 sentences 20 times, and prints the memory of the process in MB each time.
REOPENED = """
import sys
from pathlib import Path
import numpy as np
from index.settings import Settings
from index.storage.chroma import Part
from index.storage.connection import connect, disconnect

settings = Settings(seeds=Path("seeds"), store=Path(sys.argv[1]))

def use(vectors=None):
    client = connect(settings, settings.store)
    store = Part(client, model="random", dimension=384)
    if vectors is None:
        store.load()
    else:
        for start in range(0, len(vectors), 3000):
            some = vectors[start : start + 3000]
            ids = [str(start + i) for i in range(len(some))]
            store._sentences.upsert(ids, embeddings=some, documents=[f"Sentence {i} is here." for i in ids])
    disconnect(client)

use(np.random.default_rng(0).standard_normal((12000, 384), np.float32))
for _ in range(20):
    use()
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmRSS:")[2].split()[0]) // 1000)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_of_a_closed_index_is_given_back(tmp_path: Path) -> None:
    command = [sys.executable, "-c", REOPENED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    first, *later = map(int, done.stdout.split())
    assert len(later) == 19
    assert max(later) < first + 30
