"""What the tests of imports share: files made up here, an import brought in, its jobs done."""

import io
import random
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.core import jobs
from app.core.actor import HOUSE, Actor
from app.extensions import db
from app.imports import services, stages
from app.imports.models import ImportBatch

FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Đỗ", "Smith", "O'Brien-Łukasz", "김", "王"]
GIVEN = ["Thị Ánh Tuyết", "Đức", "Văn An", "Minh Châu", "John", "민준", "小明", "Quỳnh"]
TITLES = "guest_id,last_name,first_name,email,phone,date_of_birth,nationality,passport_number,city"

SPELLINGS: tuple[Callable[[str], str], ...] = (str.strip, str.upper, str.lower, "  {} ".format)


def garbled(count: int, seed: int = 1) -> bytes:
    """A guest file as real ones are: cases, spaces, several phones, placeholders, nonsense."""
    dice = random.Random(seed)
    phones = ["09{:08d}", "+849{:08d}", "00849{:08d}", "09{:08d} / 0912345678", "016{:08d}", "12"]
    births = ["{d:02d}/{m:02d}/{y}", "{y}-{m:02d}-{d:02d}", "01/01/1900", "31/02/1980", "", "31402"]
    rows = [TITLES]
    for n in range(count):
        family, given = dice.choice(FAMILIES), dice.choice(GIVEN)
        form = dice.choice(SPELLINGS)
        born = dice.choice(births).format(
            d=dice.randint(1, 28), m=dice.randint(1, 12), y=dice.randint(1940, 2005)
        )
        email = dice.choice([f"g{n}@mail.vn", f"g{n}@@mail", "n/a", "", f"G{n}@MAIL.VN"])
        phone = dice.choice(phones).format(dice.randint(0, 99_999_999))
        nation = dice.choice(["VN", "Việt Nam", "KR", "Korea", "", "Atlantis"])
        paper = dice.choice([f"B{n:07d}", "", "N/A"])
        city = dice.choice(["Đà Nẵng", '"Huế, Thừa Thiên"', ""])
        rows.append(
            f"{n},{form(family)},{form(given)},{email},{phone},{born},{nation},{paper},{city}"
        )
    return ("\r\n".join(rows) + "\r\n").encode()


def in_1258(text: str) -> bytes:
    """The text as Vietnamese Windows wrote it: base letters, then the tone as a mark of its own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for char in text:
        whole = unicodedata.normalize("NFD", char)
        base = unicodedata.normalize("NFC", "".join(c for c in whole if c not in tones))
        out += base + "".join(c for c in whole if c in tones)
    return out.encode("cp1258")


@pytest.fixture
def done(app: Flask) -> Callable[[], None]:
    """Does all jobs that are due, as the worker would."""

    def do() -> None:
        while job := jobs.claim("test"):
            jobs.run(job)

    return do


@pytest.fixture
def bring(app: Flask) -> Callable[..., uuid.UUID]:
    """Takes a file in, with its guessed columns and the given choices; the batch's id."""

    def take(content: bytes | str, by: Actor = HOUSE, **options: Any) -> uuid.UUID:
        data = content.encode() if isinstance(content, str) else content
        batch = services.receive("guests", "g.csv", io.BytesIO(data), by=by, language="en")
        chosen = {"source_system": "opera"} | options
        services.plan(batch, batch.mapping, batch.options | chosen, by=by)
        db.session.commit()
        return batch.id

    return take


@pytest.fixture
def stage(app: Flask, done: Callable[[], None]) -> Callable[..., ImportBatch]:
    """Goes through a stage to its end; the batch after it."""

    def go(batch_id: uuid.UUID, which: stages.Stage, by: Actor = HOUSE) -> ImportBatch:
        stages.begin(services.get(batch_id), which, by=by)
        db.session.commit()
        done()
        db.session.expire_all()
        return services.get(batch_id)

    return go


@pytest.fixture
def imported(
    bring: Callable[..., uuid.UUID], stage: Callable[..., ImportBatch]
) -> Callable[..., ImportBatch]:
    """Brings a file in, tries it, imports it; the batch after that."""

    def go(content: bytes | str, by: Actor = HOUSE, **options: Any) -> ImportBatch:
        batch_id = bring(content, by, **options)
        checked = stage(batch_id, stages.CHECK, by)
        assert checked.state == "checked", checked.fault
        return stage(batch_id, stages.RUN, by)

    return go
