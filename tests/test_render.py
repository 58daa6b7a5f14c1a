from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from index.english.dates import format_date
from index.values import Article, ArticleRecord, Locator, Statement
from qa.answer import Answer, Citation
from ui.citing.quotations import answer_fragment
from ui.pages.ask.answer import answer_html, cards_html
from ui.source import article_html
from ui.text.answer import NO_COPIES, answer_markdown, answer_text, no_link
from ui.wording import describe_also, describe_places, describe_voice

TEXT = "The mayor spoke.\n“We will build it,” Ana Ruiz said. Work starts in May.\n"

ARTICLE = Article(
    id="city/bridge.txt",
    title="A bridge at last",
    text=TEXT,
    digest="0" * 64,
    source="City Wire",
    author="Lee Park",
    published="2024-12-10",
    url="https://news.example/bridge",
)


def cite(
    number: int, text: str, article: Article = ARTICLE, *, speaker: str | None = None, speech: str | None = None
) -> Citation:
    start = article.text.index(text)
    return Citation(
        number=number,
        article_id=article.id,
        digest="d1",
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        url=article.url,
        start=start,
        end=start + len(text),
        text=text,
        speaker=speaker,
        speech=speech,
        statements=(),
        locator=None,
        gloss=None,
        words=None,
        context=False,
        score=1.0,
    )


PROMISE = cite(1, "“We will build it,” Ana Ruiz said.", speaker="Ana Ruiz", speech="direct")
START = cite(2, "Work starts in May.")

ANSWER = Answer(
    question="What did Ruiz say?",
    answered=True,
    reason="",
    note="",
    text="“We will build it,” Ana Ruiz said. [1] Work starts in May. [2]",
    citations=(PROMISE, START),
    closest=(),
    confidence=0.9,
    mode="quotes",
    seconds=0.1,
)

REFUSAL = replace(
    ANSWER,
    answered=False,
    reason="No article mentions soup.",
    text="",
    citations=(),
    closest=(replace(START, number=1),),
    confidence=0.1,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"'` [a](javascript:alert(3)) **bold** \u202eevil"

HOSTILE_ARTICLE = Article(
    id="<b>.txt",
    title=HOSTILE,
    text=f"{HOSTILE}\nA second line.",
    digest="0" * 64,
    source=HOSTILE,
    author=HOSTILE,
    published='"><script>alert(4)</script>',
    url="javascript:alert(5)",
)


class Page(HTMLParser):
    """The tags, links and text of some HTML, as a parser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def body_of(html: str) -> str:
    return html[html.index('<div class="text">') :]


def test_answer_text_is_sentences_then_sources() -> None:
    assert answer_text(ANSWER) == (
        "Ana Ruiz: “We will build it,” Ana Ruiz said. [1]\n"
        "Work starts in May. [2]\n"
        "\n"
        "Sources\n"
        "[1] Ana Ruiz, quoted in A bridge at last, City Wire, 10 December 2024 (city/bridge.txt, 17–51)\n"
        "[2] A bridge at last, City Wire, 10 December 2024 (city/bridge.txt, 52–71)"
    )


EVENT = replace(PROMISE, when="2024-12-09")
TIMELINE = replace(ANSWER, citations=(EVENT, replace(START, when="2024-12-10")), mode="timeline")
HELP = replace(ANSWER, text="Ask what they say.\n- What did <b> say?", citations=(), mode="help")


def test_a_timeline_is_a_line_of_dates() -> None:
    assert answer_text(TIMELINE).splitlines()[:3] == [
        "9 December 2024: “We will build it,” Ana Ruiz said. [1]",
        "10 December 2024: Work starts in May. [2]",
        "",
    ]
    assert answer_markdown(TIMELINE).startswith(
        "**9 December 2024**\n\n> “We will build it,” Ana Ruiz said. \\[1\\]\n\n**10 December 2024**"
    )
    written = answer_fragment(TIMELINE, NO_COPIES, no_link)
    assert written.startswith(
        "<p><strong>9 December 2024</strong></p>\n<blockquote>“We will build it,” Ana Ruiz said. [1]</blockquote>\n"
        "<p><strong>10 December 2024</strong></p>"
    )
    html = answer_html(TIMELINE)
    assert html.count('<li><p class="when">') == 2
    assert html.index("9 December 2024") < html.index("10 December 2024")


def test_a_summary_has_no_labels() -> None:
    summary = replace(ANSWER, mode="summary")
    assert answer_text(summary).startswith("“We will build it,” Ana Ruiz said. [1] Work starts in May. [2]\n")
    assert answer_fragment(summary, NO_COPIES, no_link).startswith(
        "<blockquote>“We will build it,” Ana Ruiz said. [1] Work"
    )
    assert 'class="voice"' not in answer_html(summary)


def test_the_programs_own_words_are_no_quotation() -> None:
    """They have no sources, and their questions can be asked."""
    assert answer_text(HELP) == "Ask what they say.\n- What did <b> say?"
    assert answer_markdown(HELP) == "Ask what they say.\n\n- What did &lt;b&gt; say?"
    written = answer_fragment(HELP, NO_COPIES, no_link)
    assert written == "<p>Ask what they say.</p>\n<ul><li>What did &lt;b&gt; say?</li></ul>"
    page = Page(answer_html(HELP))
    assert page.tags == ["div", "div", "p", "button"]
    assert ("class", "example") in page.attributes
    assert page.text == "Ask what they say.What did <b> say?"


def test_refusal_text_offers_the_closest_sentence_as_no_answer() -> None:
    assert answer_text(REFUSAL) == (
        "No answer on the record. No article mentions soup.\n"
        "\n"
        "Closest (not an answer): Work starts in May.\n"
        "    A bridge at last, City Wire, 10 December 2024 (city/bridge.txt, 52–71)"
    )


def test_a_refusal_with_several_closest_sentences_says_once_that_they_are_no_answer() -> None:
    refusal = replace(REFUSAL, closest=(PROMISE, START))
    quoted = "Ana Ruiz, quoted in A bridge at last, City Wire, 10 December 2024 (city/bridge.txt, 17–51)"
    assert answer_text(refusal) == (
        "No answer on the record. No article mentions soup.\n"
        "\n"
        "Closest sentences (not an answer):\n"
        "\n"
        "“We will build it,” Ana Ruiz said.\n"
        f"    {quoted}\n"
        "\n"
        "Work starts in May.\n"
        "    A bridge at last, City Wire, 10 December 2024 (city/bridge.txt, 52–71)"
    )
    assert answer_markdown(refusal) == (
        "**No answer on the record.** No article mentions soup.\n"
        "\n"
        "Closest sentences, not an answer:\n"
        "\n"
        "> “We will build it,” Ana Ruiz said.\n"
        "\n"
        "Ana Ruiz, quoted in [A bridge at last](<https://news.example/bridge>), City Wire, 10 December 2024 "
        "(city/bridge.txt, 17–51)\n"
        "\n"
        "> Work starts in May.\n"
        "\n"
        "[A bridge at last](<https://news.example/bridge>), City Wire, 10 December 2024 (city/bridge.txt, 52–71)"
    )
    html = answer_html(refusal)
    assert '<p class="closest-heading">Closest sentences, not an answer</p>' in html
    assert [html.count(f'data-opens="closest" data-place="{place}"') for place in range(3)] == [1, 1, 0]


def test_answer_text_cannot_steer_a_terminal() -> None:
    citation = replace(PROMISE, text="red \x1b[31malert\x07 \u202eback\r\nnext", source=None, speaker=None)
    shown = answer_text(replace(ANSWER, citations=(citation,)))
    assert shown.splitlines()[0] == "red \ufffd[31malert\ufffd \ufffdback next [1]"


def test_answer_markdown() -> None:
    assert answer_markdown(ANSWER) == (
        "**Ana Ruiz**\n\n> “We will build it,” Ana Ruiz said. \\[1\\]\n\n"
        "**City Wire**\n\n> Work starts in May. \\[2\\]\n\n"
        "- \\[1\\] Ana Ruiz, quoted in [A bridge at last](<https://news.example/bridge>), City Wire, 10 December 2024 "
        "(city/bridge.txt, 17–51)\n"
        "- \\[2\\] [A bridge at last](<https://news.example/bridge>), City Wire, 10 December 2024 "
        "(city/bridge.txt, 52–71)"
    )


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),  # HTML is allowed in Markdown
        ("*a* _b_ `c` ~d~", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~"),  # emphasis and code
        ("[x](javascript:y) ![z](q)", "\\[x\\]\\(javascript:y\\) \\!\\[z\\]\\(q\\)"),  # links and images
        ("# not a heading", "\\# not a heading"),
        ("1. not a list", "1\\. not a list"),
        ("- nor this", "\\- nor this"),
        ("see https://a.example and www.b.example", "see https\\://a.example and www\\.b.example"),  # GitHub's links
        ("two\n\nparagraphs", "two paragraphs"),  # a blank line would end the quotation
    ],
)
def test_markdown_in_an_article_is_text(text: str, markdown: str) -> None:
    citation = replace(PROMISE, text=text, speaker=None, source=None)
    assert answer_markdown(replace(ANSWER, citations=(citation,))).split(" \\[1\\]")[0] == f"> {markdown}"


def test_markdown_links_only_to_the_web() -> None:
    citation = replace(PROMISE, url="javascript:alert(1)")
    assert "](<" not in answer_markdown(replace(ANSWER, citations=(citation,)))


def test_answer_html_is_quotations_with_chips_and_sources() -> None:
    html = answer_html(ANSWER)
    assert html == (
        '<div class="answer">'
        '<figure class="quotation"><p class="voice"><bdi>Ana Ruiz</bdi></p><blockquote dir="auto">'
        '<span class="sentence">“We will build it,” Ana Ruiz said.</span>'
        '<button type="button" class="chip" data-opens="citation" data-place="0" data-number="1" '
        'aria-label="Source 1: A bridge at last">1</button>'
        "</blockquote></figure>"
        '<figure class="quotation"><p class="voice"><bdi>City Wire</bdi></p><blockquote dir="auto">'
        '<span class="sentence">Work starts in May.</span>'
        '<button type="button" class="chip" data-opens="citation" data-place="1" data-number="2" '
        'aria-label="Source 2: A bridge at last">2</button>'
        "</blockquote></figure>"
        '<ul class="sources" aria-label="Sources"><li><span class="numbers">1</span> <bdi>Ana Ruiz, quoted in</bdi> '
        "<cite><bdi>A bridge at last</bdi></cite> · <bdi>City Wire</bdi> · "
        '<bdi class="date">10 December 2024</bdi></li><li><span class="numbers">2</span> '
        "<cite><bdi>A bridge at last</bdi></cite> · <bdi>City Wire</bdi> · "
        '<bdi class="date">10 December 2024</bdi></li></ul></div>'
    )


def test_sentences_that_stand_apart_in_the_article_are_quoted_apart() -> None:
    mayor = cite(1, "The mayor spoke.")
    promise, start = replace(PROMISE, number=2, speaker=None), replace(START, number=3)
    assert answer_html(replace(ANSWER, citations=(mayor, promise, start))).count("<blockquote") == 1
    apart = replace(ANSWER, citations=(mayor, start))
    assert answer_html(apart).count("<blockquote") == 2
    assert answer_text(apart).splitlines()[:2] == [
        "The mayor spoke. [1]",
        "Work starts in May. [3]",
    ]
    assert "> The mayor spoke. \\[1\\]\n>\n> Work starts in May. \\[3\\]" in answer_markdown(apart)


# A pronoun for Ruiz, and a sentence earlier in the article that explains what she means.
PRONOUN = Article(
    id="city/toll.txt",
    title="The toll",
    text="The toll is two euros. She said it will fall. “It is too high.”",
    digest="0" * 64,
)
FALL = replace(
    cite(1, "She said it will fall.", PRONOUN, speaker="Ana Ruiz", speech="indirect"), gloss=(3, "Ana <b> Ruiz")
)
HIGH = cite(2, "“It is too high.”", PRONOUN, speaker="Ana Ruiz", speech="direct")
TOLL = replace(cite(3, "The toll is two euros.", PRONOUN), context=True)
EXPLAINED = replace(ANSWER, note="No “Ruis” speaks here; taking Ana Ruiz.", citations=(TOLL, FALL, HIGH))


def test_gloss_context_and_note_in_text() -> None:
    assert answer_text(EXPLAINED) == (
        "No “Ruis” speaks here; taking Ana Ruiz.\n"
        "Ana Ruiz: She [Ana <b> Ruiz] said it will fall. [1] “It is too high.” [2]\n"
        "Context: The toll is two euros. [3]\n"
        "\n"
        "Sources\n"
        "[3] Context: The toll (city/toll.txt, 0–22)\n"
        "[1] Ana Ruiz, reported in The toll (city/toll.txt, 23–45)\n"
        "[2] Ana Ruiz, quoted in The toll (city/toll.txt, 46–63)"
    )


def test_gloss_context_and_note_in_markdown() -> None:
    assert answer_markdown(EXPLAINED).split("\n\n") == [
        "No “Ruis” speaks here; taking Ana Ruiz.",
        "**Ana Ruiz**",
        "> She \\[Ana &lt;b&gt; Ruiz\\] said it will fall. \\[1\\] “It is too high.” \\[2\\]",
        "**Context**",
        "> The toll is two euros. \\[3\\]",
        "- \\[3\\] Context: The toll (city/toll.txt, 0–22)\n"
        "- \\[1\\] Ana Ruiz, reported in The toll (city/toll.txt, 23–45)\n"
        "- \\[2\\] Ana Ruiz, quoted in The toll (city/toll.txt, 46–63)",
    ]


def test_gloss_context_and_note_in_html() -> None:
    html = answer_html(EXPLAINED)
    assert '<p class="note" dir="auto">No “Ruis” speaks here; taking Ana Ruiz.</p>' in html
    gloss = '<span class="gloss"> [<bdi>Ana &lt;b&gt; Ruiz</bdi>]</span>'
    assert f'<span class="sentence">She{gloss} said it will fall.</span>' in html
    assert html.index('<figure class="quotation"><p class="voice"><bdi>Ana Ruiz</bdi></p>') < html.index(
        '<figure class="quotation context"><p class="voice"><bdi>Context</bdi></p><blockquote dir="auto">'
        '<span class="sentence">The toll is two euros.</span>'
    )
    assert '<li><span class="numbers">3</span> <bdi>Context:</bdi> <cite>' in html


B, E = "\x1b[1m", "\x1b[0m"
GLOSS = '<span class="gloss"> [<bdi>Ruiz</bdi>]</span>'

# A sentence with | around the words that answer and + where a name explains a pronoun; then what is shown of it on the
# page, in a terminal and in Markdown.
ANSWERING = [
    (
        "no name",
        "The toll is |two euros|.",
        "The toll is <mark>two euros</mark>.",
        f"The toll is {B}two euros{E}.",
        "The toll is **two euros**.",
    ),
    (
        "the name before the words",
        "She+ said it falls |in May|.",
        f"She{GLOSS} said it falls <mark>in May</mark>.",
        f"She [Ruiz] said it falls {B}in May{E}.",
        "She \\[Ruiz\\] said it falls **in May**.",
    ),
    (
        "the name after the words",
        "|It falls|, she+ said.",
        f"<mark>It falls</mark>, she{GLOSS} said.",
        f"{B}It falls{E}, she [Ruiz] said.",
        "**It falls**, she \\[Ruiz\\] said.",
    ),
    (
        "the name explains the words",
        "|She|+ said it.",
        f"<mark>She</mark>{GLOSS} said it.",
        f"{B}She{E} [Ruiz] said it.",
        "**She** \\[Ruiz\\] said it.",
    ),
    (
        "the name within the words",
        "|She+ and two aides| said it.",
        f"<mark>She</mark>{GLOSS}<mark> and two aides</mark> said it.",
        f"{B}She{E} [Ruiz] {B}and two aides{E} said it.",
        "**She** \\[Ruiz\\] **and two aides** said it.",
    ),
    (
        "the name at the end",
        "|In May|, said she+",
        f"<mark>In May</mark>, said she{GLOSS}",
        f"{B}In May{E}, said she [Ruiz]",
        "**In May**, said she \\[Ruiz\\]",
    ),
    (
        "white space at the edges and within",
        "It falls| in\r\nMay |at last.",
        "It falls <mark>in&#13;\nMay</mark> at last.",
        f"It falls {B}in May{E} at last.",
        "It falls **in May** at last.",
    ),
    (
        "markup around and within",
        "<b>So & |<i>5 & *6*</i>| **#7**</b>",
        "&lt;b&gt;So &amp; <mark>&lt;i&gt;5 &amp; *6*&lt;/i&gt;</mark> **#7**&lt;/b&gt;",
        f"<b>So & {B}<i>5 & *6*</i>{E} **#7**</b>",
        "&lt;b&gt;So &amp; **&lt;i&gt;5 &amp; \\*6\\*&lt;/i&gt;** \\*\\*\\#7\\*\\*&lt;/b&gt;",
    ),
    (
        "stars at the edges",
        "So **|5|** and *6.",
        "So **<mark>5</mark>** and *6.",
        f"So **{B}5{E}** and *6.",
        "So \\*\\***5**\\*\\* and \\*6.",
    ),
    (
        "codes of a terminal around and within",
        "So \x1b[0m|5\x1b[31m|.",
        "So \x1b[0m<mark>5\x1b[31m</mark>.",
        f"So \ufffd[0m{B}5\ufffd[31m{E}.",
        "So \ufffd\\[0m**5\ufffd\\[31m**.",
    ),
    (
        "a sign after a letter, where Markdown knows no bold",
        "It costs US|$5| now.",
        "It costs US<mark>$5</mark> now.",
        f"It costs US{B}$5{E} now.",
        "It costs US\\$5 now.",
    ),
    (
        "a sign before a letter, where Markdown knows no bold",
        "See |www.|example.",
        "See <mark>www.</mark>example.",
        f"See {B}www.{E}example.",
        "See www\\.example.",
    ),
]


def answering(marked: str) -> Answer:
    """An answer of one sentence, given as in ANSWERING."""
    before, words, _ = marked.replace("+", "").split("|")
    plain = marked.replace("|", "")
    text = plain.replace("+", "")
    article = replace(PRONOUN, text=text)
    cited = replace(
        cite(1, text, article),
        words=(len(before), len(before) + len(words)),
        gloss=(plain.index("+"), "Ruiz") if "+" in plain else None,
    )
    return replace(ANSWER, citations=(cited,))


@pytest.mark.parametrize(
    ("marked", "html", "terminal", "markdown"), [pytest.param(*case, id=reason) for reason, *case in ANSWERING]
)
def test_the_words_that_answer_are_marked(marked: str, html: str, terminal: str, markdown: str) -> None:
    answer = answering(marked)
    assert f'<span class="sentence">{html}</span>' in answer_html(answer)
    assert answer_text(answer, bold=True).splitlines()[0] == f"{terminal} [1]"
    assert answer_text(answer).splitlines()[0] == f"{terminal.replace(B, '').replace(E, '')} [1]"
    assert answer_markdown(answer).splitlines()[0] == f"> {markdown} \\[1\\]"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((4, 4), id="nothing"),
        pytest.param((3, 4), id="white space"),
        pytest.param((8, 4), id="back to front"),
        pytest.param((-9, -1), id="before the start"),
        pytest.param((-9, 4), id="from before the start"),
        pytest.param((12, 23), id="past the end"),
        pytest.param((50, 60), id="after the end"),
    ],
)
def test_words_that_are_not_in_the_sentence_are_not_marked(words: tuple[int, int]) -> None:
    wrong, plain = (replace(ANSWER, citations=(replace(FALL, words=given),)) for given in (words, None))
    assert answer_html(wrong) == answer_html(plain)
    assert answer_text(wrong, bold=True) == answer_text(plain)
    assert answer_markdown(wrong) == answer_markdown(plain)
    assert article_html(PRONOUN, wrong.citations, 1) == article_html(PRONOUN, plain.citations, 1)


def test_the_card_marks_the_words_that_answer_in_the_sentence_as_it_is_in_the_article() -> None:
    html = cards_html(answering("|She+ & two aides| said it.").citations)
    assert '<p class="words" dir="auto"><mark>She &amp; two aides</mark> said it.</p>' in html


def test_a_refusal_has_its_note_and_says_who_speaks_in_what_is_closest() -> None:
    refusal = replace(EXPLAINED, answered=False, reason="She says nothing of it.", citations=(), closest=(FALL,))
    assert answer_text(refusal) == (
        "No “Ruis” speaks here; taking Ana Ruiz.\n"
        "No answer on the record. She says nothing of it.\n"
        "\n"
        "Closest (not an answer): She [Ana <b> Ruiz] said it will fall.\n"
        "    Ana Ruiz, reported in The toll (city/toll.txt, 23–45)"
    )
    html = answer_html(refusal)
    assert html.startswith('<div class="refusal"><p class="note" dir="auto">No “Ruis” speaks here')
    assert '<p class="closest-source"><bdi>Ana Ruiz, reported in</bdi> <cite>' in html


def test_refusal_html_has_no_chip() -> None:
    assert answer_html(REFUSAL) == (
        '<div class="refusal"><p class="verdict">No answer on the record.</p>'
        '<p class="reason" dir="auto">No article mentions soup.</p>'
        '<div class="closest"><p class="closest-heading">Closest sentence, not an answer</p>'
        '<blockquote dir="auto">Work starts in May.</blockquote>'
        '<p class="closest-source"><cite><bdi>A bridge at last</bdi></cite> · <bdi>City Wire</bdi> · '
        '<bdi class="date">10 December 2024</bdi> · '
        '<button type="button" class="closest-open" data-opens="closest" data-place="0">'
        "Read it in the article</button></p>"
        "</div></div>"
    )


def test_article_html_marks_every_citation_and_the_active_one_strongly() -> None:
    assert article_html(ARTICLE, (PROMISE, START), 1) == (
        '<article class="paper"><header><h2 dir="auto">A bridge at last</h2><p class="byline">'
        '<bdi>City Wire</bdi> · <bdi class="date">10 December 2024</bdi> · By <bdi>Lee Park</bdi> · '
        '<a href="https://news.example/bridge" target="_blank" rel="noopener noreferrer nofollow">'
        "<bdi>news.example</bdi></a> · "
        '<span class="path"><bdi>city/bridge.txt</bdi></span></p></header><div class="text">'
        '<p dir="auto">The mayor spoke.</p><span class="gap">\n</span>'
        '<p dir="auto"><mark class="active" data-number="1">“We will build it,” Ana Ruiz said.</mark> '
        '<mark data-number="2">Work starts in May.</mark></p><span class="gap">\n</span>'
        "</div></article>"
    )


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("One.\nTwo.", 0),  # a line is a paragraph
        ("\ufeffOne.\r\n\r\nTwo\r\nlines.\r\n", 1),  # byte-order mark, Windows newlines, blank lines
        ("---\ntitle: x\n---\n\n  One.\n\n\nTwo.\n\n", 14),  # front matter is not shown
        ("One\rTwo\x0cThree\u2028Four", 0),  # newlines that HTML does not treat as such
        ("\n\n\n", 0),
        ("", 0),
    ],
)
def test_article_html_keeps_every_character_of_the_body(text: str, body: int) -> None:
    html = article_html(replace(ARTICLE, text=text, body=body), (), 1)
    assert Page(body_of(html)).text == text[body:]


def test_paragraphs_follow_blank_lines_where_there_are_any() -> None:
    html = body_of(article_html(replace(ARTICLE, text="One\nand a half.\n\nTwo.\n"), (), 1))
    assert html == (
        '<div class="text"><p dir="auto">One\nand a half.</p><span class="gap">\n\n</span>'
        '<p dir="auto">Two.\n</p><span class="gap"></span></div></article>'
    )


def test_headline_is_not_said_twice_unless_cited() -> None:
    article = replace(ARTICLE, text=f"# {ARTICLE.title}\nIt opened.")
    assert '<p dir="auto" class="repeats-title"># A bridge at last</p>' in article_html(article, (), 1)
    headline = cite(1, ARTICLE.title, article)
    assert '<p dir="auto"># <mark class="active" data-number="1">A bridge at last</mark></p>' in article_html(
        article, (headline,), 1
    )


def test_citation_over_two_paragraphs_is_marked_in_both() -> None:
    html = body_of(article_html(ARTICLE, (cite(1, "spoke.\n“We will"),), 1))
    assert '<p dir="auto">The mayor <mark class="active" data-number="1">spoke.</mark></p>' in html
    assert '<p dir="auto"><mark class="active" data-number="1">“We will</mark> build it,”' in html


def test_overlapping_citations_are_cut_not_nested() -> None:
    html = body_of(article_html(ARTICLE, (cite(1, "The mayor"), cite(2, "mayor spoke")), 2))
    assert (
        '<p dir="auto"><mark data-number="1">The </mark><mark class="active" data-number="2">mayor</mark>'
        '<mark class="active" data-number="2"> spoke</mark>.</p>'
    ) in html


def test_the_words_that_answer_are_marked_in_the_article_where_their_citation_is_open() -> None:
    start = replace(START, words=(15, 18))
    assert (
        '<mark class="active" data-number="2">Work starts in </mark>'
        '<mark class="active answers" data-number="2">May</mark><mark class="active" data-number="2">.</mark></p>'
    ) in article_html(ARTICLE, (PROMISE, start), 2)
    assert article_html(ARTICLE, (PROMISE, start), 1) == article_html(ARTICLE, (PROMISE, START), 1)


def test_words_that_answer_over_two_paragraphs_are_marked_in_both() -> None:
    over = replace(cite(1, "mayor spoke.\n“We will"), words=(6, 16))
    html = body_of(article_html(ARTICLE, (over,), 1))
    assert '<mark class="active answers" data-number="1">spoke.</mark></p><span class="gap">\n</span>' in html
    assert '<p dir="auto"><mark class="active answers" data-number="1">“We</mark>' in html


def test_citation_that_the_article_no_longer_bears_out_is_not_marked() -> None:
    changed = replace(ARTICLE, text=f"Correction. {TEXT}")
    html = article_html(changed, (PROMISE,), 1)
    assert "<mark" not in html
    assert '<p class="stale" role="note">This article has changed since the answer was given' in html


def test_citation_of_another_article_is_not_marked() -> None:
    assert "<mark" not in article_html(ARTICLE, (replace(PROMISE, article_id="other.txt"),), 1)


@pytest.mark.parametrize("active", [1, 2])
def test_hostile_article_is_text(active: int) -> None:
    citations = (cite(1, HOSTILE, HOSTILE_ARTICLE, speaker=HOSTILE), cite(2, "A second line.", HOSTILE_ARTICLE))
    page = Page(article_html(HOSTILE_ARTICLE, citations, active))
    assert set(page.tags) <= {"article", "header", "h2", "p", "bdi", "span", "div", "mark"}
    assert {name for name, _ in page.attributes} == {"class", "dir", "data-number"}
    assert page.text.endswith(HOSTILE_ARTICLE.text)


@pytest.mark.parametrize("answered", [True, False])
def test_hostile_answer_is_text(answered: bool) -> None:
    citation = cite(1, HOSTILE, HOSTILE_ARTICLE, speaker=HOSTILE)
    answer = replace(
        ANSWER,
        question=HOSTILE,
        answered=answered,
        reason=HOSTILE,
        citations=(citation,) if answered else (),
        closest=() if answered else (citation,),
    )
    page = Page(answer_html(answer))
    assert not {"script", "img", "a", "b"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"href", "src", "style"}]
    assert HOSTILE in page.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "java\nscript:alert(1)",  # browsers drop the newline
        "https://",  # no host
        "http://[",  # cannot be parsed
        "//news.example/x",  # relative to the page
        "ftp://news.example/x",
    ],
)
def test_link_that_is_not_http_is_no_link(url: str) -> None:
    assert "<a " not in article_html(replace(ARTICLE, url=url), (), 1)


def test_right_to_left_text_cannot_turn_what_follows_it() -> None:
    article = replace(ARTICLE, source="\u202eeriW ytiC", text="\u202eהאיש אמר.\nNext.")
    html = article_html(article, (), 1)
    assert '<p class="byline"><bdi>\u202eeriW ytiC</bdi> · <bdi class="date">10 December 2024</bdi>' in html
    assert '<p dir="auto">\u202eהאיש אמר.</p><span class="gap">\n</span><p dir="auto">Next.</p>' in html


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2024-12-10", "10 December 2024"),
        ("--12-10", "10 December"),  # unknown year
        ("--02-29", "29 February"),
        ("2024-12-01T08:30:00+03:00", "1 December 2024"),
        ("2024-12", "December 2024"),
        ("2023-02-29", "2023-02-29"),  # no such day
        ("last Tuesday", "last Tuesday"),
        (None, ""),
    ],
)
def test_format_date(published: str | None, shown: str) -> None:
    assert format_date(published) == shown


def say(text: str, *statements: Statement) -> Citation:
    first = statements[0]
    return replace(START, text=text, speaker=first.speaker, speech=first.speech, statements=statements)


VOICES = [
    ("a person", [Statement(0, 4, "Ana Ruiz", "direct")], "Ana Ruiz"),
    ("a spokesman", [Statement(0, 4, "Ofcom", "direct", "An Ofcom spokesman")], "Ofcom, through a spokesman"),
    ("a report", [Statement(0, 4, "Ofcom", "indirect", "a report by Ofcom")], "Ofcom, in a report"),
    ("figures", [Statement(0, 4, "Ofcom", "indirect", "its latest figures")], "Ofcom, in figures"),
    ("an inquiry", [Statement(0, 4, "Ofcom", "indirect", "Ofcom's inquiry")], "Ofcom, in an inquiry"),
    ("a group without a name", [Statement(0, 4, None, "indirect", "some analysts")], "Some analysts"),
    (
        "what another reports",
        [
            Statement(0, 4, "Ana Ruiz", "indirect", hedged=True),
            Statement(0, 4, "Bo Hale", "indirect"),
        ],
        "Ana Ruiz, as reported by Bo Hale",
    ),
    (
        "what nobody in particular reports",
        [Statement(0, 4, "Ana Ruiz", "indirect", hedged=True)],
        "Ana Ruiz, as others report",
    ),
]


@pytest.mark.parametrize(("statements", "shown"), [case[1:] for case in VOICES], ids=[case[0] for case in VOICES])
def test_whose_words_a_sentence_has(statements: list[Statement], shown: str) -> None:
    citation = say("Rain fell.", *statements)
    answer = replace(ANSWER, citations=(citation,))
    assert describe_voice(citation) == shown
    assert f'<p class="voice"><bdi>{shown}</bdi></p>' in answer_html(answer)
    assert answer_text(answer).startswith(f"{shown}: Rain fell. [2]")
    assert answer_markdown(answer).startswith(f"**{shown}**")


def test_the_speakers_own_words_are_set_apart() -> None:
    text = "“No,” Ana said, but Bo said yes."
    citation = say(text, Statement(1, 3, "Ana", "direct"), Statement(28, 31, "Bo", "indirect"))
    html = answer_html(replace(ANSWER, citations=(citation,)))
    assert '<span class="sentence">“<span class="own">No</span>,” Ana said, but Bo said yes.</span>' in html
    whole = say("“No.”", Statement(1, 4, "Ana", "direct"))
    assert "own" not in answer_html(replace(ANSWER, citations=(whole,)))


def test_the_words_that_answer_within_the_speakers_own() -> None:
    citation = replace(say("It cost $5, Ana said.", Statement(0, 10, "Ana", "indirect")), words=(8, 10))
    html = answer_html(replace(ANSWER, citations=(citation,)))
    assert '<span class="own">It cost <mark>$5</mark></span>, Ana said.' in html


PAGED = replace(ARTICLE, url="https://news.example/bridge.PDF?a=1#top", locators=(Locator(0, "page", "2"),))
TWO_PAGES = (Locator(0, "page", "2"), Locator(ARTICLE.text.index("Work"), "page", "3"))
ON_PAGE = replace(PROMISE, locator=("page", "2"))
ON_NEXT = replace(START, locator=("page", "3"))
AT_TIME = replace(PROMISE, locator=("timestamp", "00:12:41"))


@pytest.mark.parametrize(
    ("cited", "shown"),
    [
        pytest.param([PROMISE], "", id="no place"),
        pytest.param([ON_PAGE, ON_PAGE], "page 2", id="one page"),
        pytest.param([PROMISE, ON_PAGE, ON_NEXT], "pages 2, 3", id="two pages"),
        pytest.param([AT_TIME, replace(AT_TIME, locator=("timestamp", "01:00:00"))], "00:12:41, 01:00:00", id="times"),
    ],
)
def test_places_in_the_original(cited: list[Citation], shown: str) -> None:
    assert describe_places(cited) == shown


def test_sources_say_where_in_the_original_they_are() -> None:
    paged, timed = replace(ANSWER, citations=(ON_PAGE, ON_NEXT)), replace(ANSWER, citations=(AT_TIME,))
    assert answer_text(paged).splitlines()[-1] == (
        f"[2] A bridge at last, City Wire, 10 December 2024, page 3 (city/bridge.txt, {START.start}–{START.end})"
    )
    assert ", 00:12:41 (" in answer_text(timed)
    assert ", page 2 (" in answer_markdown(paged)
    assert ", 00:12:41 (" in answer_markdown(timed)
    assert answer_html(timed).count('<span class="place">00:12:41</span>') == 1
    alone = replace(ANSWER, citations=(ON_PAGE, replace(ON_NEXT, speaker=PROMISE.speaker, speech="direct")))
    assert answer_html(alone).count('<span class="place">pages 2, 3</span>') == 1
    assert '<span class="place">page 3</span></p></div>' in cards_html((ON_NEXT,))


def test_an_article_shows_where_pages_begin() -> None:
    paged = replace(ARTICLE, locators=TWO_PAGES)
    html = article_html(paged, [PROMISE, START], 2)
    assert re.findall(r'<span class="locator" data-at="([^"]*)"></span>', html) == ["Page 2", "Page 3"]
    assert f'<span class="locator" data-at="Page 3"></span><mark class="active" data-number="2">{START.text}' in html
    assert Page(body_of(html)).text == paged.text[paged.body :]


def test_a_page_that_begins_in_a_word_is_shown_after_it() -> None:
    one = replace(ARTICLE, locators=(Locator(TEXT.index("arts"), "page", "2"), Locator(TEXT.index("ay."), "page", "3")))
    html = body_of(article_html(one, [], 0))
    assert (
        'Work starts <span class="locator" data-at="Page 2"></span>in May.<span class="locator" data-at="Page 3">'
        in html
    )


def test_the_address_of_a_pdf_opens_at_the_page() -> None:
    paged = replace(PAGED, locators=TWO_PAGES)
    assert 'href="https://news.example/bridge.PDF?a=1#page=3"' in article_html(paged, [PROMISE, START], 2)
    assert 'href="https://news.example/bridge.PDF?a=1#page=2"' in article_html(paged, [PROMISE, START], 1)
    assert 'href="https://news.example/bridge.PDF?a=1#top"' in article_html(paged, [], 0)
    page = replace(paged, url="https://news.example/bridge")
    assert 'href="https://news.example/bridge"' in article_html(page, [PROMISE, START], 2)


def test_a_paragraph_shows_when_it_begins_unless_its_text_says_so() -> None:
    text = "ANA RUIZ: We will build it. It will stand.\n\n[12:50] BO HALE: No."
    second = text.index("[12:50]")
    times = (Locator(0, "timestamp", "00:12:41"), Locator(28, "timestamp", "00:12:45"))
    one = replace(ARTICLE, text=text, body=0, locators=(*times, Locator(second, "timestamp", "00:12:50")))
    html = article_html(one, [], 0)
    assert re.findall(r'data-at="([^"]*)"', html) == ["00:12:41"]


COPIED = replace(ANSWER, citations=(replace(PROMISE, also=("a.txt", "<b>.txt", "gone.txt")), START))
COPIES = {
    "a.txt": ArticleRecord("a.txt", "a.txt", "0" * 64, 1, "A bridge", None, None, "2024-12-11", None, None, 0),
    "<b>.txt": ArticleRecord("<b>.txt", "<b>.txt", "0" * 64, 1, HOSTILE, "Alliance *News*", None, None, None, None, 0),
}


def test_a_source_says_where_else_its_sentence_stands() -> None:
    first, second = answer_text(COPIED, COPIES).splitlines()[-2:]
    assert first.endswith("(city/bridge.txt, 17–51), also in Alliance *News* and 2 others")
    assert "also in" not in second
    assert "also in Alliance \\*News\\* and 2 others" in answer_markdown(COPIED, COPIES)
    assert answer_text(COPIED).splitlines()[-2].endswith(", also in 3 others")


@pytest.mark.parametrize(
    ("also", "shown"),
    [
        ((), ""),
        (("a.txt",), "also in 1 other"),
        (("<b>.txt",), "also in Alliance *News*"),
        (("a.txt", "<b>.txt"), "also in Alliance *News* and 1 other"),
    ],
    ids=["nowhere", "no outlet", "an outlet", "the first outlet that is known"],
)
def test_describe_also(also: tuple[str, ...], shown: str) -> None:
    assert describe_also(also, COPIES) == shown


def test_copies_are_listed_under_their_source() -> None:
    html = answer_html(COPIED, COPIES)
    assert html.count("<details") == 1
    shown = Page(html)
    assert "also in 3 others" in shown.text
    assert [value for name, value in shown.attributes if name == "data-opens"] == ["citation"] * 2 + ["also"] * 3
    assert HOSTILE in shown.text
    assert "script" not in shown.tags
    assert "gone.txt" in shown.text
