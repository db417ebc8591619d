"""Tasks go to a tracking system over real HTTP: signed, once, again after failures; nothing is lost."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jsonschema
import pytest
from conftest import ROOT, TEXT

from extractor.app.cli import FAILED, READ, USAGE, main
from extractor.app.push.deliver import Postbox, RefusedError, UnreachableError
from extractor.app.push.payload import json_schema

SECRET = "ba con gà".encode()
SCHEMA = ROOT / "schemas" / "push.schema.json"


class Receiver:
    """A tracking system: checks signatures, drops what it had before, answers as it is told."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.letters: list[dict] = []
        self.calls: Counter[str] = Counter()
        self.answers: list[int] = []
        self.refuses = ""
        self.after = ""

    def take(self, headers, body: bytes) -> int:
        self.calls["all"] += 1
        stamp = headers["X-Kehoach-Timestamp"].encode()
        wanted = "sha256=" + hmac.new(SECRET, stamp + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers["X-Kehoach-Signature"], wanted):
            return 401
        if self.answers:
            return self.answers.pop(0)
        letter = json.loads(body)
        if self.refuses and self.refuses in letter["task"]["text"]:
            return 422
        key = headers["Idempotency-Key"]
        if key not in self.keys:
            self.keys.add(key)
            self.letters.append(letter)
        return 204

    @property
    def events(self) -> list[tuple[str, str]]:
        return [(letter["event"], letter["task"]["text"][:12]) for letter in self.letters]


@contextmanager
def serving(receiver: Receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = receiver.take(self.headers, body)
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "http://127.0.0.1:9/")
            if receiver.after:
                self.send_header("Retry-After", receiver.after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tasks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def url(receiver):
    with serving(receiver) as address:
        yield address


@pytest.fixture
def register(tmp_path, monkeypatch):
    """Loads a plan's text into the register of this test; returns the options that name it."""
    monkeypatch.setenv("KEHOACH_PUSH_SECRET", SECRET.decode())
    db = f"sqlite:///{tmp_path}/r.sqlite"

    def load(text: str = TEXT) -> list[str]:
        (tmp_path / "cây.txt").write_text(text, "utf-8")
        assert main(["extract", str(tmp_path / "cây.txt"), "-o", str(tmp_path / "out")]) == READ
        assert main(["db", "load", str(tmp_path / "out"), "--db", db]) == READ
        return ["--db", db, "--pause", "0"]

    return load


def push(url: str, options: list[str], *more: str) -> int:
    return main(["push", url, *options, *more])


def test_tasks_are_pushed_once_and_again_when_they_change(receiver, url, register):
    options = register()
    assert push(url, options) == READ
    assert receiver.events == [("created", "Rà soát quỹ "), ("created", "Chăm sóc cây")]
    assert push(url, options) == READ
    assert len(receiver.letters) == 2
    changed = TEXT.replace("30/6/2026", "30/9/2026").replace("2. Chăm sóc cây đã trồng [hằng tháng].\n", "")
    assert push(url, register(changed)) == READ
    assert receiver.events[2:] == [("changed", "Rà soát quỹ "), ("dropped", "Chăm sóc cây")]
    assert receiver.letters[2]["task"]["deadlines"][0]["due"] == "2026-09-30"
    assert receiver.letters[2]["task"]["id"] == receiver.letters[0]["task"]["id"]


def test_what_people_say_of_a_task_is_pushed_too(receiver, url, register):
    options = register()
    push(url, options)
    task = receiver.letters[0]["task"]["id"]
    store = options[:2]
    assert main(["task", task, *store, "--status", "doing", "--progress", "40"]) == READ
    assert main(["task", task, *store, "--correct", "lead=Sở Tài chính", "--by", "Lan"]) == READ
    assert push(url, options) == READ
    last = receiver.letters[-1]
    assert last["event"] == "changed"
    assert (last["task"]["status"], last["task"]["progress"]) == ("doing", 40)
    assert [body["name"] for body in last["task"]["lead"]] == ["Sở Tài chính"]


def test_letters_are_as_the_schema_says(receiver, url, register):
    push(url, register())
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert schema == json_schema()
    for letter in receiver.letters:
        jsonschema.validate(letter, schema)


def test_failures_pass_and_are_tried_again(receiver, url, register):
    receiver.answers = [503, 500, 429]
    assert push(url, register()) == READ
    assert len(receiver.letters) == 2
    assert receiver.calls["all"] == 5


def test_what_was_received_but_not_answered_is_not_taken_twice(receiver, url, register):
    options = register()
    real = receiver.take
    failing = [True]

    def take(headers, body):
        code = real(headers, body)
        return 502 if failing and failing.pop() else code

    receiver.take = take
    assert push(url, options) == READ
    assert len(receiver.letters) == 2
    assert receiver.calls["all"] == 3


def test_a_refused_letter_is_kept_and_the_others_go_on(receiver, url, register, capsys):
    receiver.refuses = "Rà soát"
    options = register()
    assert push(url, options) == FAILED
    assert receiver.events == [("created", "Chăm sóc cây")]
    assert "HTTP 422" in capsys.readouterr().err
    assert push(url, options) == READ  # it is not sent again by itself
    assert receiver.calls["all"] == 2
    receiver.refuses = ""
    assert push(url, options, "--dead") == READ
    assert receiver.events[1:] == [("created", "Rà soát quỹ ")]
    assert push(url, options, "--dead") == READ
    assert len(receiver.letters) == 2


def test_a_receiver_that_is_down_loses_nothing(receiver, register, capsys):
    options = register()
    with serving(receiver) as address:
        pass
    assert push(address, options, "--tries", "2") == FAILED
    assert "nobody answers" in capsys.readouterr().err
    assert receiver.letters == []
    with serving(receiver) as address:
        assert push(address, options) == READ
    assert len(receiver.letters) == 2


def test_a_wrong_secret_is_refused(receiver, url, register, monkeypatch, capsys):
    options = register()
    monkeypatch.setenv("KEHOACH_PUSH_SECRET", "sai")
    assert push(url, options) == FAILED
    assert "HTTP 401" in capsys.readouterr().err
    assert receiver.letters == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ftp://127.0.0.1/"], "http://"),
        (["http://127.0.0.1:9/", "--secret-file", "/không/có"], "cannot be read"),
    ],
)
def test_wrong_usage(register, capsys, arguments, words):
    assert main(["push", *arguments, *register()]) == USAGE
    assert words in capsys.readouterr().err


def test_without_a_secret_nothing_is_sent(receiver, url, register, monkeypatch, capsys):
    options = register()
    monkeypatch.delenv("KEHOACH_PUSH_SECRET")
    assert push(url, options) == USAGE
    assert receiver.calls["all"] == 0
    assert "KEHOACH_PUSH_SECRET" in capsys.readouterr().err


def test_pauses_grow_and_heed_the_receiver(receiver, url):
    waited: list[float] = []
    box = Postbox(url, SECRET, tries=4, pause=1.0, sleep=waited.append)
    receiver.answers = [500] * 4
    with pytest.raises(RefusedError, match="HTTP 500"):
        box.post(b"{}", "k")
    assert [round(pause) for pause in waited] in ([1, 2, 4], [1, 2, 3], [1, 2, 5])
    receiver.answers, receiver.after = [429, 422], "7"
    waited.clear()
    with pytest.raises(RefusedError, match="HTTP 422"):
        box.post(b"{}", "k")
    assert waited == [7.0]


def test_a_signed_letter_follows_no_redirect(receiver, url):
    receiver.answers = [302]
    with pytest.raises(RefusedError, match="HTTP 302"):
        Postbox(url, SECRET).post(b"{}", "k")


def test_an_address_that_nobody_has():
    with pytest.raises(UnreachableError):
        Postbox("http://127.0.0.1:9/", SECRET, tries=1).post(b"{}", "k")
