"""Heavy packages imported quickly, by one thread at a time."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_importing = threading.RLock()  # else one thread could import what another has hidden


@contextmanager
def quick_imports(*, without: str | None = None) -> Iterator[None]:
    """Import heavy packages with the garbage collector paused.

    Importing allocates millions of objects that are never freed; collecting garbage among them took 1.3 of 5.4 s
    (measured over torch, transformers and sentence-transformers). `without` names a package that the others import only
    if they find it: unless it is already loaded, it is hidden from them.
    """
    with _importing:
        # torch would keep a compiled routine for each of the last 1,024 shapes of its input: 60 calls with texts of any
        # number and length made a process grow by 250 MB, and by 170 MB with this limit, which costs no time.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")
        was_enabled = gc.isenabled()
        gc.disable()
        is_hidden = without is not None and without not in sys.modules
        if is_hidden:
            sys.modules[without] = None  # type: ignore[index,assignment]  # then importing it raises ImportError
        known = len(sys.modules)
        try:
            yield
            if len(sys.modules) > known:  # else it would only keep for good what could have been collected by now
                gc.freeze()
        finally:
            if is_hidden:
                del sys.modules[without]  # type: ignore[arg-type]
            if was_enabled:
                gc.enable()
