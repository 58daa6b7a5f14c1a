"""Questions answered from the articles' own sentences: `from qa import ask`."""

from qa.answer import Answer, Citation
from qa.ask import answer_question, ask
from qa.quotes import Quote, quotes

__all__ = ["Answer", "Citation", "Quote", "answer_question", "ask", "quotes"]
