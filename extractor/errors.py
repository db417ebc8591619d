"""What goes wrong with a file, said so that a clerk can act on it."""

from __future__ import annotations


class UnreadableError(Exception):
    """A file that gives no plan: a stable ``code`` (E_…) and one plain sentence.

    The message says what is wrong and what to do; the caller adds the file's name.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
