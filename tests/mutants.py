"""Seeded damage to files of every format: what a bad disk, a bad network or a bad person makes of them."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

_PIECES = (b"\x00", b"\xff" * 8, b"<", b"<!DOCTYPE a>", b"]]>", b"{", b"\\bin999999999 ", b"\r\n", b"%PDF-",
           b"/Kids [1 0 R]", b"endobj", b"PK\x03\x04", b"\xcc\x81" * 40, "Ủy ban".encode(), b"9" * 30, b"-1",
           b"\xef\xbf\xbf")  # fmt: skip
_NUMBER = re.compile(rb"\d+")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
Damage = Callable[[random.Random, bytes], bytes]


def mutant(data: bytes, seed: int, other: bytes = b"") -> bytes:
    """``data`` with damage of one to three kinds; ``other``: a second file to splice with."""
    dice = random.Random(seed)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        damage = dice.choice(_DAMAGES)
        data = _within(dice, data, damage) if dice.random() < 0.6 else damage(dice, data)
    if other and dice.random() < 0.1:
        data = data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other)) :]
    return data


def _within(dice: random.Random, data: bytes, damage: Damage) -> bytes:
    """Damage below the packing, so that checksums hold: a zip's member, a PDF's compressed stream."""
    if data.startswith(b"PK"):
        return _in_member(dice, data, damage)
    streams = list(_STREAM.finditer(data))[:50]
    if data.startswith(b"%PDF") and streams:
        match = dice.choice(streams)
        try:
            packed = zlib.compress(damage(dice, zlib.decompress(match[1])))
        except zlib.error:
            return damage(dice, data)
        return data[: match.start(1)] + packed + data[match.end(1) :]
    return damage(dice, data)


def _in_member(dice: random.Random, data: bytes, damage: Damage) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return damage(dice, data)
    names = [name for name, part in parts.items() if part]
    if names:
        name = dice.choice(names)
        parts[name] = damage(dice, parts[name])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def _flipped(dice: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice((1, 4, 30, 200)) if out else 0):
        out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def _cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _doubled(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.choice((3, 60, 4000))]
    return data[:start] + piece * dice.choice((2, 2, 30)) + data[start:]


def _dropped(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + data[start + dice.choice((1, 9, 500)) :]


def _stuffed(dice: random.Random, data: bytes) -> bytes:
    for _ in range(dice.choice((1, 3, 20))):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(_PIECES) + data[at:]
    return data


def _renumbered(dice: random.Random, data: bytes) -> bytes:
    numbers = list(_NUMBER.finditer(data))
    for match in sorted(
        dice.sample(numbers, min(len(numbers), dice.choice((1, 3, 10)))), key=lambda m: -m.start()
    ):
        number = dice.choice((b"0", b"-1", b"1", b"65536", b"2147483648", b"99999999999999999999"))
        data = data[: match.start()] + number + data[match.end() :]
    return data


_DAMAGES: tuple[Damage, ...] = (_flipped, _cut, _doubled, _dropped, _stuffed, _renumbered)
