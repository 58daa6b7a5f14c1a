"""Questions answered from the articles' own sentences: `from qa import ask`."""

from qa.answer import Answer, Citation
from qa.ask import answer_question, ask
from qa.evaluate import Evaluation, evaluate
from qa.filters import Filters
from qa.gold import Question, load_questions
from qa.statements import Quote, quotes

__all__ = [
    "Answer",
    "Citation",
    "Evaluation",
    "Filters",
    "Question",
    "Quote",
    "answer_question",
    "ask",
    "evaluate",
    "load_questions",
    "quotes",
]
