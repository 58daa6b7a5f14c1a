"""The Gradio app: a conversation, the people who speak, or the library on the left, the opened article on the right.

`serve(library)` runs it until Ctrl-C; `running(library)` runs it for the length of a `with` block. The page asks no
host but its own for anything. What a visitor asked is held in that visitor's `gr.State` alone, and a click on a
citation or a statement sends only its place in that state, so that no visitor can name an article to be shown.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from qa.answer import Answer
from qa.filters import NO_FILTERS, Filters
from ui.api import add_endpoints, exception_handlers, one_at_a_time
from ui.gradio_seam import SHARED, take_events
from ui.guard import guards
from ui.mcp import http_options
from ui.pages.ask.handlers import AskPage
from ui.pages.ask.state import Talk
from ui.pages.ask.view import conversation_html, source_html
from ui.pages.library.handlers import add_library, largest_upload
from ui.pages.library.state import Visit
from ui.pages.library.view import opened_html
from ui.pages.people.state import Chosen, choose
from ui.pages.people.view import people_html, person_html, person_problem_html, search_html, statement_html
from ui.pages.statements import PAGE
from ui.pages.topic.handlers import add_topic_page
from ui.pages.topic.state import Timeline
from ui.pages.topic.view import topic_box_html, topic_statement_html
from ui.shell import TITLE, masthead_html, problem_html
from ui.source import nothing_open_html, read_place
from ui.uploads import keeping_uploads

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

_log = logging.getLogger(__name__)

_ASSETS = Path(__file__).parent / "assets"
_VISITORS = 1000  # whose conversations are kept, with some 100 kB of Gradio's own for each; who was seen last, longest
_PAGES = Path(__file__).parent / "pages"
_STYLES = (
    _ASSETS / "app.css",
    *(_PAGES / name / f"{name}.css" for name in ("ask", "library", "topic")),
)


def serve(
    library: Library,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    read_only: bool = False,
    mcp: bool = False,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the app until Ctrl-C; `on_ready` gets its address. Raises OnRecordError where it cannot listen.

    With `read_only`, no visitor or program can change the folder of articles or the index; `mcp` asks for the tools of
    `ui.mcp` at /mcp.
    """
    try:
        with running(library, host=host, port=port, read_only=read_only, mcp=mcp) as url:
            _log.info("serving at %s", url)
            if on_ready:
                on_ready(url)
            if open_browser:
                webbrowser.open(url)
            while True:
                threading.Event().wait(3600)
    except KeyboardInterrupt:
        _log.info("stopped")


@contextmanager
def running(
    library: Library, *, host: str = "127.0.0.1", port: int = 7860, read_only: bool = False, mcp: bool = False
) -> Iterator[str]:
    """Serve the app in the background for the length of the block, which gets its address; see `serve`."""
    _check_free(host, port)
    blocks = build(library, read_only=read_only)
    largest = largest_upload(library)
    with nullcontext() if read_only else keeping_uploads(library.settings.store, largest=largest) as uploads:
        try:
            _, url, _ = blocks.launch(
                server_name=host,
                server_port=port,
                prevent_thread_lock=True,
                quiet=True,
                share=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=False,  # Gradio's own would make a tool of every endpoint, sync too; see ui.mcp
                enable_monitoring=False,
                footer_links=[],
                favicon_path=_ASSETS / "favicon.svg",
                theme=_theme(),
                # As `css`, Gradio would rewrite every selector, and `:is(h1, h2)` would not survive it.
                head="".join(f"<style>{path.read_text(encoding='utf-8')}</style>" for path in _STYLES),
                max_file_size=largest,
                state_session_capacity=_VISITORS,
                app_kwargs={
                    "middleware": guards(host, uploads=uploads),
                    "exception_handlers": exception_handlers(),
                    **(http_options(library) if mcp else {}),
                },
            )
        except OSError as error:
            raise _cannot_listen(host, port, error) from error
        try:
            yield url
        finally:
            blocks.close(verbose=False)


def build(library: Library, *, read_only: bool = False) -> gr.Blocks:
    """The app over one library; see `serve`. `running` and `serve` add its look and its headers."""
    _keep_gradio_quiet()
    import gradio as gr

    from qa.examples import example_questions

    folder = library.settings.seeds.name

    def answer(
        question: str,
        history: Sequence[str],
        filters: Filters = NO_FILTERS,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        from qa.ask import answer_question

        if one_at_a_time.locked():
            on_step("waiting")
        with one_at_a_time:
            return answer_question(library, question, history, filters=filters, on_step=on_step)

    ask_page = AskPage(library, answer, conversation_html(example_questions(library)))

    def open_sentence(
        talk: Talk, chosen: Chosen | None, timeline: Timeline | None, visit: Visit, event: gr.EventData
    ) -> str:
        turn, kind, place = read_place(event._data)
        if kind == "article":
            return opened_html(library, visit.shelf, place)
        if kind == "said":
            return topic_statement_html(library, timeline, place)
        if kind == "statement":
            return statement_html(library, chosen, place)
        return source_html(library, talk.turns, turn, kind, place)

    def list_people(event: gr.EventData) -> str:
        shown = event._data.get("shown")
        sought = str(event._data.get("sought", ""))
        try:
            return people_html(library, sought, shown if isinstance(shown, int) else PAGE)
        except OnRecordError as error:
            return problem_html(str(error))

    def open_person(event: gr.EventData) -> tuple[Any, ...]:
        name, topic = (str(event._data.get(key, "")) for key in ("name", "topic"))
        try:
            chosen = choose(library, name, topic)
        except OnRecordError as error:
            return None, person_problem_html(name, problem_html(str(error))), gr.skip()
        return chosen, person_html(chosen), statement_html(library, chosen, 0)

    def show_more(chosen: Chosen | None) -> tuple[Any, ...]:
        chosen = replace(chosen, shown=chosen.shown + PAGE) if chosen else None
        return chosen, person_html(chosen)

    def refresh() -> str:
        with library.reading():  # what other processes wrote, too
            return masthead_html(folder, library.counts, library.synced)

    take_events(open_sentence, list_people, open_person)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        chosen_state = gr.State(None)
        with gr.Column(elem_id="page"):
            masthead = gr.HTML(refresh(), elem_id="masthead", js_on_load=None, apply_default_css=False)
            with gr.Column(elem_id="talk"):
                ask_page.draw()
            with gr.Column(elem_id="people") as people_part:
                gr.HTML(topic_box_html() + search_html(), elem_id="sought", js_on_load=None, apply_default_css=False)
                people = gr.HTML("", elem_id="people-list", js_on_load=None, apply_default_css=False)
                person = gr.HTML("", elem_id="person", js_on_load=None, apply_default_css=False)
            visit_state = add_library(blocks, library, masthead=masthead, refresh=refresh, read_only=read_only)
            source = gr.HTML(nothing_open_html(), elem_id="source", js_on_load=None, apply_default_css=False)

        with people_part:
            timeline_state = add_topic_page(library, source)
        ask_page.listen(source)
        conversation = ask_page.conversation
        states = [ask_page.talk, chosen_state, timeline_state, visit_state]
        conversation.cite(open_sentence, states, source, trigger_mode="always_last", **SHARED)
        conversation.people(list_people, None, people, trigger_mode="always_last", **SHARED)
        chosen = [chosen_state, person]
        conversation.person(open_person, None, [*chosen, source], trigger_mode="always_last", **SHARED)
        conversation.more(show_more, chosen_state, chosen, trigger_mode="once", **SHARED)
        conversation.look(refresh, None, masthead, trigger_mode="once", **SHARED)
        blocks.load(refresh, None, masthead, **SHARED)
        add_endpoints(library, read_only=read_only)
    return blocks


def _keep_gradio_quiet() -> None:
    # Both are read when gradio is imported: the first would report usage, the second keep every call in the browser.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"


def _theme() -> Any:
    import gradio as gr

    # Plain strings are local fonts; the theme's own default would be fetched from Google. The two fills are what the
    # page shows before app.css is there.
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#faf8f3",
        body_background_fill_dark="#171613",
        body_text_color="#1d1b16",
        body_text_color_dark="#ece7db",
    )


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error


def _cannot_listen(host: str, port: int, error: OSError) -> OnRecordError:
    if error.errno == errno.EADDRINUSE:
        return OnRecordError(
            f"port {port} on {host} is already in use. Choose another with --port, such as {port + 1}."
        )
    return OnRecordError(f"cannot serve on {host}, port {port}: {error}. Choose others with --host and --port.")
