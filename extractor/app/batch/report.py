"""What a batch came to: which files gave which plans, what failed and why, what wants a person's look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from extractor.app.batch.inbox import Edition
from extractor.app.batch.journal import Entry, Journal
from extractor.app.jobs import Summary

#: Warnings after which a plan is not to be trusted before a person has looked at it, in words for a page.
LOOK = {
    "W_BIDI": "marks that turn the order of letters were left out",
    "W_HIDDEN_TEXT": "hidden text was left out",
    "W_LOW_TEXT_QUALITY": "its text layer is not readable Vietnamese",
    "W_NEEDS_OCR": "pages are pictures",
    "W_NO_TASKS": "no task was found",
    "W_NO_TEXT": "no text was found",
    "W_NO_UNICODE_MAP": "its fonts do not say which letters they show",
    "W_OCR_TIMEOUT": "text recognition took too long",
    "W_PAGE_CAP": "only its first pages were read",
    "W_RECOVERED": "it is damaged; what could be recovered was read",
    "W_REVISED_AFTER_SIGNING": "it was changed after it was signed",
    "W_TABLE_CAP": "a table was too large to be read whole",
    "W_TRACKED_CHANGES": "pending changes were read as if accepted",
}
_UNDONE = ("E_UNDONE", "it was not read in this run; start the batch again")


def report(journal: Journal, edition: Edition) -> dict[str, Any]:
    """The report of the journal's run as JSON's types; the same files always give the same report."""
    entries = [entry for entry in journal.entries() if not (entry.result and entry.result.members)]
    versions = _versions(entries)
    files = [_file(entry, versions) for entry in entries]
    plans = [entry.result.summary for entry in entries if entry.result and entry.result.summary]
    return {
        "tool": {
            "name": "kehoach",
            "version": edition.version,
            "rules": edition.rules,
            "model": edition.model,
        },
        "files": len(files),
        "plans": len({summary.id for summary in plans}),
        "failed": sum("error" in file for file in files),
        "tasks": sum(summary.tasks for summary in _distinct(plans)),
        "targets": sum(summary.targets for summary in _distinct(plans)),
        "issuers": _counts(summary.issuer or "" for summary in _distinct(plans)),
        "types": _counts(summary.type or "" for summary in _distinct(plans)),
        "errors": _counts(file["error"]["code"] for file in files if "error" in file),
        "warnings": _counts(code for summary in plans for code in set(summary.codes)),
        "review": [file["file"] for file in files if file.get("look")],
        "entries": files,
    }


def _distinct(plans: Iterable[Summary]) -> list[Summary]:
    """One summary a plan: copies and versions count once, by the last."""
    return list({summary.id: summary for summary in plans}.values())


def _counts(names: Iterable[str]) -> dict[str, int]:
    """How often each name comes, most first; "" for what is not known."""
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _versions(entries: Iterable[Entry]) -> dict[str, dict[str, tuple[int, str]]]:
    """By document id and wording: the number of that version and the file that brought it first.

    Versions are counted in the order of the files' times.
    """
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for entry in sorted(entries, key=lambda each: (each.changed, each.name)):
        if entry.result and entry.result.summary:
            versions = found.setdefault(entry.result.summary.id, {})
            versions.setdefault(entry.result.summary.wording, (len(versions) + 1, entry.name))
    return found


def _file(entry: Entry, versions: dict[str, dict[str, tuple[int, str]]]) -> dict[str, Any]:
    result = entry.result
    if result is None or result.error:
        code, message = result.error if result and result.error else _UNDONE
        return {"file": entry.name, "error": {"code": code, "message": message}}
    summary = result.summary
    assert summary is not None
    version, first = versions[summary.id][summary.wording]
    fields = {
        "file": entry.name,
        "result": result.path,
        "id": summary.id,
        "type": summary.type,
        "number": summary.number,
        "issued": summary.issued,
        "issuer": summary.issuer,
        "title": summary.title,
        "tasks": summary.tasks,
        "targets": summary.targets,
        "version": version if len(versions[summary.id]) > 1 else None,
        "same_as": first if first != entry.name else None,
        "warnings": sorted(set(summary.codes)) or None,
        "look": list(_reasons(summary)) or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _reasons(summary: Summary) -> Iterator[str]:
    """Why a person should look at a plan."""
    yield from sorted(LOOK.keys() & set(summary.codes))
    if summary.doubtful:
        yield f"{summary.doubtful} of {summary.tasks} tasks are doubtful"
