"""The server and its Gradio app: one of the pages on the left, the opened article on the right.

`serve(library)` runs it until Ctrl-C; `running(library)` runs it for the length of a `with` block. The app requests
nothing from any other host. What a visitor has open is only in that visitor's `gr.State`, and a click sends only a
place in it, so that no visitor can name an article to be shown.
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from ui.api import add_endpoints, exception_handlers
from ui.bells import toggle, watched_html
from ui.citing.formats import FORMATS
from ui.citing.view import CONVERSATION_JSON, cited_html, menu_html
from ui.feeds import feed_routes
from ui.gradio_seam import keep_gradio_quiet, let_idle, sent_with, uploaded_paths
from ui.guard import guards
from ui.mcp import http_options
from ui.newsroom import count_shown_unread, finding_news
from ui.pages.ask.handlers import AskPage
from ui.pages.library.arrivals import largest_upload
from ui.pages.library.handlers import LibraryPage
from ui.pages.new.handlers import NewPage
from ui.pages.page import Listed, Openers, Page, Site, draw_html, listen
from ui.pages.people.handlers import PeoplePage
from ui.pages.topic.handlers import TopicPage
from ui.shell import TITLE, masthead_html
from ui.source import nothing_open_html, read_place
from ui.uploads import keeping_uploads

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

_log = logging.getLogger(__name__)

# To add a page, add its folder to ui/pages and its class here. The first page is shown if the address names none.
PAGES: tuple[type[Page], ...] = (AskPage, NewPage, PeoplePage, TopicPage, LibraryPage)

_ASSETS = Path(__file__).parent / "assets"
_VISITORS = 1000  # the most recent ones, whose state is kept; Gradio adds about 100 kB for each


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
    """Serve the app until Ctrl-C; `on_ready` gets its address. Raises OnRecordError if it cannot listen.

    With `read_only`, no visitor or program can change the folder of articles or the index. With `mcp`, the tools of
    `ui.mcp` are at /mcp.
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
    styles = [_ASSETS / "app.css", *(_file_of(page, "css") for page in PAGES)]
    largest = largest_upload(library)
    kept = nullcontext() if read_only else keeping_uploads(library.settings.store, largest=largest)
    with kept as uploads, ExitStack() as stopping:
        blocks = build(library, stopping, read_only=read_only)
        try:
            _, url, _ = blocks.launch(
                server_name=host,
                server_port=port,
                prevent_thread_lock=True,
                quiet=True,
                share=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=False,  # Gradio's own would make every endpoint a tool, even sync; see ui.mcp
                enable_monitoring=False,
                footer_links=[],
                favicon_path=_ASSETS / "favicon.svg",
                theme=_theme(),
                # Given as `css`, Gradio would rewrite every selector, which breaks `:is(h1, h2)`.
                head="".join(f"<style>{_read(path)}</style>" for path in styles),
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
        let_idle(blocks)
        blocks.app.router.routes[:0] = feed_routes(library)  # before Gradio's, which take every path
        try:
            yield url
        finally:
            blocks.close(verbose=False)


def build(library: Library, stopping: ExitStack, *, read_only: bool = False) -> gr.Blocks:
    """The app over one library; see `serve`. `running` adds its look and its headers, and closes `stopping`."""
    keep_gradio_quiet()
    import gradio as gr

    folder = library.settings.seeds.name
    look_for_news = stopping.enter_context(finding_news(library))

    def show_masthead() -> str:
        look_for_news()
        # A reader of a read-only server marks nothing as seen, so nothing is counted.
        unread = {} if read_only else {NewPage.name: count_shown_unread(library)}
        with library.reading():  # includes what other processes wrote
            return masthead_html(folder, library.counts, library.synced, _list_links(), unread)

    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks, gr.Column(elem_id="page"):
        script = draw_html("", "app-script", is_seen=False, script=_read(_ASSETS / "app.js"))
        citing = draw_html(menu_html(), "citing", is_seen=False, script=_read(_ASSETS / "citing.js"))
        site = Site(
            library,
            read_only=read_only,
            uploads=uploaded_paths(blocks),
            masthead=draw_html(show_masthead(), "masthead"),
            show_masthead=show_masthead,
            panel=draw_html(nothing_open_html(), "source", is_rendered=False),
            watched=draw_html(watched_html(library), "watched"),
            stopping=stopping,
        )
        openers: dict[str, Listed] = {}
        for page in PAGES:
            with gr.Column(elem_id=f"{page.name}-page", elem_classes="view"):
                page_script = draw_html("", f"{page.name}-script", is_seen=False, script=_read(_file_of(page, "js")))
                openers |= page(site).draw(page_script)
        site.panel.render()  # type: ignore[no-untyped-call]
        listen(script, "look", show_masthead, None, site.masthead, while_running="once")
        listen(blocks, "load", show_masthead, None, site.masthead, while_running="once")
        _listen_to_bells(library, script, blocks, site.watched, read_only=read_only)
        listen(script, "open", *_open_source(openers), site.panel, while_running="always_last")
        cited = draw_html("", "cited", is_seen=False)
        listen(citing, "cite", *_cite(openers), cited, while_running="multiple")
        add_endpoints(library, read_only=read_only)
    return blocks


def _listen_to_bells(
    library: Library, script: gr.HTML, blocks: gr.Blocks, watched: gr.HTML, *, read_only: bool
) -> None:
    if read_only:
        return

    def ring(event: gr.EventData) -> str:
        return watched_html(library, toggle(library, sent_with(event)))

    listen(script, "watch", ring, None, watched, while_running="multiple")
    listen(blocks, "load", lambda: watched_html(library), None, watched, while_running="once")


def _open_source(openers: Openers) -> tuple[Callable[..., str], list[gr.State]]:
    """The handler of a click on a button with data-opens, and the states that it takes."""

    def open_source(event: gr.EventData, *states: Any) -> str:
        kind, turn, place = read_place(sent_with(event))
        if kind not in openers:
            return nothing_open_html()
        return openers[kind].open(dict(zip(openers, states, strict=True))[kind], turn, place)

    return open_source, [listed.state for listed in openers.values()]


def _cite(openers: Openers) -> tuple[Callable[..., str], list[gr.State]]:
    """The handler of a choice in the menu of formats, and the states that it takes."""

    def cite(event: gr.EventData, *states: Any) -> str:
        sent = sent_with(event)
        kind, turn, place = read_place(sent)
        form = sent.get("form")
        if kind not in openers or not (form in FORMATS or form == CONVERSATION_JSON):
            return ""
        state, cite_in = dict(zip(openers, states, strict=True))[kind], openers[kind].cite
        plain = cite_in(state, turn, place, "text") if form == "html" else ""
        return cited_html(sent.get("number"), form, cite_in(state, turn, place, form), plain)

    return cite, [listed.state for listed in openers.values()]


def _list_links() -> list[tuple[str, str, list[str]]]:
    """The links of the masthead: an address, a title, and the pages on which the link is current."""
    return [
        (
            "" if page is PAGES[0] else page.name,
            page.title,
            [other.name for other in PAGES if other.belongs_to == page.name],
        )
        for page in PAGES
        if page.title
    ]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _file_of(page: type[Page], suffix: str) -> Path:
    return Path(__file__).parent / "pages" / page.name / f"{page.name}.{suffix}"


def _theme() -> Any:
    import gradio as gr

    # Plain strings are local fonts; the theme's default would be fetched from Google. The two fills are shown until
    # app.css has loaded.
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
