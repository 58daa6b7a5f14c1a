"""A reader's verdict on an answer in; a line of a question file out, for `onrecord eval`.

There are two files in the store's folder, both JSON Lines, with a line for each answer that was judged:

    feedback.jsonl        good answers: a question file as `qa.gold` reads it. The evidence is what was cited, or [] for
                          a refusal. "type" is "filtered" if filters narrowed the question, which an evaluation would
                          not do
    feedback-down.jsonl   bad answers, with what was cited. That an answer is bad does not say what would be good, so
                          these have no evidence: add some to a line, and it is a question too

Besides what `qa.gold` reads, a line has "vote", "comment", "when" and "filters".
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from index.errors import StoreError
from qa.answer import Answer, Citation
from qa.filters import NO_FILTERS, Filters

Vote = Literal["up", "down"]
MAX_COMMENT = 2_000  # characters
_MAX_BYTES = 20_000_000  # of a file: a page that strangers can open must not fill the disk
_FILES: dict[Vote, str] = {"up": "feedback.jsonl", "down": "feedback-down.jsonl"}


@dataclass(frozen=True)
class Feedback:
    """A vote on an answer. A later vote with the same `id` replaces an earlier one."""

    id: str
    answer: Answer
    vote: Vote
    comment: str = ""
    history: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS


def save_feedback(folder: Path, feedback: Feedback, *, when: datetime | None = None) -> Path:
    """Save a vote and return the file it is in; safe to call from several processes.

    Only the first MAX_COMMENT characters of a comment are kept. Raises StoreError if the file cannot be written, or is
    full.
    """
    path = folder / _FILES[feedback.vote]
    line = json.dumps(_to_values(feedback, when or datetime.now(UTC)), ensure_ascii=False)
    try:
        with FileLock(folder / "feedback.lock"):
            if path.exists() and path.stat().st_size > _MAX_BYTES:
                raise StoreError(f"{path} is full: it has {_MAX_BYTES / 1e6:.0f} MB. Move it elsewhere.")
            for other in _FILES.values():
                _drop(folder / other, feedback.id)
            with path.open("ab") as opened:
                opened.write(line.encode("utf-8", "backslashreplace") + b"\n")
                opened.flush()
                os.fsync(opened.fileno())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def _to_values(feedback: Feedback, when: datetime) -> dict[str, Any]:
    answer = feedback.answer
    needed = [_stretch(citation) for citation in answer.citations if not citation.context]
    relevant = [_stretch(citation) for citation in answer.citations if citation.context]
    judged = (
        {"evidence": [[stretch] for stretch in needed], "relevant": relevant}
        if feedback.vote == "up"
        else {"cited": needed + relevant}
    )
    return {
        "id": feedback.id,
        "question": answer.question,
        "history": list(feedback.history),
        "type": "filtered" if feedback.filters.given() else "",
        **judged,
        "vote": feedback.vote,
        "comment": feedback.comment.strip()[:MAX_COMMENT],
        "when": when.isoformat(timespec="seconds"),
        "filters": feedback.filters.given(),
    }


def _stretch(citation: Citation) -> dict[str, Any]:
    return {"article": citation.article_id, "start": citation.start, "end": citation.end, "text": citation.text}


def _drop(path: Path, vote_id: str) -> None:
    """Remove the lines of a vote from a file."""
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not _is_of(line, vote_id)]
    if len(kept) < len(lines):
        written = path.with_suffix(".new")
        written.write_bytes(b"".join(kept))
        written.replace(path)
    elif lines and not lines[-1].endswith(b"\n"):  # its writer was interrupted
        with path.open("ab") as opened:
            opened.write(b"\n")


def _is_of(line: bytes, vote_id: str) -> bool:
    with suppress(ValueError):
        values = json.loads(line)
        return isinstance(values, dict) and values.get("id") == vote_id
    return False
