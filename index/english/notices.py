"""How articles announce that they correct something."""

from __future__ import annotations

CORRECTION_NOTICE = (
    r"^\W*(?:correction|clarification|editor[’']s note)\b|\bearlier version of this (?:article|story|report)\b"
)
"""Found in a sentence that says so of its article or of another one, in upper or lower case."""
