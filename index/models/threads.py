"""How many threads the models may use."""

from __future__ import annotations

import os


def count_threads() -> int:
    """As many as there are cores, unless OMP_NUM_THREADS, which NumPy and torch heed by themselves, says otherwise."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
