"""Files that a visitor sends, moved from where Gradio received them into the folder of articles.

The browser sends back the path of an upload; it is believed only if Gradio itself gave it out.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from index.file_names import clean_name
from index.seeds_folder import (
    add_file,
    check_size,
)
from ui.pages.library.state import Arrival
from ui.uploads import FULL, FULL_MESSAGE

if TYPE_CHECKING:
    from index.library import Library


_log = logging.getLogger(__name__)
FAILED = "That could not be done because of a fault in the program. The log has the details."


def largest_upload(library: Library) -> int:
    """The size limit of an upload, in bytes."""
    from index.reading.files import largest

    return largest(".zip", int(library.settings.max_article_mb * 1_000_000))


def receive_upload(library: Library, uploads: set[str], file: Any) -> Arrival:
    """Add an upload to the folder; `file` is what the browser says about it: its name, size, status and path."""
    sent = file if isinstance(file, dict) else {}
    given, size, path = (sent.get(part) for part in ("name", "size", "uploaded"))
    given = given if isinstance(given, str) else ""
    try:
        name = clean_name(given)
        if isinstance(size, int):
            check_size(size, name, library.settings)
        if sent.get("status") == FULL:
            return Arrival(given, FULL_MESSAGE)
        if not isinstance(path, str) or path not in uploads or not _arrives(Path(path)):
            return Arrival(given, "it did not arrive whole. Add it again; if it is a folder, add the files in it.")
        return Arrival(given, add_file(library.settings, Path(path), given))
    except OnRecordError as error:
        return Arrival(given, str(error))
    except Exception:
        _log.exception("a file could not be added")
        return Arrival(given, FAILED)


def delete_upload(uploads: set[str], file: Any) -> None:
    """Delete an upload from where Gradio received it."""
    path = file.get("uploaded") if isinstance(file, dict) else None
    if isinstance(path, str) and path in uploads:
        uploads.discard(path)
        Path(path).unlink(missing_ok=True)


def _arrives(path: Path) -> bool:
    """Whether an upload is there: Gradio moves it to its place a moment after telling the browser where that is."""
    for _ in range(50):
        if path.is_file():
            return True
        time.sleep(0.1)
    return False
