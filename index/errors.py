"""The errors a user may see: one line that says what happened, the value, and what to do."""


class OnRecordError(Exception):
    """Anything a user can put right. The command line prints its message and exits with 1."""


class SettingsError(OnRecordError):
    """A setting has a value that cannot be used."""


class SeedsError(OnRecordError):
    """The seeds folder is missing, empty, or holds nothing that can be read."""


class ArticleError(OnRecordError):
    """One file cannot be read as an article; a sync skips it and reports the reason."""


class StoreError(OnRecordError):
    """The store cannot be opened, read or written."""


class ServerError(StoreError):
    """The Chroma server does not answer, or not as one that can be used; later it may."""


class LostError(ServerError):
    """What was open in the store is no longer there: somebody has replaced it, or a server has lost it."""


class BusyError(StoreError):
    """Another process is writing to the store."""


class ModelError(OnRecordError):
    """A model is missing, damaged or not the expected one."""


class QuestionError(OnRecordError):
    """A question that cannot be asked: empty, or far too long."""


class CorrectionError(OnRecordError):
    """A correction of who is who that cannot be made."""


class ReportError(OnRecordError):
    """A report cannot be written where it was asked for."""


def in_one_line(error: BaseException) -> str:
    """The message of another library's exception, cut to fit into one of ours and without a full stop."""
    return (" ".join(str(error).split()) or type(error).__name__)[:300].rstrip(".")
