"""Posts one message: signed, with an idempotency key, tried again with growing pauses.

A receiver checks ``X-Kehoach-Signature``: ``sha256=`` and the HMAC-SHA256 (RFC 2104), in hexadecimal, of the
timestamp header, a full stop and the body, keyed with the shared secret; and drops what it had under the same
``Idempotency-Key`` before. 2xx is taken as received.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException

_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_TIMEOUT = 15.0
_LONGEST_PAUSE = 60.0


class RefusedError(Exception):
    """The receiver does not take this message; ``tries``: how often it was sent."""

    def __init__(self, reason: str, tries: int) -> None:
        super().__init__(reason)
        self.tries = tries


class UnreachableError(Exception):
    """Nobody answers at the address."""


def _opener() -> urllib.request.OpenerDirector:
    """Without the redirect handler: a signed message goes to the address that was given, and to no other."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


@dataclass
class Postbox:
    """An address with its secret. ``pause``: seconds before the second try, doubled before each later one."""

    url: str
    secret: bytes
    tries: int = 5
    pause: float = 0.5
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    _opener: urllib.request.OpenerDirector = field(init=False, repr=False)
    _asked: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("the address must begin with http:// or https://")
        self._opener = _opener()

    def post(self, body: bytes, key: str) -> None:
        """Deliver a message. Raises :class:`RefusedError`, :class:`UnreachableError`."""
        answered = False
        reason = ""
        for attempt in range(self.tries):
            if attempt:
                self.sleep(self._pause(attempt))
            try:
                with self._opener.open(self._request(body, key), timeout=_TIMEOUT) as answer:
                    answer.read(1 << 16)
                    return
            except urllib.error.HTTPError as error:
                answered, reason = True, f"HTTP {error.code}"
                self._asked = _retry_after(error.headers.get("Retry-After"))
                error.close()
                if error.code not in _TRY_AGAIN:
                    raise RefusedError(reason, attempt + 1) from None
            except (OSError, HTTPException) as error:
                self._asked = 0.0
                reason = str(getattr(error, "reason", error)) or type(error).__name__
        if answered:
            raise RefusedError(reason, self.tries)
        raise UnreachableError(reason)

    def _pause(self, attempt: int) -> float:
        """Doubled each time, never twice the same, and as long as the receiver asks."""
        grown: float = self.pause * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        return min(max(grown, self._asked), _LONGEST_PAUSE)

    def _request(self, body: bytes, key: str) -> urllib.request.Request:
        stamp = str(int(self.clock()))
        signature = hmac.new(self.secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "kehoach",
            "Idempotency-Key": key,
            "X-Kehoach-Timestamp": stamp,
            "X-Kehoach-Signature": f"sha256={signature}",
        }
        return urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 - checked above


def _retry_after(text: str | None) -> float:
    """Seconds that a receiver asks for (RFC 9110, 10.2.3); a date there is not heeded."""
    return float(text) if text and text.isascii() and text.isdecimal() else 0.0
