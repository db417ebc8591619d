"""LibreOffice, where there is one, turns what is not read here itself into a .docx.

It runs without a window, with a profile of its own that is thrown away: no macros, no link updates, no
Java, no network, limits on time, memory and file size. Its output is read like any other .docx.
``KEHOACH_SOFFICE`` names the program; empty, it says that there is none.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from extractor.document import Content, Notice
from extractor.errors import UnreadableError
from extractor.loaders import docx

TIMEOUT = 60.0
"""Seconds that a conversion may take."""

_MAX_OUTPUT = 64 * 1024 * 1024
#: The shell's own ulimit, for a caller may have bound its own memory below what LibreOffice needs:
#: 4 GB of addresses or as many as may be had, files of 512 MB at most, no core, 60 seconds of processor.
_LIMITED = (
    'ulimit -v 4194304 2>/dev/null || ulimit -S -v "$(ulimit -H -v)"; ulimit -f 1048576; ulimit -c 0; '
    'ulimit -t 60; exec "$@"'
)
_NOWHERE = "http://127.0.0.1:9"
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Misc", "UseOpenCL", "false"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
    ("Office.Jobs/Jobs/org.openoffice.Office.Jobs:Job['UpdateCheck']/Arguments", "AutoCheckEnabled", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_NEEDED = "this old format needs LibreOffice, which is not installed; save the file as .docx and give that"
_TOO_LONG = "LibreOffice did not finish with the file in a minute; save it as .docx and give that"
_FAILED = "LibreOffice could not open the file; open it in Word, save it as .docx and give that"


def read_with_office(data: bytes, suffix: str, notices: Iterable[Notice] = ()) -> Content:
    """Read a file by way of LibreOffice; ``suffix`` ("doc") names its format.

    Raises :class:`UnreadableError` (E_NEEDS_OFFICE, E_LIMIT_TIME, E_CORRUPT, and those of a .docx).
    """
    content = docx.read(to_docx(data, suffix))
    return Content(content.blocks, (*notices, *content.notices))


def to_docx(data: bytes, suffix: str, timeout: float = TIMEOUT) -> bytes:
    """The file as a .docx. Raises :class:`UnreadableError` (E_NEEDS_OFFICE, E_LIMIT_TIME, E_CORRUPT)."""
    program = find()
    if program is None:
        raise UnreadableError("E_NEEDS_OFFICE", _NEEDED)
    with TemporaryDirectory(prefix="kehoach-office-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        source, made = home / f"file.{suffix}", home / "made" / "file.docx"
        _write_profile(home / "profile" / "user")
        source.write_bytes(data)
        _run([*_confined(), *_command(program, home, source)], home, timeout)
        if not made.is_file() or made.stat().st_size > _MAX_OUTPUT:
            raise UnreadableError("E_CORRUPT", _FAILED)
        return made.read_bytes()


def find() -> str | None:
    """The LibreOffice of this machine, or None."""
    named = os.environ.get("KEHOACH_SOFFICE")
    candidates = ("soffice", "libreoffice") if named is None else (named,)
    return next((found for each in candidates if each and (found := shutil.which(each))), None)


def _command(program: str, home: Path, source: Path) -> list[str]:
    profile = (home / "profile").as_uri()
    options = ["--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"]
    output = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(home / "made")]
    return [program, f"-env:UserInstallation={profile}", *options, *output, str(source)]


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    folder.mkdir(parents=True)
    text = f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    (folder / "registrymodifications.xcu").write_text(text, "utf-8")


def _confined() -> list[str]:
    """The command that runs another without a network, and ends it with all its children when this
    process ends; as much of that as this user may have on this machine (Linux: util-linux).
    """
    tied = [shutil.which("setpriv") or "setpriv", "--pdeathsig", "KILL"]
    alone = [shutil.which("unshare") or "unshare", "--net", "--pid", "--fork", "--kill-child"]
    choices = ([*tied, *alone], [*tied, *alone, "--map-root-user"], [*alone, "--map-root-user"], tied)
    return next((choice for choice in choices if _works(choice)), [])


def _works(command: list[str]) -> bool:
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run([*command, "true"], capture_output=True, timeout=10).returncode == 0  # noqa: S603
    return False


def _environment(home: Path) -> Mapping[str, str]:
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), _NOWHERE)
    paths = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "TMPDIR": str(home)}
    return {**proxies, **paths, "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}


def _run(command: list[str], home: Path, timeout: float) -> None:
    """Run in a process group of its own, of which nothing is left afterwards."""
    try:
        process = subprocess.Popen(  # noqa: S603 -- the program of find(), no shell reads its arguments
            ["/bin/sh", "-c", _LIMITED, "sh", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=home, env=_environment(home), start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise UnreadableError("E_NEEDS_OFFICE", _NEEDED) from error
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("E_LIMIT_TIME", _TOO_LONG) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group and wait until it is gone, so that nobody writes to the folder any more."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for _ in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.02)
    process.wait()
