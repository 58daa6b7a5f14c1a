"""The command line: `onrecord ask`, `quotes`, `copies`, `people`, `watch`, `index`, `status`, `eval` and `serve`.

Answers go to standard output, everything else to standard error. Exit codes: 0 done (a refusal is an answer too),
1 something the user can fix, 2 a wrong command line, 130 interrupted.
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
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import CorrectionError, OnRecordError, QuestionError
from ui.arguments import LISTED, Command, make_parser
from ui.text.report import Progress, printable, report_line, report_table, status_table
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library
    from index.speech.corrections import Correction
    from index.sync import Report
    from qa.filters import Filters


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without “ and ” still shows the answer
    try:
        try:
            options = make_parser(_COMMANDS).parse_args(arguments)
            return options.run(options) or 0
        finally:
            sys.stdout.flush()  # here, where a closed pipe is not an error, and after --help too
    except OnRecordError as error:
        print(f"onrecord: {printable(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of a pipe has seen enough; Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


def _ask(options: argparse.Namespace) -> None:
    if (options.question is None) == (options.batch is None):
        raise QuestionError('give one question, in quotes, or --batch FILE. Like this: onrecord ask "Who said what?"')
    if options.batch is not None:
        from ui.batch import answer_batch, read_batch

        batch = read_batch(options.batch)
    else:
        from qa.question import read_question

        read_question(options.question)  # report a wrong question before the index is opened

    filters = _read_filters(options)

    from qa.ask import answer_question
    from qa.copies import list_copies

    with _open_library(options) as library:
        _update(library)
        filters = _find_article(filters, library)
        if options.batch is not None:
            for asked in batch:
                print(json.dumps(answer_batch(library, asked, filters), ensure_ascii=False), flush=True)
            return
        answer = answer_question(library, options.question, filters=filters)
        copies = list_copies(library, answer.citations or answer.closest)
        if options.format is not None:
            from ui.citing.cite import write

            _print_cited(write(answer, options.format, library.read_text, copies))
            if not answer.answered:
                _print_note(f"no answer on the record: {answer.reason}")
            return
    if options.json:
        print(answer.to_json())
    else:
        from ui.text.answer import answer_text

        print(answer_text(answer, copies, bold=_shows_bold()))


def _shows_bold() -> bool:
    """Whether standard output is a terminal whose user has not turned styles off: see https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print_cited(text: str) -> None:
    """Print what is cited in a format for other systems; nothing if nothing is."""
    if text:
        print(text.removesuffix("\n"))


def _quotes(options: argparse.Namespace) -> None:
    from qa.filters import NO_FILTERS
    from qa.statements import count_quotes, list_quotes, match_voice, read_topic
    from ui.text.listing import explain_match, speakers_table, statements_table

    # Report wrong options before the index is opened.
    filters = _read_filters(options)
    if options.about is not None:
        read_topic(options.about)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    limit = options.limit or (None if options.json or options.format else LISTED)

    if options.format is not None and options.about is None and filters == NO_FILTERS:
        raise QuestionError(
            "--format writes statements: say whose, or which, with --speaker, --about or another filter."
        )
    with _open_library(options) as library:
        _update(library)
        if options.about is None and filters == NO_FILTERS:
            counts = count_quotes(library)
            if not options.json:
                print(speakers_table(counts, limit=limit or len(counts), width=width))
            for speaker, number in counts[:limit] if options.json else ():
                line = {"speaker": speaker.name, "also": speaker.also, "kind": speaker.kind, "statements": number}
                print(json.dumps(line, ensure_ascii=False))
            return
        match = match_voice(library, options.speaker) if options.speaker is not None else None
        filters = _find_article(filters, library)
        found = list_quotes(library, filters, about=options.about, speaker=match.speaker if match else None)
        if match and (note := explain_match(options.speaker, match)):
            _print_note(note)
        if options.format is not None:
            from ui.citing.cite import write

            _print_cited(write(found[:limit], options.format, library.read_text))
            return
    if options.json:
        for statement in found[:limit]:
            print(json.dumps(asdict(statement), ensure_ascii=False))
    else:
        name = match.speaker.name if match else None
        print(statements_table(found, name, limit=limit or len(found), width=width))


def _copies(options: argparse.Namespace) -> None:
    from ui.text.copies import copies_json, copies_text, groups_json, groups_text

    with _open_library(options) as library:
        _update(library)
        if options.article is None:
            print(groups_json(library) if options.json else groups_text(library), end="")
        else:
            article = _find_id(options.article, library)
            print(copies_json(library, article) if options.json else copies_text(library, article), end="")


def _people(options: argparse.Namespace) -> None:
    from ui.text.people import corrections_json, corrections_text, describe, to_fields

    with _open_library(options) as library:
        _update(library)
        if options.correct is None:
            print(corrections_json(library) if options.json else corrections_text(library))
            return
        correction = _undo(library, options.number) if options.correct == "undo" else _correct(library, options)
    done = "Undone" if options.correct == "undo" else "Corrected"
    line = json.dumps(to_fields(correction), ensure_ascii=False) if options.json else f"{done}: {describe(correction)}."
    print(line)


def _correct(library: Library, options: argparse.Namespace) -> Correction:
    """Make the correction that the options describe."""
    from qa import people

    match options.correct:
        case "merge":
            return people.merge(library, options.person, options.into)
        case "split":
            articles = [_find_id(article, library) for article in options.article]
            return people.split(library, options.person, articles, options.name)
        case "rename":
            return people.rename(library, options.person, options.name)
        case "role":
            return people.set_role(library, options.person, options.role)
        case "not-a-person":
            return people.mark_as_no_person(library, options.person)
    return people.give_statement(library, _find_id(options.article, library), options.text, options.to)


def _undo(library: Library, number: int | None) -> Correction:
    """Take back a correction by its number, from 1, or with None the last one."""
    with library.reading():
        made = library.roster.corrections.made
    if not made:
        raise CorrectionError("there is no correction to undo")
    if number is not None and number > len(made):
        raise CorrectionError(f"there is no correction {number}: the last one is {len(made)}")
    correction = made[(number or len(made)) - 1]
    library.undo(correction)
    return correction


def _watch(options: argparse.Namespace) -> None:
    from ui.watching import run_watch

    with _open_library(options) as library:
        _update(library)
        run_watch(library, options)


def _read_filters(options: argparse.Namespace) -> Filters:
    from qa.filters import FILTER_NAMES, Filters

    return Filters(**{name: getattr(options, name) for name in FILTER_NAMES})


def _find_article(filters: Filters, library: Library) -> Filters:
    """The filters with the id of an article instead of its path, which a shell may have completed."""
    return filters if filters.article is None else replace(filters, article=_find_id(filters.article, library))


def _find_id(article: str, library: Library) -> str:
    """The id of an article, given that or its path, which a shell may have completed."""
    if article not in library.records:
        with suppress(ValueError):
            return Path(article).resolve().relative_to(library.settings.seeds.resolve()).as_posix()
    return article


def _index(options: argparse.Namespace) -> int:
    with _open_library(options) as library:
        with Progress() as progress:
            report = library.sync(on_progress=progress.show, wait=not options.no_wait, on_wait=_print_note)
        _print_report(report, as_json=options.json)
        if options.watch:
            from index.watch import watch

            _print_note(f"watching {library.settings.seeds} (Ctrl-C stops it)")
            watch(library, threading.Event(), on_report=lambda report: _print_report(report, as_json=options.json))
        library.finish_merge()
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

    # Report wrong files before the index is opened.
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
    from ui.newsroom import finding_news
    from ui.web import serve

    if options.mcp:
        require_mcp()
    with _open_library(options) as library:
        _update(library)
        with watching(library, on_report=lambda report: _print_note(report_line(report))):
            if options.mcp == "stdio":
                with finding_news(library):
                    serve_stdio(library)
                return
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # service managers stop a service with it
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
    """Bring the index up to date if the folder has changed, with a note on standard error."""
    with Progress() as progress:
        report = library.update(on_progress=progress.show)
    if report is not None and report.did_anything:
        _print_note(report_line(report))


def _print_report(report: Report, *, as_json: bool) -> None:
    print(json.dumps(asdict(report), ensure_ascii=False) if as_json else report_table(report), flush=True)


def _print_note(line: str) -> None:
    print(printable(line), file=sys.stderr, flush=True)


_COMMANDS: dict[str, Command] = {
    "ask": _ask,
    "quotes": _quotes,
    "copies": _copies,
    "people": _people,
    "watch": _watch,
    "index": _index,
    "status": _status,
    "eval": _eval,
    "serve": _serve,
}
