"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port of this machine alone."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "PostgreSQL's server programs (initdb, postgres) are not installed"


def programs() -> Path | None:
    """Where the newest server's programs are; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    beside = shutil.which("postgres")
    return Path(beside).resolve().parent if beside and shutil.which("initdb") else None


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the URL of it without a database. It refuses to run as root: so it does not."""
    where, user = programs(), _user()
    assert where is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="kehoach-pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        _run(user, where / "initdb", "-D", data, "-U", "kehoach", "-A", "trust", "-E", "UTF8", "--no-sync")
        port = _free_port()
        command = [where / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
        process = subprocess.Popen(
            [*command, "-c", "fsync=off"],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(process, port)
            yield f"postgresql://kehoach@127.0.0.1:{port}"
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """A fast shutdown: connections are closed, not waited for."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    finally:
        process.kill()
        process.wait()


def create(where: str, name: str) -> str:
    """A new database on the server; its URL."""
    import psycopg

    with psycopg.connect(f"{where}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{where}/{name}"


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", getpass.getuser()) if name in names)


def _run(user: str | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command], user=user, cwd="/", check=True, capture_output=True, timeout=120
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, "PostgreSQL did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return _until_ready(port)
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not answer in time")


def _until_ready(port: int) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(f"postgresql://kehoach@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL did not become ready")
