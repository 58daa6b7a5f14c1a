"""The command line: `onrecord ask`, `onrecord index`, `onrecord serve`.

Answers go to standard output, everything else to standard error. Exit codes: 0 done (a refusal is an answer too),
1 something the user can mend, 2 a wrong command line, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError, QuestionError

if TYPE_CHECKING:
    from index.library import Library
    from index.sync import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without “ and ” still shows the answer
    try:
        try:
            options = _parser().parse_args(arguments)
            options.run(options)
        finally:
            sys.stdout.flush()  # here, where a closed pipe is no error, and after --help too
    except OnRecordError as error:
        print(f"onrecord: {_printable(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of a pipe has seen enough; keep Python from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onrecord",
        description="Ask a folder of news articles a question; get an answer in their own sentences, each cited.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--seeds", metavar="DIR", help="the folder of articles (default: seeds)")
    folders.add_argument("--store", metavar="DIR", help="the folder of the index (default: .onrecord beside the seeds)")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[folders], help=text, description=text[:1].upper() + text[1:] + ".")
        made.set_defaults(run=run)
        return made

    ask = command("ask", _ask, "answer a question from the articles")
    ask.add_argument("question", nargs="?", help="the question, in quotes")
    ask.add_argument("--json", action="store_true", help="print the whole answer as one line of JSON")
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='answer every line {"id", "question", "history"} of a JSON Lines file (- for standard input)',
    )
    command("index", _index, "bring the index up to date with the folder of articles")
    serve = command("serve", _serve, "open the conversation in a browser")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=7860, help="the port to listen at (default: 7860)")
    serve.add_argument("--open", action="store_true", help="open a browser window")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; give a number from 1 to 65535")
    return port


def _ask(options: argparse.Namespace) -> None:
    if (options.question is None) == (options.batch is None):
        raise QuestionError('give one question, in quotes, or --batch FILE. Like this: onrecord ask "Who said what?"')
    if options.batch is not None:
        questions = list(_read_batch(options.batch))
    else:
        from qa.question import read_question

        read_question(options.question)  # say what is wrong with a question before the index is opened

    from qa.ask import answer_question

    with _open_library(options) as library:
        _update(library)
        if options.batch is not None:
            for given in questions:
                print(json.dumps(_answer_batch(library, given), ensure_ascii=False), flush=True)
            return
        answer = answer_question(library, options.question)
    if options.json:
        print(answer.to_json())
    else:
        from ui.render import answer_text

        print(answer_text(answer))


def _index(options: argparse.Namespace) -> None:
    with _open_library(options) as library, _Progress() as progress:
        report = library.sync(on_progress=progress.show)
    print(_describe(report))


def _serve(options: argparse.Namespace) -> None:
    from ui.web import serve

    with _open_library(options) as library:
        _update(library)
        serve(
            library,
            host=options.host,
            port=options.port,
            open_browser=options.open,
            on_ready=lambda url: print(f"On the Record is ready at {url} (Ctrl-C stops it)", flush=True),
        )


def _open_library(options: argparse.Namespace) -> Library:
    from index.library import Library
    from index.settings import load_settings

    return Library.open(load_settings(seeds=options.seeds, store=options.store))


def _update(library: Library) -> None:
    """Bring the index up to date where the folder has changed; says so on standard error."""
    with _Progress() as progress:
        report = library.update(on_progress=progress.show)
    if report is not None and (report.added or report.changed or report.removed):
        print(_describe(report), file=sys.stderr)


def _describe(report: Report) -> str:
    """What a sync did, in one line; a further line for each file that was skipped."""
    line = (
        f"indexed {_count(report.articles, 'article')}, {_count(report.sentences, 'sentence')} "
        f"in {report.seconds:.1f} s: "
        f"{report.added:,} new, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {len(report.skipped):,} skipped"
    )
    return "\n".join([line, *(f"  skipped {_printable(name)}: {_printable(why)}" for name, why in report.skipped)])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _read_batch(name: str) -> Iterator[dict[str, Any]]:
    """The questions of a JSON Lines file, all checked before the first is asked; raises QuestionError."""
    try:
        lines = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise QuestionError(f"{name} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            if not isinstance(given, dict) or not isinstance(given.get("question"), str):
                raise TypeError('it has no "question" that is text')
            history = given.get("history") or []
            if not isinstance(history, list) or not all(isinstance(asked, str) for asked in history):
                raise TypeError('its "history" is no list of texts')
        except (ValueError, TypeError, RecursionError) as error:
            raise QuestionError(
                f'{name}, line {number} is no question ({error}): write {{"id": …, "question": …, "history": […]}}.'
            ) from error
        yield {"id": given.get("id", number), "question": given["question"], "history": history}


def _answer_batch(library: Library, given: dict[str, Any]) -> dict[str, Any]:
    from qa.ask import answer_question

    began = time.perf_counter()
    try:
        answer = answer_question(library, given["question"], given["history"])
    except QuestionError as error:  # one bad question does not stop the rest
        return {
            "id": given["id"],
            "question": given["question"],
            "answered": False,
            "confidence": 0.0,
            "answer": str(error),
            "citations": [],
            "seconds": round(time.perf_counter() - began, 6),
        }
    return {
        "id": given["id"],
        "question": given["question"],
        "answered": answer.answered,
        "confidence": answer.confidence,
        "answer": answer.text,
        "citations": [
            {
                "article": citation.article_id,
                "start": citation.start,
                "end": citation.end,
                "text": citation.text,
                "speaker": citation.speaker,
                "title": citation.title,
                "source": citation.source,
                "published": citation.published,
            }
            for citation in answer.citations
        ],
        "seconds": answer.seconds,
    }


class _Progress:
    """How far a sync is, on standard error: one line renewed on a terminal, a line every ten seconds in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._began = self._said = time.monotonic()

    def show(self, files: int, of: int, sentences: int) -> None:
        """Say how many of the files are read and how many sentences are embedded."""
        now = time.monotonic()
        if self._terminal or now - self._said >= 10:
            self._said = now
            rate = sentences / max(now - self._began, 1e-3)
            line = f"indexing: {files:,} of {of:,} files, {sentences:,} sentences, {rate:,.0f} a second"
            print(
                f"\r\x1b[K{line}" if self._terminal else line,
                end="" if self._terminal else "\n",
                file=sys.stderr,
                flush=True,
            )

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _printable(text: str) -> str:
    """The text with control characters escaped, so that no file name can drive the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
