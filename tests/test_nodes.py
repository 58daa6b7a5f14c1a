"""This project's articles and sentences in LlamaIndex's own readers and pipelines."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document, NodeRelationship

from index.errors import ArticleError
from index.nodes import ArticleReader, SentenceParser, to_article, to_document
from index.reading.text import read_article
from index.sentences.splitting import sentences_of

REPEATING = "“No comment.” The mayor left. The mayor left.\r\n\r\nThe mayor left. 😀 Nobody asked why."


def test_reader_in_a_simple_directory_reader(seeds: Path) -> None:
    reader = SimpleDirectoryReader(str(seeds), file_extractor={".txt": ArticleReader(seeds)}, required_exts=[".txt"])
    articles = [to_article(document) for document in reader.load_data()]
    assert articles == [read_article(path, seeds, max_bytes=5_000_000) for path in sorted(seeds.glob("*.txt"))]


def test_parser_in_an_ingestion_pipeline(tmp_path: Path) -> None:
    (tmp_path / "mayor.md").write_bytes(b"---\ntitle: Town hall\nsource: Post\n---\n" + REPEATING.encode())
    documents = ArticleReader(tmp_path).load_data(tmp_path / "mayor.md")
    nodes = IngestionPipeline(transformations=[SentenceParser()]).run(documents=documents)
    text, digest = documents[0].text, documents[0].metadata["digest"]
    body = text.index("“No")
    assert [(node.text, node.start_char_idx, node.end_char_idx) for node in nodes] == [
        ("“No comment.”", body, body + 13),
        ("The mayor left.", body + 14, body + 29),
        ("The mayor left.", body + 30, body + 45),
        ("The mayor left.", body + 49, body + 64),
        ("😀 Nobody asked why.", body + 65, body + 84),
    ]
    assert [text[node.start_char_idx : node.end_char_idx] for node in nodes] == [node.text for node in nodes]
    assert [node.node_id for node in nodes] == [f"mayor.md#{digest[:16]}#{position}" for position in range(5)]
    assert [node.metadata for node in nodes[:1]] == [
        {"article_id": "mayor.md", "digest": digest, "position": 0, "start": body, "end": body + 13}
    ]
    assert {node.relationships[NodeRelationship.SOURCE].node_id for node in nodes} == {"mayor.md"}  # type: ignore[union-attr]
    assert [node.get_content(metadata_mode="embed") for node in nodes] == [node.text for node in nodes]  # type: ignore[arg-type]


def test_nodes_are_the_article_s_sentences(seeds: Path) -> None:
    article = read_article(seeds / "kremlin-syria-bases.txt", seeds, max_bytes=5_000_000)
    nodes = SentenceParser().get_nodes_from_documents([to_document(article, article.id)])
    assert [(node.start_char_idx, node.end_char_idx, node.text) for node in nodes] == [  # type: ignore[attr-defined]
        (sentence.start, sentence.end, sentence.text) for sentence in sentences_of(article)
    ]


def test_document_of_another_reader_is_split_too() -> None:
    nodes = SentenceParser().get_nodes_from_documents([Document(text="It rained. It stopped.", id_="notes")])
    assert [(node.node_id, node.text) for node in nodes] == [  # type: ignore[attr-defined]
        ("notes##0", "It rained."),
        ("notes##1", "It stopped."),
    ]


ARTICLES = [
    (
        "all that can be known",
        "---\ntitle: A\nsource: B\nauthor: C\ndate: 2024-12-10\nplace: D\nurl: https://e.org/\n---\n",
    ),
    ("nothing is known but its name", ""),
]


@pytest.mark.parametrize("front_matter", [case[1] for case in ARTICLES], ids=[case[0] for case in ARTICLES])
def test_article_to_document_and_back(tmp_path: Path, front_matter: str) -> None:
    (tmp_path / "mayor.md").write_text(front_matter + REPEATING, encoding="utf-8", newline="")
    article = read_article(tmp_path / "mayor.md", tmp_path, max_bytes=10_000)
    document = to_document(article, "mayor.md")
    assert to_article(document) == article
    assert (document.id_, document.text, document.metadata["file"]) == (
        article.id,
        front_matter + REPEATING,
        "mayor.md",
    )
    assert document.get_content(metadata_mode="llm") == document.text  # type: ignore[arg-type]


def test_reader_keeps_what_it_is_told_but_not_over_the_article(tmp_path: Path) -> None:
    (tmp_path / "mayor.txt").write_text(REPEATING, encoding="utf-8")
    (document,) = ArticleReader(tmp_path).load_data(
        tmp_path / "mayor.txt", extra_info={"size": 7, "title": "mayor.txt"}
    )
    assert (document.metadata["size"], document.metadata["title"]) == (7, "Mayor")


def test_reader_refuses_what_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_text("It rained. " * 100)
    with pytest.raises(ArticleError, match=r"^large\.txt is too large: 0\.0011 MB, and the limit is 0\.001 MB\."):
        ArticleReader(tmp_path, max_article_mb=0.001).load_data(tmp_path / "large.txt")
