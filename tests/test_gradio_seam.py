"""Gradio's undocumented names are used in one module only, and the installed Gradio has them."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from ui.gradio_seam import accept_event, sent_with

UI = Path(__file__).parent.parent / "ui"
UNDOCUMENTED = {"upload_file_set", "uploaded_file_dir", "state_holder", "LocalContext"}


def test_only_the_seam_knows_what_gradio_does_not_document() -> None:
    found = [
        f"{path.relative_to(UI)}:{node.lineno} {node.attr}"
        for path in sorted(UI.rglob("*.py"))
        if path.name != "gradio_seam.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (node.attr in UNDOCUMENTED or (node.attr.startswith("_") and not is_own(node)))
    ]
    assert found == []


def is_own(node: ast.Attribute) -> bool:
    """Whether this is an attribute of the class around it, or one that Python gives every object."""
    return node.attr.endswith("__") or (isinstance(node.value, ast.Name) and node.value.id == "self")


def test_a_handler_gets_what_a_script_sent() -> None:
    import gradio as gr
    from gradio.helpers import special_args

    def handler(state: int, event: gr.EventData) -> int:
        return state + int(sent_with(event)["place"])

    accept_event(handler)
    arguments, *_ = special_args(handler, [1], event_data=gr.EventData(None, {"place": 2}))
    assert handler(*arguments) == 3
    assert sent_with(gr.EventData(None, None)) == {}


def test_names_are_still_there() -> None:
    from gradio.blocks import Blocks
    from gradio.context import LocalContext
    from gradio.queueing import Queue
    from gradio.routes import App
    from gradio.state_holder import StateHolder

    for where, names in (
        (Blocks, ("upload_file_set", "_queue")),
        (App, ("uploaded_file_dir",)),
        (Queue, ("sleep_when_free", "progress_update_sleep_when_free", "push", "start_processing", "stopped")),
        (StateHolder, ("session_data", "time_last_used", "set_blocks")),
    ):
        source = inspect.getsource(where)
        assert [name for name in names if name not in source] == []
    assert LocalContext.blocks.get(None) is LocalContext.request.get(None) is None


def test_events_of_which_the_last_one_counts_are_sent_as_such() -> None:
    listening, sending = set(), set()
    for path in UI.rglob("*.py"):
        page = "assets" if path.parent == UI else path.parent.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "listen":
                values = (*node.args, *(word.value for word in node.keywords))
                texts = [value.value for value in values if isinstance(value, ast.Constant)]
                listening |= {(page, texts[0])} if "always_last" in texts else set()
    for path in UI.rglob("*.js"):
        sending |= {
            (path.parent.name, name) for name in re.findall(r'triggerLatest\("(\w+)"', path.read_text(encoding="utf-8"))
        }
    assert listening == sending
    assert len(listening) > 9
