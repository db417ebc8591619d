"""Opens the store: SQLite by default, PostgreSQL by its URL; one plain sentence for what goes wrong.

SQLite is opened for durability: ``synchronous=FULL``, and WAL only where the library is newer than 3.51.2,
up to which a reset of the WAL can corrupt a file (sqlite.org/wal.html, "The WAL-Reset Bug").
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    String,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import column

HEAD = "0001"
"""The last revision of the schema."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_PATIENCE = 60  # seconds to wait for another writer
_WAL_IS_SAFE = sqlite3.sqlite_version_info > (3, 51, 2)
_UPGRADE = 7_001_001  # keys of PostgreSQL's advisory locks
_WRITERS = 7_001_002
_SQLITE_FAULTS = {
    "locked": "another program keeps the database locked; try again when it has ended",
    "busy": "another program keeps the database locked; try again when it has ended",
    "readonly": "the database cannot be written: the file or its folder is read-only",
    "full": "the disk is full, or the database has reached its largest size",
    "not a database": "the file is not a SQLite database",
    "malformed": "the database file is damaged; restore it from a copy",
    "unable to open": "the database file cannot be opened or created",
    "disk i/o": "the disk gave an error while the database was read or written",
}
_POSTGRES_FAULTS = {
    "25006": "the database is read-only",
    "42501": "the database user may not do this",
    "53100": "the server's disk is full",
    "55P03": "another program keeps the database locked; try again when it has ended",
}


class StoreError(Exception):
    """What is wrong with the database, in one sentence; ``usage``: the URL or an argument is at fault."""

    def __init__(self, message: str, usage: bool = False) -> None:
        super().__init__(message)
        self.usage = usage


# --- opening ------------------------------------------------------------------------------------


def open_store(address: str, create: bool = False) -> Engine:
    """The database at a URL; ``create``: a SQLite file is made. Raises :class:`StoreError`."""
    url = _url(address)
    if url.get_backend_name() == "postgresql":
        query = {"connect_timeout": "10", **url.query}
        return _engine(url.set(drivername="postgresql+psycopg", query=query), {})
    if not url.database or url.database == ":memory:":
        raise StoreError("the URL names no file; write sqlite:///FILE.sqlite", usage=True)
    if not create and not Path(url.database.removeprefix("file:")).exists():
        raise StoreError(f"{url.database}: there is no such database yet; `kehoach db load` makes it")
    engine = _engine(url, {"timeout": _PATIENCE})
    event.listen(engine, "connect", _settle_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _url(address: str) -> URL:
    hint = "write sqlite:///FILE.sqlite or postgresql://USER:PASSWORD@HOST/NAME"
    try:
        url = make_url(address.replace("postgres://", "postgresql://", 1))
        backend = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"not the URL of a database; {hint}", usage=True) from error
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"{backend}: only SQLite and PostgreSQL are known; {hint}", usage=True)
    return url


def _engine(url: URL, arguments: dict[str, Any]) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed, which this database needs; `pip install 'kehoach[store]'`"
        raise StoreError(message) from error
    except (SQLAlchemyError, TypeError, ValueError) as error:
        raise StoreError("the URL of the database has a part that is not understood", usage=True) from error


def _settle_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Leave transactions to us (:func:`_begin_sqlite`), and let nothing get lost."""
    connection.isolation_level = None
    for pragma in (
        f"journal_mode={'WAL' if _WAL_IS_SAFE else 'TRUNCATE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    kind = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")


# --- transactions -------------------------------------------------------------------------------


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads. Raises :class:`StoreError`."""
    with _faults(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, document: str | None = None) -> Iterator[Connection]:
    """One transaction that writes: all of it or nothing. Raises :class:`StoreError`.

    SQLite has one writer at a time. PostgreSQL has one for each ``document``; without one, one in all.
    """
    with _faults(engine), engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {round(_PATIENCE * 1000)}"))
                _lock(connection, document)
            yield connection


def _lock(connection: Connection, document: str | None) -> None:
    if document is None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
        return
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _WRITERS})
    keys = {"kind": _WRITERS % 1000, "key": zlib.crc32(document.encode()) - (1 << 31)}
    connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :key)"), keys)


def _place(engine: Engine) -> str:
    """The database as messages name it: without user, password and options."""
    file = engine.dialect.name == "sqlite"
    return str(engine.url.database) if file else f"{engine.url.host or ''}/{engine.url.database or ''}"


@contextmanager
def _faults(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if (message := _sentence(error)) is None:
            raise
        raise StoreError(f"{_place(engine)}: {message}") from error


def _sentence(error: DBAPIError) -> str | None:
    """What to say of a database's error; None where it is about a value, or a defect of ours."""
    cause = error.orig
    words = str(cause).lower()
    if isinstance(cause, sqlite3.Error):
        return next((said for sign, said in _SQLITE_FAULTS.items() if sign in words), None)
    state = getattr(cause, "sqlstate", None)
    if state is None and error.__class__.__name__ == "OperationalError":
        reason = str(cause).strip().split("\n")[0]
        return f"the server cannot be reached ({reason})"
    if state and (state.startswith(("08", "28", "3D", "57"))):
        return f"the server refuses ({str(cause).strip().splitlines()[0]})"
    return _POSTGRES_FAULTS.get(state or "")


# --- the schema ---------------------------------------------------------------------------------


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Create the tables, or bring them to the last revision; the revision before, and now."""
    from alembic import command
    from alembic.config import Config

    with writing(engine) as connection:
        before = _revision(connection)
        _refuse_newer(engine, before)
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, HEAD


def prepare(engine: Engine) -> None:
    """Make the tables where there are none yet. Raises :class:`StoreError` where the schema is another."""
    with reading(engine) as connection:
        revision = _revision(connection)
    if revision is None:
        upgrade(engine)
    else:
        _check(engine, revision)


def require_schema(engine: Engine) -> None:
    """Raises :class:`StoreError` unless the tables are those of this release."""
    with reading(engine) as connection:
        revision = _revision(connection)
    _check(engine, revision)


def _check(engine: Engine, revision: str | None) -> None:
    _refuse_newer(engine, revision)
    if revision != HEAD:
        what = "it has no tables yet" if revision is None else f"its tables are of revision {revision}"
        raise StoreError(f"{_place(engine)}: {what}; run `kehoach db upgrade`")


def _refuse_newer(engine: Engine, revision: str | None) -> None:
    if revision is not None and revision not in _revisions():
        raise StoreError(
            f"{_place(engine)}: a newer kehoach made its tables (revision {revision}, this one"
            f" knows {HEAD}); use that one"
        )


def _revisions() -> set[str]:
    return {path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")}


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = column("version_num", String)
    revision: str | None = connection.scalar(select(version).select_from(table("alembic_version")))
    return revision
