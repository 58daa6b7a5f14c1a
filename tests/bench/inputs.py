"""The articles and questions that a bench measures with: options on the command line in, a library and questions out.

By default they are the project's own, in `tests/quality/`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from index.errors import OnRecordError
from index.library import Library
from index.settings import load_settings
from qa import load_questions

QUALITY = Path(__file__).parents[1] / "quality"


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser whose help is a bench's docstring, line by line."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def read_pair(parser: argparse.ArgumentParser, about: str, default: str, **options: Any) -> argparse.Namespace:
    """Parse the command line with `--articles DIR` and an option `about` that names files about those articles.

    Without either of them, the project's own are taken: its articles and the file `default`. `options` are those of
    `about`. One of them alone, and a folder or file that is not there, ends the program with a line that says so.
    """
    parser.add_argument("--articles", type=Path, metavar="DIR", help="their folder (default: the project's own)")
    parser.add_argument(f"--{about}", type=Path, metavar="FILE", **options)
    given = parser.parse_args()
    files = getattr(given, about)
    if (given.articles is None) != (files is None):
        fail(parser, f"--articles and --{about} go together: give both, or neither to use those of {QUALITY}.")
    if given.articles is None:
        given.articles, files = QUALITY / "articles", QUALITY / default
        setattr(given, about, [files] if options.get("nargs") else files)
    if not given.articles.is_dir():
        fail(parser, f"{given.articles} is not a folder. Give a folder of articles with --articles.")
    return given


def read_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Parse the command line of a bench that asks questions.

    Of the result, `articles` and `store` are what `open_library` takes, `questions` holds the questions of all files
    and `file_of` the number of each one's file.
    """
    parser.add_argument("--store", type=Path, metavar="DIR", help="the folder of their index (default: beside them)")
    about = "one file or more of questions, as `onrecord eval` takes them (default: the project's own)"
    options = read_pair(parser, "questions", "questions.jsonl", nargs="+", help=about)
    options.files, options.questions, options.file_of = options.questions, [], []
    for number, file in enumerate(options.files):
        try:
            found = load_questions(file)
        except OnRecordError as error:
            fail(parser, str(error))
        options.questions += found
        options.file_of += [number] * len(found)
    return options


@contextmanager
def open_library(options: argparse.Namespace) -> Iterator[Library]:
    """Open the index of a bench's articles, up to date, for a `with` block; an OnRecordError ends the program."""
    try:
        with Library(load_settings(seeds=options.articles, store=options.store)) as library:
            library.update()
            yield library
    except OnRecordError as error:
        sys.exit(str(error))


def fail(parser: argparse.ArgumentParser, line: str) -> NoReturn:
    """End the program with a line that says what is wrong."""
    parser.exit(2, f"{parser.prog}: {line}\n")
