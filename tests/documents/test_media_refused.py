"""Files that are not taken: one clear sentence each, and no harm to the house."""

import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Invalid, Unreadable
from app.documents import media
from app.documents.media import process
from app.documents.media.sentences import WHY
from tests.documents import samples

pytestmark = pytest.mark.sqlite_only  # a file is decoded alike whatever the database

Made = Callable[[], bytes]
BOMB = samples.chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 30_000_000, 9))
HOSTILE: list[tuple[str, str, Made]] = [
    ("nothing in it", "empty", lambda: b""),
    ("zeros", "unknown", lambda: b"\0" * 5000),
    ("GIF", "unknown", lambda: samples.picture("GIF", mode="P")),
    ("zip named .jpg", "archive", samples.archive),
    ("SVG", "markup", lambda: b'\xef\xbb\xbf <?xml version="1.0"?><svg onload="alert(1)"/>'),
    ("HTML", "markup", lambda: b"\n<!doctype html><script>alert(1)</script>"),
    ("60,000 x 60,000 PNG", "pixels", lambda: samples.png(60_000, 60_000)),
    ("20,001 x 1 PNG", "pixels", lambda: samples.png(20_001, 1)),
    ("60,000 x 60,000 HEIC", "pixels", lambda: samples.heic(60_000, 60_000)),
    ("WebP of 26 million pixels", "webp_pixels", lambda: samples.webp(6_500, 4_000)),
    ("PNG that lies of its size", "cut", lambda: samples.png(7_000, 7_000)),
    ("PNG with a bomb of text", "damaged", lambda: samples.png(9, 9, BOMB)),
    ("half a JPEG", "cut", lambda: samples.picture()[:20_000]),
    ("half a PNG", "cut", lambda: samples.picture("PNG")[:20_000]),
    ("half a WebP", "cut", lambda: samples.picture("WEBP")[:2_000]),
    ("half a HEIC", "cut", lambda: samples.HEIC[:300]),
    ("HEIC but for its last byte", "cut", lambda: samples.HEIC[:-1]),
    ("HEIC of nonsense", "damaged", lambda: samples.HEIC[:-147] + b"x" * 147),
    ("half a PDF", "cut", lambda: samples.pdf()[:300]),
    ("PDF without its list", "damaged", lambda: samples.pdf().replace(b"xref", b"xrxf")),
    ("PDF of a head and an end", "damaged", lambda: b"%PDF-1.7\n%%EOF"),
    ("PDF with a password", "password", lambda: samples.locked(user="secret")),
    ("PDF of 51 pages", "pages", lambda: samples.pdf(pages=51)),
    ("script", "script", lambda: samples.pdf(samples.script)),
    ("script, packed", "script", lambda: samples.packed(samples.script)),
    ("script of a page", "script", lambda: samples.packed(samples.script_of_a_page)),
    ("script after a jump", "script", lambda: samples.pdf(samples.script_after_a_jump)),
    ("launch", "launch", lambda: samples.packed(samples.launch)),
    ("attachment", "attachment", lambda: samples.packed(samples.attachment)),
    ("XFA", "form", lambda: samples.packed(samples.xfa)),
    ("picture before a PDF", "two_formats", lambda: b"GIF89a" + samples.pdf()),
    ("page in a PDF", "two_formats", lambda: samples.pdf().replace(b"\n", b"\n%<SCRIPT>\n", 1)),
    ("archive after a PDF", "two_formats", lambda: samples.pdf() + samples.archive()),
    ("archive that ends like a PDF", "two_formats",
     lambda: samples.archive(samples.pdf(), comment=b"%%EOF")),
]  # fmt: skip


def said(data: bytes) -> list[str]:
    with pytest.raises(Invalid) as refused:
        media.examine(BytesIO(data), len(data))
    return refused.value.errors["file"]


@pytest.mark.parametrize(("why", "made"), [row[1:] for row in HOSTILE], ids=[r[0] for r in HOSTILE])
def test_a_hostile_file_is_refused_in_one_sentence(why: str, made: Made):
    assert said(made()) == [str(WHY[why])]


def test_every_beginning_of_a_good_file_is_refused_or_read_and_never_fails_otherwise():
    for whole in (samples.HEIC, samples.picture(size=(40, 30)), samples.pdf()):
        for share in (0.05, 0.4, 0.8):
            assert len(said(whole[: int(len(whole) * share)])) == 1


def test_a_page_that_is_not_there_is_refused():
    for kind, data, page in (("pdf", samples.pdf(), 2), ("jpg", samples.picture(), 0)):
        with pytest.raises(Invalid) as refused:
            media.preview(BytesIO(data), kind, page, "Lan")
        assert refused.value.errors["file"] == [str(WHY["no_page"])]


def test_what_takes_too_long_is_ended_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch):
    ended = []
    end = process._Child.end

    def watched(child: process._Child) -> int:
        ended.append(end(child))
        return ended[-1]

    monkeypatch.setattr(process, "MOST_SECONDS", 0.01)
    monkeypatch.setattr(process._Child, "end", watched)
    assert said(samples.picture()) == [str(WHY["slow"])]
    assert set(ended) == {-signal.SIGKILL}


@pytest.mark.skipif(sys.platform != "linux", reason="macOS knows no such limit")
def test_what_takes_too_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch):
    limited = ["/bin/sh", "-c", 'ulimit -v 240000 && exec "$@"', "sh", *process._command()]
    monkeypatch.setattr(process, "_command", lambda: limited)
    assert media.examine(BytesIO(samples.pdf()), len(samples.pdf())).pages == 1
    assert said(samples.pdf(samples.drawn_for_ever)) == [str(WHY["heavy"])]


class Watched(BytesIO):
    """A store's file; it notes how much was asked for and how large the process was then."""

    asked: list[int]
    process_id = 0
    high = 0

    def read(self, length: int | None = -1) -> bytes:
        self.asked.append(length or 0)
        if self.process_id:
            status = Path(f"/proc/{self.process_id}/status").read_text()
            self.high = int(status.split("VmHWM:")[1].split()[0]) // 1024
        return super().read(length)


def watched(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """The stream, after it was examined."""
    stream = Watched(data)
    stream.asked = []
    spoken = process._conversation

    def conversation(child: process._Child, *more: Any) -> Any:
        stream.process_id = child.running.pid
        return spoken(child, *more)

    monkeypatch.setattr(process, "_conversation", conversation)
    assert media.examine(stream, len(data)).kind == "pdf"
    return stream


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_pdf_of_25_mb_is_read_by_ranges_and_never_held(monkeypatch: pytest.MonkeyPatch):
    size = (1240, 1754)
    photo = samples.picture(size=size)
    large = samples.pdf(samples.scans(photo, size, pages=26_000_000 // len(photo)))
    assert len(large) > 25_000_000
    small, heavy = watched(samples.pdf(), monkeypatch), watched(large, monkeypatch)
    assert max(heavy.asked) <= 1 << 20
    assert sum(heavy.asked) < 2 * len(large)
    assert heavy.high - small.high < 16


def test_only_two_are_decoded_at_once_in_all_processes_and_others_are_told(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(process, "PATIENCE", 0)
    with process._lock(0) as shared:
        holds = f"import fcntl; fcntl.flock({shared.fileno()}, fcntl.LOCK_EX); print(flush=True)"
        other = [sys.executable, "-c", f"{holds}; input()"]
        pipe = subprocess.PIPE
        fds = (shared.fileno(),)
        with subprocess.Popen(other, stdin=pipe, stdout=pipe, pass_fds=fds) as elsewhere:
            assert elsewhere.stdout
            elsewhere.stdout.readline()
            shared.close()
            with process._turn():
                assert said(samples.picture()) == [str(WHY["busy"])]
            assert media.examine(BytesIO(samples.HEIC), len(samples.HEIC)).width == 96
            elsewhere.kill()
        with process._turn(), process._turn():
            pass


def test_a_store_that_fails_midway_is_heard_as_what_it_is():
    class Failing(BytesIO):
        def read(self, length: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise Unreadable("a flipped bit")
            return super().read(length)

    data = samples.picture(size=(2000, 1500))
    with pytest.raises(Unreadable):
        media.examine(Failing(data), len(data))


WRITES = """
import os, runpy, sys
runpy.run_path(sys.argv[1])["accept_limits"]()
try:
    with open(sys.argv[2], "wb") as file:
        file.write(b"a passport")
except OSError:
    sys.exit(os.path.getsize(sys.argv[2]))
sys.exit(99)
"""


REACHES = """
import os, pathlib, runpy, socket, sys
walls, readable, secret, port = sys.argv[1:]
version = runpy.run_path(walls)["enclose"]([readable, "/", "."])
os.listdir(readable)
for since, act in (
    (1, lambda: pathlib.Path(secret).read_bytes()),
    (4, lambda: socket.create_connection(("127.0.0.1", int(port)))),
    (6, lambda: os.kill(os.getppid(), 0)),
):
    try:
        act()
    except PermissionError:
        continue
    if version >= since:
        sys.exit(since)
sys.exit(0 if version else 77)
"""


def test_the_process_reaches_neither_other_files_nor_the_network_nor_its_parent(tmp_path: Path):
    (tmp_path / "libraries").mkdir()
    secret = tmp_path / "keys"
    secret.write_text("first:secret")
    walls = Path(process.__file__).with_name("walls.py")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        given = [str(walls), str(tmp_path / "libraries"), str(secret), port]
        ended = subprocess.run([sys.executable, "-c", REACHES, *given], check=False).returncode
    if ended == 77:
        pytest.skip("this system has no Landlock")
    assert ended == 0


def test_the_process_knows_no_secret_and_can_write_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MASTER_KEYS", "first:secret")
    assert not {"MASTER_KEYS", "SECRET_KEY", "DATABASE_URL"} & set(process._environment())
    limits = Path(process.__file__).with_name("limits.py")
    command = [sys.executable, "-c", WRITES, str(limits), str(tmp_path / "picture")]
    assert subprocess.run(command, check=False).returncode == 0
