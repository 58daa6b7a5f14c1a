"""The file of corrections in the seeds folder."""

from __future__ import annotations

from pathlib import Path

from index.errors import SeedsError
from index.file_names import PEOPLE_FILE
from index.own_files import change_own, read_own
from index.speech.corrections import Correction, Corrections, Fault, append, parse, remove


def read_corrections(seeds: Path) -> Corrections:
    """Return what the file says; a file that cannot be read is a fault in line 0."""
    try:
        return parse(read_own(seeds / PEOPLE_FILE))
    except OSError as error:
        return Corrections(faults=(Fault(0, f"it cannot be read: {error.strerror}"),))


def add_correction(seeds: Path, correction: Correction) -> None:
    """Put a correction at the end of the file; raises SeedsError when the file cannot be written."""
    change_own(seeds / PEOPLE_FILE, lambda text: append(text, correction))


def remove_correction(seeds: Path, correction: Correction) -> None:
    """Take a correction out of the file; raises SeedsError when it is no longer there or the file cannot be written."""

    def without(text: str) -> str:
        rest = remove(text, correction)
        if rest is None:
            raise SeedsError("this correction is no longer made: someone else has undone it.")
        return rest

    change_own(seeds / PEOPLE_FILE, without)
