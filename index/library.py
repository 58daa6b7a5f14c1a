"""The opened index: the store, the lexical index beside it, and the model, kept level with the seeds folder."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from index.articles import Article
from index.embedding import EmbeddingModel
from index.errors import BusyError
from index.lexical import Lexical
from index.settings import Settings
from index.store import ArticleRecord, Store
from index.sync import OnProgress, Report, make_plan, require_files, sync

logger = logging.getLogger(__name__)


class Library:
    """An opened index, usable from several threads. Close it, or use it in a `with` block."""

    def __init__(self, settings: Settings, store: Store, lexical: Lexical, model: EmbeddingModel) -> None:
        self.settings = settings
        self.store = store
        self.lexical = lexical
        self.model = model
        self.records: dict[str, ArticleRecord] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Library:
        """Open the index of a seeds folder as it stands; `update` or `sync` brings it level with the folder.

        Raises SeedsError when the folder holds nothing to index, and StoreError when the store cannot be opened.
        """
        require_files(settings.seeds)  # before a store is made for a folder that was mistyped
        model = EmbeddingModel(settings.model)
        store = Store(settings.store, model=model.name, dimension=model.dimension)
        library = cls(settings, store, Lexical(settings.store / "lexical.sqlite3"), model)
        library._reload()
        return library

    def update(self, *, on_progress: OnProgress | None = None) -> Report | None:
        """Sync if the folder has changed, and return the report; None where there was nothing to do.

        While another process is writing, an index that holds anything is left as it stands.
        """
        plan = make_plan(self.settings, self.records)
        if not plan.read and not plan.gone:
            return None
        try:
            return self.sync(on_progress=on_progress)
        except BusyError:
            if not self.records:
                raise
            logger.warning("another process is updating the index; answering from what it holds now")
            return None

    def sync(self, *, on_progress: OnProgress | None = None) -> Report:
        """Bring the index level with the seeds folder; see `index.sync.sync`."""
        with self._lock:
            report = sync(self.settings, self.store, self.model, on_progress=on_progress)
            self._reload()
            return report

    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError when there is none of that id."""
        return self.store.article(article_id)

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of articles and of sentences."""
        records = self.records
        return len(records), sum(record.sentences for record in records.values())

    def close(self) -> None:
        """Close the files."""
        self.lexical.close()
        self.store.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reload(self) -> None:
        records = self.store.records()
        self.lexical.update(records, self.store.sentences)
        self.records = records
