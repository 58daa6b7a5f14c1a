"""What pydantic finds wrong with JSON, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

_IN_JSON = {"dataclass_type": "input should be an object", "tuple_type": "input should be an array"}


def describe_fault(error: ValidationError) -> str:
    """The first fault and its place, such as "citations[0].start: input should be a valid integer"."""
    fault = error.errors(include_url=False)[0]
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in fault["loc"]).removeprefix(".")
    message = _IN_JSON.get(fault["type"], fault["msg"])
    if fault["type"] == "value_error":  # raised by us
        message = str(fault["ctx"]["error"])
    return f"{place}: {message[:1].lower()}{message[1:]}".removeprefix(": ")
