"""The command line: `onrecord ask`, `quotes`, `index`, `status`, `eval` and `serve`.

Answers go to standard output, everything else to standard error. Exit codes: 0 done (a refusal is an answer too),
1 something the user can mend, 2 a wrong command line, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import OnRecordError, QuestionError
from ui.text.report import Progress, printable, report_line, report_table, status_table
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library
    from index.sync import Report
    from qa.filters import Filters

_LISTED = 50  # statements, or speakers, of a table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without “ and ” still shows the answer
    try:
        try:
            options = _parser().parse_args(arguments)
            return options.run(options) or 0
        finally:
            sys.stdout.flush()  # here, where a closed pipe is no error, and after --help too
    except OnRecordError as error:
        print(f"onrecord: {printable(str(error))}", file=sys.stderr)
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
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--seeds", metavar="DIR", help="the folder of articles (default: seeds)")
    folders.add_argument("--store", metavar="DIR", help="the folder of the index (default: .onrecord beside the seeds)")

    def command(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
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
    for made in (ask, quotes := command("quotes", _quotes, "list who speaks in the articles, or what they said")):
        made.add_argument("--speaker", metavar="NAME", help="only what this person or group said")
        made.add_argument("--source", metavar="NAME", help="only from articles of this outlet")
        made.add_argument(
            "--since", metavar="DATE", help="only from this day, month or year on: 2024-12-10, 2024-12, 2024"
        )
        made.add_argument("--until", metavar="DATE", help="only up to this day, month or year")
        made.add_argument("--article", metavar="PATH", help="only from this article of the seeds folder")
    quotes.add_argument("--about", metavar="TOPIC", help="only what was said on this topic, most relevant first")
    quotes.add_argument(
        "--limit", type=_limit, metavar="N", help=f"list at most N (default: {_LISTED}, with --json all)"
    )
    quotes.add_argument("--json", action="store_true", help="print each as a line of JSON")
    index = command("index", _index, "bring the index up to date with the folder of articles")
    index.add_argument("--watch", action="store_true", help="then follow every change until Ctrl-C")
    index.add_argument("--json", action="store_true", help="print the report as one line of JSON")
    index.add_argument("--strict", action="store_true", help="exit with 1 when a file was skipped")
    index.add_argument("--no-wait", action="store_true", help="leave at once when another process is writing")
    status = command("status", _status, "say what the index holds, and what of the folder it has not seen yet")
    status.add_argument("--json", action="store_true", help="print it as one line of JSON")
    evaluation = command("eval", _eval, "tell how well the index answers questions whose answers you know")
    evaluation.epilog = (
        'A line of FILE is {"question": "…", "evidence": [[{"article": "path", "text": "a sentence of it"}]]}. '
        "evidence is a list of what an answer needs, each a list of alternatives; [] says that the articles do not "
        'answer. "type", "history" and "relevant" may be given too.'
    )
    evaluation.add_argument("questions", metavar="FILE", help="a JSON Lines file of questions")
    evaluation.add_argument(
        "--report",
        metavar="FILE",
        help="write a Markdown report too, and its picture beside it, of the same name with .svg",
    )
    evaluation.add_argument(
        "--json", action="store_true", help="print the figures and each outcome as one line of JSON"
    )
    serve = command("serve", _serve, "open the conversation in a browser")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=7860, help="the port to listen at (default: 7860)")
    serve.add_argument(
        "--mcp",
        nargs="?",
        const="http",
        choices=("http", "stdio"),
        help="offer MCP clients the tools ask, quotes and read_article, at /mcp; with stdio, nothing but these, over "
        "standard input and output",
    )
    serve.add_argument(
        "--read-only", action="store_true", help="let nobody add or remove articles, or start a sync, in the browser"
    )
    serve.add_argument("--open", action="store_true", help="open a browser window")
    return parser


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # takes as long to import as all of this module

        print(f"onrecord {version('onrecord')}")
        parser.exit()


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
    return port


def _limit(text: str) -> int:
    limit = int(text) if text.isdecimal() else 0
    if limit < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit; give a number from 1")
    return limit


def _ask(options: argparse.Namespace) -> None:
    if (options.question is None) == (options.batch is None):
        raise QuestionError('give one question, in quotes, or --batch FILE. Like this: onrecord ask "Who said what?"')
    if options.batch is not None:
        from ui.batch import answer_batch, read_batch

        batch = read_batch(options.batch)
    else:
        from qa.question import read_question

        read_question(options.question)  # say what is wrong with a question before the index is opened

    filters = _read_filters(options)

    from qa.ask import answer_question

    with _open_library(options) as library:
        _update(library)
        filters = _find_article(filters, library)
        if options.batch is not None:
            for asked in batch:
                print(json.dumps(answer_batch(library, asked, filters), ensure_ascii=False), flush=True)
            return
        answer = answer_question(library, options.question, filters=filters)
    if options.json:
        print(answer.to_json())
    else:
        from ui.text.answer import answer_text

        print(answer_text(answer))


def _quotes(options: argparse.Namespace) -> None:
    from qa.filters import NO_FILTERS
    from qa.statements import count_quotes, list_quotes, match_speaker, read_topic
    from ui.text.listing import explain_match, quotes_table, speakers_table

    # What is wrong with the options is said before the index is opened.
    filters = _read_filters(options)
    if options.about is not None:
        read_topic(options.about)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    limit = options.limit or (None if options.json else _LISTED)

    with _open_library(options) as library:
        _update(library)
        if options.about is None and filters == NO_FILTERS:
            counts = count_quotes(library)
            if not options.json:
                print(speakers_table(counts, limit=limit or len(counts), width=width))
            for speaker, said in counts[:limit] if options.json else ():
                line = {"speaker": speaker.name, "also": speaker.also, "kind": speaker.kind, "statements": said}
                print(json.dumps(line, ensure_ascii=False))
            return
        match = match_speaker(library, options.speaker) if options.speaker is not None else None
        filters = _find_article(filters, library)
        found = list_quotes(library, filters, about=options.about, speaker=match.speaker if match else None)
    if match and (note := explain_match(options.speaker, match)):
        _say(note)
    if options.json:
        for quote in found[:limit]:
            print(json.dumps(asdict(quote), ensure_ascii=False))
    else:
        name = match.speaker.name if match else None
        print(quotes_table(found, name, limit=limit or len(found), width=width))


def _read_filters(options: argparse.Namespace) -> Filters:
    from qa.filters import FILTER_NAMES, Filters

    return Filters(**{name: getattr(options, name) for name in FILTER_NAMES})


def _find_article(filters: Filters, library: Library) -> Filters:
    """The filters with an article's id for its path, which may begin with the seeds folder, as a shell completes it."""
    if filters.article is None or filters.article in library.records:
        return filters
    with suppress(ValueError):
        inside = Path(filters.article).resolve().relative_to(library.settings.seeds.resolve())
        return replace(filters, article=inside.as_posix())
    return filters


def _index(options: argparse.Namespace) -> int:
    with _open_library(options) as library:
        with Progress() as progress:
            report = library.sync(on_progress=progress.show, wait=not options.no_wait, on_wait=_say)
        _print_report(report, as_json=options.json)
        if options.watch:
            from index.watch import watch

            _say(f"watching {library.settings.seeds} (Ctrl-C stops it)")
            watch(library, threading.Event(), on_report=lambda report: _print_report(report, as_json=options.json))
    return 1 if options.strict and report.skipped else 0


def _status(options: argparse.Namespace) -> None:
    from index.settings import load_settings
    from index.status import read_status

    status = read_status(load_settings(seeds=options.seeds, store=options.store))
    print(json.dumps(asdict(status), ensure_ascii=False) if options.json else status_table(status))


def _eval(options: argparse.Namespace) -> None:
    from index.settings import load_settings
    from qa.gold import load_questions
    from ui.text.evaluation import check_report, evaluation_json, evaluation_text, write_report

    # What is wrong with the files is said before the index is opened.
    questions = load_questions(options.questions)
    if options.report is not None:
        seeds = load_settings(seeds=options.seeds, store=options.store).seeds
        check_report(Path(options.report), questions=Path(options.questions), seeds=seeds)

    from qa.evaluate import evaluate_library

    with _open_library(options) as library:
        _update(library)
        articles, sentences = library.counts
        index = f"{count(articles, 'article')} of {count(sentences, 'sentence')}, with the model {library.model.name}"
        with Progress("asking", "questions") as progress:
            evaluation = evaluate_library(library, questions, on_progress=progress.show)
    if options.report is not None:
        write_report(evaluation, Path(options.report), questions=Path(options.questions).name, index=index)
    if options.json:
        print(evaluation_json(evaluation))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(evaluation_text(evaluation, width=width))


def _serve(options: argparse.Namespace) -> None:
    from index.watch import watching
    from ui.mcp import require_mcp, serve_stdio
    from ui.web import serve

    if options.mcp:
        require_mcp()
    with _open_library(options) as library:
        _update(library)
        with watching(library, on_report=lambda report: _say(report_line(report))):
            if options.mcp == "stdio":
                serve_stdio(library)
                return
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever manages services stops them so
            serve(
                library,
                host=options.host,
                port=options.port,
                mcp=options.mcp is not None,
                read_only=options.read_only,
                open_browser=options.open,
                on_ready=lambda url: print(f"On the Record is ready at {url} (Ctrl-C stops it)", flush=True),
            )


def _open_library(options: argparse.Namespace) -> Library:
    from index.library import Library
    from index.settings import load_settings

    return Library(load_settings(seeds=options.seeds, store=options.store))


def _update(library: Library) -> None:
    """Bring the index up to date where the folder has changed; says so on standard error."""
    with Progress() as progress:
        report = library.update(on_progress=progress.show)
    if report is not None and report.did_anything:
        _say(report_line(report))


def _print_report(report: Report, *, as_json: bool) -> None:
    print(json.dumps(asdict(report), ensure_ascii=False) if as_json else report_table(report), flush=True)


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr, flush=True)
