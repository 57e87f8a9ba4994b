"""Photos of papers: turned, blurred and grainy ones are read, and nothing wrong is proven."""

import random
from dataclasses import replace

import pytest
from PIL import Image

from app.documents.reading import mrz, ocr, photo, photographed, shapes
from app.documents.reading.strips import strips
from tests.databases import cannot_run
from tests.reading import photos
from tests.reading.papers import CARD, TODAY, Paper, td1, td2, td3

PAPER = Paper(number="BQ1736248", last="SCHMIDT<HOFF", first="KWIXTZ<JOY", nationality="D")


@pytest.mark.parametrize(
    ("form", "shot"),
    [
        (td3, {"turn": 0.0, "wide": 3000, "noise": 0}),
        (td3, {"turn": -9.0, "wide": 1400, "noise": 40, "blur": 1.0, "lean": 0.04}),
        (td1, {"turn": 7.0, "wide": 1600, "noise": 30}),
        (td2, {"turn": 3.0, "wide": 2000, "blur": 1.2}),
    ],
)
def test_a_zone_is_read_in_a_photo(form, shot):
    zone = form(PAPER)
    seen = photo.look(photos.taken(photos.page(zone, 2), seed=2, **shot))
    found = photographed.read(seen, TODAY)
    assert found is not None
    assert found[0].whole
    true = mrz.read(zone, TODAY)
    named = {name: getattr(true, name) for name in ("last_name", "first_name")}
    assert replace(found[0], repaired=frozenset(), **named) == true
    wrong = [a for name in named for a, b in zip(getattr(found[0], name), named[name], strict=True)
             if a != b]  # fmt: skip
    assert len(wrong) <= 1, "no check digit tells of names"


@pytest.mark.parametrize("quarter", [Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90])
def test_a_photo_may_lie_on_its_side_or_stand_on_its_head(quarter):
    shot = photos.taken(photos.page(td3(PAPER), 1), turn=2, wide=1600).transpose(quarter)
    found = photographed.read(photo.look(shot), TODAY)
    assert found is not None
    assert found[0].number == "BQ1736248"


def test_the_first_line_of_a_card_is_found_where_it_lies_less_level_than_the_others():
    card = td1(Paper(number="029141777", personal="079029141777<<7"))
    shot = photos.taken(photos.page(card), turn=5, wide=1800, noise=0)
    found = photographed.read(photo.look(shot), TODAY)
    assert found is not None
    assert (found[0].number, found[0].whole) == ("079029141777", True)


def test_what_is_too_blurred_to_read_proves_nothing_wrong():
    true, luck = mrz.read(td3(PAPER), TODAY), random.Random(3)
    for seed in range(2):
        blur = luck.uniform(2.0, 4.0)
        shot = photos.taken(photos.page(td3(PAPER), seed), seed=seed, wide=900, noise=60, blur=blur)
        found = photographed.read(photo.look(shot), TODAY)
        for name in ("number", "birth", "expiry") if found and true else ():
            right = getattr(found[0], name) == getattr(true, name)
            assert right or found[0].state(name) != "proven"


@pytest.mark.parametrize("turn", [0, -12])
def test_a_citizen_cards_code_is_read_in_a_photo(turn):
    found = photographed.read(
        photo.look(photos.taken(photos.card(CARD, 4), turn=turn, wide=1800)), TODAY
    )
    assert found is not None
    assert (found[0].full_name, found[1]) == ("Nguyễn Thị Ánh Đào", CARD)


@pytest.mark.parametrize("size", [(1, 1), (40, 900), (600, 400)])
def test_a_photo_of_nothing_has_nothing_to_read(size):
    seen = photo.look(Image.effect_noise(size, 80))
    assert photographed.read(seen, TODAY) is None


def test_the_ocr_reads_a_strip_and_a_missing_one_says_nothing(monkeypatch):
    if not ocr.available():
        cannot_run("tesseract is not installed")
    strip = strips(photos.taken(photos.page(td3(PAPER)), turn=1, wide=1600))[0]
    assert "BQ1736248" in ocr.read(strip)
    assert shapes.read(strip).replace("\n", "").startswith("P<VNMSCHMIDT<HOFF<<KWIXTZ<JOY<")
    monkeypatch.setenv("PATH", "")
    assert ocr.read(strip) == ""
    assert not ocr.available()
