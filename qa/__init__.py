"""Questions answered from the articles' own sentences: `from qa import ask`."""

from qa.answer import Answer, Citation
from qa.ask import answer_question, ask

__all__ = ["Answer", "Citation", "answer_question", "ask"]
