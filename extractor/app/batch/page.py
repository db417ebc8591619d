"""The report as a page for people: one HTML file without scripts, links or anything from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from extractor.app.batch.report import LOOK

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bar: #3b7dd8; --bad: #c0392b; --look: #b7791f; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.sub { opacity: .7 } .tiles { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0 }
.tile { border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1.1rem; min-width: 7rem }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.bad b, .code { color: var(--bad) } .look b, .why { color: var(--look) }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top }
th { font-weight: 600; opacity: .8 } td.n { text-align: right; font-variant-numeric: tabular-nums }
td { overflow-wrap: anywhere } td.code, td.d, .why span { white-space: nowrap }
.bar { background: var(--bar); border-radius: .2rem; height: .7rem; min-width: 2px }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2rem }
@media print { body { max-width: none; margin: 0 } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report: Mapping[str, Any], title: str) -> str:
    """The whole page; every word of it that comes from a file is escaped."""
    entries, tool = report["entries"], report["tool"]
    failed = [each for each in entries if "error" in each]
    look = [each for each in entries if each.get("look")]
    body = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="sub">kehoach {_text(tool["version"])}, rules {_text(tool["rules"])}</p>',
        f'<div class="tiles">{"".join(_tiles(report, len(look)))}</div>',
        '<div class="columns">',
        _bars("Plans by issuer", report["issuers"]),
        _bars("Plans by type", report["types"]),
        "</div>",
        _table("What failed", ("File", "Why", "Code"), map(_failed, failed)),
        _table("What wants a look", ("File", "Plan", "Why"), map(_look, look)),
        _table(
            "All plans", ("File", "Plan", "Issuer", "Issued", "Tasks", "Targets"), map(_plan, _read(entries))
        ),
    ]
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{"".join(body)}\n</body></html>\n'


def _text(value: object) -> str:
    """Words as HTML shows them; marks that no page should act on, such as turned writing, are escaped."""
    words = "".join(c if c.isprintable() or c.isspace() else ascii(c)[1:-1] for c in str(value))
    return escape(words)


def _tiles(report: Mapping[str, Any], look: int) -> Iterable[str]:
    for name, key, mark in (
        ("files", "files", ""),
        ("plans", "plans", ""),
        ("tasks", "tasks", ""),
        ("targets", "targets", ""),
    ):
        yield f'<div class="tile{mark}"><b>{report[key]:,}</b>{name}</div>'
    yield f'<div class="tile bad"><b>{report["failed"]:,}</b>failed</div>'
    yield f'<div class="tile look"><b>{look:,}</b>want a look</div>'


def _bars(title: str, counts: Mapping[str, int]) -> str:
    most = max(counts.values(), default=1)
    rows = "".join(
        f'<tr><td>{_text(name or "(unknown)")}</td><td class="n">{number}</td>'
        f'<td width="40%"><div class="bar" style="width:{100 * number // most}%"></div></td></tr>'
        for name, number in list(counts.items())[:30]
    )
    return f"<section><h2>{title}</h2><table>{rows}</table></section>" if rows else ""


def _table(title: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f"<section><h2>{title}</h2><table><tr>{head}</tr>{body}</table></section>" if body else ""


def _failed(entry: Mapping[str, Any]) -> str:
    file, error = _text(entry["file"]), entry["error"]
    return f'<td>{file}</td><td>{_text(error["message"])}</td><td class="code">{_text(error["code"])}</td>'


def _look(entry: Mapping[str, Any]) -> str:
    why = "<br>".join(map(_reason, entry["look"]))
    return f'<td>{_text(entry["file"])}</td><td>{_name(entry)}</td><td class="why">{why}</td>'


def _reason(reason: str) -> str:
    """Why a plan wants a look: a code comes with its meaning."""
    if reason not in LOOK:
        return _text(reason)
    return f"{_text(LOOK[reason])} <span>({_text(reason)})</span>"


def _plan(entry: Mapping[str, Any]) -> str:
    numbers = "".join(f'<td class="n">{entry[key]}</td>' for key in ("tasks", "targets"))
    issuer, issued = _text(entry.get("issuer", "")), _text(entry.get("issued", ""))
    return (
        f"<td>{_text(entry['file'])}</td><td>{_name(entry)}</td><td>{issuer}</td>"
        f'<td class="d">{issued}</td>{numbers}'
    )


def _name(entry: Mapping[str, Any]) -> str:
    """What a plan is called, and whether it was there before."""
    words = " ".join(entry[key] for key in ("type", "number", "title") if entry.get(key)) or "(no title)"
    again = f" = {entry['same_as']}" if "same_as" in entry else ""
    version = f" (version {entry['version']})" if "version" in entry else ""
    return _text(words + version) + (f'<br><span class="sub">{_text(again)}</span>' if again else "")


def _read(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if "error" not in entry]
