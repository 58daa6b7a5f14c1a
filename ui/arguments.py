"""The command line's commands and their options, as a parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from ui.citing.formats import FORMATS

LISTED = 50  # statements or speakers that a table lists by default

Command = Callable[[argparse.Namespace], int | None]


def make_parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """The parser; the options that it reads have the command to run, one of `commands` by name, as `run`."""
    parser = argparse.ArgumentParser(
        prog="onrecord",
        description="Ask a folder of news articles a question; get an answer in their own sentences, each cited.",
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and exit")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    folders = argparse.ArgumentParser(add_help=False)
    _add_folders(folders)
    for name, (text, add_options) in _COMMANDS.items():
        description = f"{text[:1].upper()}{text[1:]}."
        command = subparsers.add_parser(name, parents=[folders], help=text, description=description)
        command.set_defaults(run=commands[name])
        add_options(command)
    return parser


def _add_folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seeds", metavar="DIR", help="the folder of articles (default: seeds)")
    command.add_argument("--store", metavar="DIR", help="the folder of the index (default: .onrecord beside the seeds)")


def _add_ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("question", nargs="?", help="the question, in quotes")
    how = ask.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print the whole answer as one line of JSON")
    _add_format(how)
    how.add_argument(
        "--batch",
        metavar="FILE",
        help='answer each line {"id", "question", "history"} of a JSON Lines file (- for standard input)',
    )
    _add_filters(ask)


def _add_quotes(quotes: argparse.ArgumentParser) -> None:
    _add_filters(quotes)
    quotes.add_argument("--about", metavar="TOPIC", help="only what was said on this topic, most relevant first")
    quotes.add_argument(
        "--limit",
        type=_read_limit,
        metavar="N",
        help=f"list at most N (default: {LISTED}, with --json or --format all)",
    )
    how = quotes.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print each as a line of JSON")
    _add_format(how)


def _add_format(how: Any) -> None:
    how.add_argument("--format", choices=tuple(FORMATS), help="print it as other programs read or people paste it")


def _add_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument("--speaker", metavar="NAME", help="only what this person or group said")
    command.add_argument("--source", metavar="NAME", help="only from articles of this outlet")
    command.add_argument(
        "--since", metavar="DATE", help="only from this day, month or year on: 2024-12-10, 2024-12, 2024"
    )
    command.add_argument("--until", metavar="DATE", help="only up to this day, month or year")
    command.add_argument("--article", metavar="PATH", help="only from this article of the seeds folder")


def _add_copies(copies: argparse.ArgumentParser) -> None:
    copies.add_argument("--article", metavar="PATH", help="only those of this article, and how they differ from it")
    copies.add_argument("--json", action="store_true", help="print each group, or each copy, as a line of JSON")


def _add_actions(
    command: argparse.ArgumentParser, chosen: str, metavar: str, *, json: str
) -> Callable[[str, str], argparse.ArgumentParser]:
    """Return what adds an action to a command, by its name and its help; the option `chosen` has the name.

    `json` is the help of the option --json of an action.
    """
    # Options after the action must not undo with their defaults what stands before it.
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_folders(common)
    common.add_argument("--json", action="store_true", help=json)
    actions = command.add_subparsers(metavar=metavar)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, parents=[common], help=text, description=f"{text[:1].upper()}{text[1:]}.")
        action.set_defaults(**{chosen: name})
        return action

    return add


def _add_people(people: argparse.ArgumentParser) -> None:
    people.description = (
        "List the corrections of who is who and what may be one person under two names, or make a correction. "
        "Corrections are kept in people.toml in the folder of articles."
    )
    people.add_argument("--json", action="store_true", help="print it as one line of JSON")
    people.set_defaults(correct=None)
    add = _add_actions(people, "correct", "CORRECTION", json="print the correction as one line of JSON")
    one = add("merge", "two names are one person")
    one.add_argument("person", metavar="NAME", help="whose statements are the other's")
    one.add_argument("into", metavar="INTO", help="the person, who keeps this name")
    one = add("split", "what a person says in some articles is by another")
    one.add_argument("person", metavar="NAME", help="the person to split")
    one.add_argument(
        "--article", metavar="PATH", action="append", required=True, help="an article of the other; may be repeated"
    )
    one.add_argument("--as", dest="name", metavar="NAME", required=True, help="what the other is called")
    one = add("rename", "a person is called by another name")
    one.add_argument("person", metavar="NAME", help="the person to rename")
    one.add_argument("name", metavar="NEW", help="the new name")
    one = add("role", "a person is shown with another role")
    one.add_argument("person", metavar="NAME", help="the person")
    one.add_argument("role", metavar="ROLE", help="the role")
    one = add("not-a-person", "a name is not a person's: what it says is nobody's")
    one.add_argument("person", metavar="NAME", help="the name")
    one = add("statement", "a sentence is by somebody else, or by nobody")
    one.add_argument("--article", metavar="PATH", required=True, help="the article that it is in")
    one.add_argument("--text", metavar="TEXT", required=True, help="the sentence, or words that only it has")
    to = one.add_mutually_exclusive_group(required=True)
    to.add_argument("--to", metavar="NAME", help="whose statement it is")
    to.add_argument("--to-nobody", dest="to", action="store_const", const="", help="it is nobody's")
    one = add("undo", "take back the last correction, or one by its number in the list")
    one.add_argument("number", metavar="NUMBER", nargs="?", type=_read_number, help="the number in the list")


def _add_watch(watch: argparse.ArgumentParser) -> None:
    watch.description = (
        "Watch a question, a person, a topic or an outlet: list what is watched, add to it or remove from it, or print "
        "what is new since the last run. Watches are kept in watches.toml in the folder of articles."
    )
    watch.add_argument("--json", action="store_true", help="print it as lines of JSON")
    watch.set_defaults(do="list")
    add = _add_actions(watch, "do", "ACTION", json="print it as lines of JSON")
    add("list", "list what is watched, with how much of it is unread")
    one = add("add", "watch a question, a person, a topic or an outlet, or what is said by one on another")
    one.add_argument("question", metavar="QUESTION", nargs="?", default="", help="the question, in quotes")
    one.add_argument("--speaker", metavar="NAME", default="", help="what this person or group says")
    one.add_argument("--about", metavar="TOPIC", default="", help="what is about this topic")
    one.add_argument("--source", metavar="NAME", default="", help="what is in articles of this outlet")
    one = add("remove", "watch something no longer")
    one.add_argument("id", metavar="ID", help="its id in the list, or the beginning of it")
    add("run", "bring the index up to date and print what is new since the last run, for cron")


def _add_index(index: argparse.ArgumentParser) -> None:
    index.add_argument("--watch", action="store_true", help="then follow every change until Ctrl-C")
    index.add_argument("--json", action="store_true", help="print the report as one line of JSON")
    index.add_argument("--strict", action="store_true", help="exit with 1 if a file was skipped")
    index.add_argument("--no-wait", action="store_true", help="exit at once if another process is writing")


def _add_status(status: argparse.ArgumentParser) -> None:
    status.add_argument("--json", action="store_true", help="print it as one line of JSON")


def _add_eval(evaluation: argparse.ArgumentParser) -> None:
    evaluation.epilog = (
        'A line of FILE is {"question": "…", "evidence": [[{"article": "path", "text": "a sentence of it"}]]}. '
        "evidence is a list of what an answer needs, each a list of alternatives; [] means that the articles do not "
        'answer. "type", "history" and "relevant" may be given too.'
    )
    evaluation.add_argument("questions", metavar="FILE", help="a JSON Lines file of questions")
    evaluation.add_argument(
        "--report",
        metavar="FILE",
        help="write a Markdown report too, and beside it its picture with the same name and .svg",
    )
    evaluation.add_argument(
        "--json", action="store_true", help="print the figures and each outcome as one line of JSON"
    )


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    serve.add_argument("--port", type=_read_port, default=7860, help="the port to listen at (default: 7860)")
    serve.add_argument(
        "--mcp",
        nargs="?",
        const="http",
        choices=("http", "stdio"),
        help="offer MCP clients what only reads, such as ask and quotes, as tools at /mcp; with stdio, offer only "
        "these, over standard input and output",
    )
    serve.add_argument(
        "--read-only",
        action="store_true",
        help="let nobody add or remove articles, correct people or sync in the browser",
    )
    serve.add_argument("--open", action="store_true", help="open a browser window")


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "ask": ("answer a question from the articles", _add_ask),
    "quotes": ("list who speaks in the articles, or what they said", _add_quotes),
    "copies": ("list the articles that are copies of one another, such as wire copy", _add_copies),
    "people": ("list and correct who is who", _add_people),
    "watch": ("watch questions, people and topics, and print what is new", _add_watch),
    "index": ("bring the index up to date with the folder of articles", _add_index),
    "status": ("show what is in the index, and what in the folder it has not seen yet", _add_status),
    "eval": ("measure how well the index answers questions whose answers you know", _add_eval),
    "serve": ("open the conversation in a browser", _add_serve),
}


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # takes as long to import as all of the command line

        print(f"onrecord {version('onrecord')}")
        parser.exit()


def _read_port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
    return port


def _read_number(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number in the list; give one from 1")
    return number


def _read_limit(text: str) -> int:
    limit = int(text) if text.isdecimal() else 0
    if limit < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit; give a number from 1")
    return limit
