"""Figures of documents: a photo and a long PDF brought by form, and a tab of 50 of them.

D is what it costs to decode a photo and encode it anew, in this process and with nothing around it.
"""

import contextlib
import io
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from PIL import Image
from sqlalchemy import delete, select

from app.core.actor import HOUSE
from app.core.database import writing
from app.core.types import new_id
from app.customers.models import Customer
from app.documents import services
from app.documents.models import Document
from app.extensions import db
from bench.floors import Server
from bench.frame import Bench, Measured, figure, percentile, timed
from bench.site import Site, asking, in_process, shared

PHOTO = (4000, 3000)
PHOTO_BYTES, PDF_BYTES = 5_400_000, 25_900_000
WARM, ROUNDS = 2, 20
TAB = 50


def _photo(seed: int, size: tuple[int, int] = PHOTO, most: int = PHOTO_BYTES) -> bytes:
    """A grainy picture, as a camera makes it, just below the wanted length."""
    random.seed(seed)
    bands = [Image.effect_noise(size, 24 + 4 * band) for band in range(3)]
    picture, quality = Image.merge("RGB", bands), 97
    while len(made := _encoded(picture, quality)) > most and quality > 10:
        quality -= 2
    return made


def _encoded(picture: Image.Image, quality: int = 88) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _again(photo: bytes) -> None:
    """D, once."""
    with Image.open(io.BytesIO(photo)) as picture:
        _encoded(picture.convert("RGB"))


def _pdf(size: int) -> bytes:
    """Pages of one picture each, up to the wanted length."""
    photo = _photo(7, (1600, 1200), 1_000_000)
    pdf, out = pikepdf.new(), io.BytesIO()
    for number in range(max(1, size // len(photo))):
        pdf.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(pdf, photo + number.to_bytes(4, "big"))
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1600, Height=1200,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        page = pdf.pages[-1]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pdf.make_indirect(image)))
        page.Contents = pikepdf.Stream(pdf, b"q 595 0 0 446 0 200 cm /Im Do Q")
    pdf.save(out)
    return out.getvalue()


@contextlib.contextmanager
def _guest(bench: Bench) -> Iterator[uuid.UUID]:
    """Somebody whose documents go away again."""
    query = select(Customer.id).where(Customer.status == "active").order_by(Customer.number)
    with bench.engine.connect() as connection:
        guest: uuid.UUID = connection.execute(query.limit(1)).scalar_one()
    try:
        yield guest
    finally:
        with writing(), bench.engine.begin() as connection:
            connection.execute(delete(Document).where(Document.customer_id == guest))


def _upload(site: Site, guest: uuid.UUID, name: str, content: bytes) -> None:
    """What a browser sends; the answer leads to the document."""
    fields = {"document_type": "other", "form_id": str(new_id())}
    site.send(f"/customers/{guest}/documents", fields, ("file", name, content))


@figure("photo of 5 MB uploaded, stored and drawn small, p95", "x", 3, 2, floor="D")
def photo(bench: Bench) -> Measured:
    """From the first byte of the form to the answer."""
    photos = [_photo(seed) for seed in range(bench.many(3, 1))]
    taken, floors = [], []
    site = shared(bench)
    with _guest(bench) as guest:
        for number in range(WARM + bench.many(ROUNDS, 2)):
            content = photos[number % len(photos)]
            whole = timed(lambda c=content: _upload(site, guest, "a.jpg", c))  # type: ignore[misc]
            alone = timed(lambda c=content: _again(c))  # type: ignore[misc]
            if number >= WARM:
                taken.append(whole)
                floors.append(alone)
    return Measured(percentile(taken, 0.95), percentile(floors, 0.95))


class _Watch:
    """The most memory that a server's worker has, and that each process has which it starts."""

    def __init__(self, server: Server) -> None:
        self.worker = Path(f"/proc/{server.workers[0]}")
        self.children, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watch":
        (self.worker / "clear_refs").write_text("5")  # counts its most from here on
        self.before = _most(self.worker)
        self.thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.over.set()
        self.thread.join()
        self.grown = _most(self.worker) - self.before

    def _look(self) -> None:
        while not self.over.is_set():
            for task in (self.worker / "task").iterdir():
                with contextlib.suppress(OSError):
                    for number in (task / "children").read_text().split():
                        self._note(Path("/proc") / number)
            time.sleep(0.002)

    def _note(self, child: Path) -> None:
        if b"boot.py" in (child / "cmdline").read_bytes():  # before, it is the worker's image
            self.children = max(self.children, _most(child))


def _most(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


@figure("PDF of 25 MB uploaded, growth of memory", "MB", 16, 8)
def long_pdf(bench: Bench) -> Measured:
    """What the worker grows by, and what the process that decodes takes more than for one page."""
    if not Path("/proc/self/clear_refs").exists():
        return Measured(0.0)
    one, many = _pdf(1), _pdf(PDF_BYTES)
    site = shared(bench)
    with _guest(bench) as guest:
        for _ in range(3):
            _upload(site, guest, "a.pdf", one)
        with _Watch(site.server) as short:
            _upload(site, guest, "a.pdf", one)
        with _Watch(site.server) as long:
            _upload(site, guest, "a.pdf", many)
    bench.details["PDF of 25 MB, MB of memory"] = {
        "worker grew by": round(long.grown, 1), "decoding": round(long.children, 1),
        "decoding one page": round(short.children, 1),
    }  # fmt: skip
    return Measured(long.grown + max(0.0, long.children - short.children))


@figure("tab of 50 documents, SQL statements more than for one", "count", 0, 0)
def tab(bench: Bench) -> Measured:
    """How many statements the other 49 cost."""
    counted = []
    with (
        _guest(bench) as guest, tempfile.TemporaryDirectory() as folder,
        in_process(bench.base, folder) as app,
    ):  # fmt: skip
        ask = asking(app)
        for wanted in (1, TAB):
            with writing():
                for _ in range(wanted - len(services.of(guest))):
                    services.add(guest, {"document_type": "other"}, by=HOUSE)
                db.session.commit()
            counted.append(len(ask(f"/customers/{guest}/documents")))
    return Measured(float(counted[1] - counted[0]))
