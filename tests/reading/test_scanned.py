"""What scanners type: citizen cards' codes and zones, however the keyboard spoiled them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.documents.reading import citizen_card, wedge
from tests.reading.papers import CARD, TODAY, Paper, td1, td3

NEWER = CARD + "||Trần Thị Bình|Nguyễn Văn Công|"
GERMAN = str.maketrans("ZYzy<", "YZyz;")
FRENCH = str.maketrans("AZQWM<1234567890", "QWAZ?.&é\"'(-è_çà")


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        NEWER,
        CARD.replace("025123456", ""),
        f"\x02{CARD}\r\n",
        f"]Q1{CARD}",
        CARD.replace("|", "~"),
        CARD.replace("Phường Bến Nghé, ", "\nPhường  Bến Nghé, "),
    ],
)
def test_a_citizen_cards_code_is_read_with_all_accents(text: str):
    found = wedge.read(text, TODAY).reading
    assert found is not None
    assert found.full_name == "Nguyễn Thị Ánh Đào"
    assert (found.number, found.birth, found.sex) == ("079190001234", date(1990, 8, 15), "female")
    assert (found.issued, found.expiry) == (date(2021, 6, 20), None)
    assert found.address == "12 Lê Lợi, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh"
    assert found.personal_number in (None, "025123456")
    assert found.state("number") == "proven"
    assert "Bình" not in repr(found)


def test_a_name_whose_accents_the_keyboard_lost_is_not_taken():
    found = wedge.read(CARD.replace("Nguyễn Thị Ánh Đào", "Nguy?n Th? Ánh ?ào"), TODAY).reading
    assert found is not None
    assert (found.full_name, found.last_name, found.number) == (None, None, "079190001234")


@pytest.mark.parametrize(
    ("was", "wrong"),
    [("079190", "079090"), ("079190", "079390"), ("079190", "079191"), ("|Nữ|", "|Nam|")],
)
def test_a_citizens_number_has_to_agree_with_the_person(was: str, wrong: str):
    found = citizen_card.read(CARD.replace(was, wrong), TODAY)
    assert found is not None
    assert found.state("number") == "failed"


@pytest.mark.parametrize(
    "text",
    ["", "079190001234", CARD.replace("15081990", "31021990"), CARD.replace("1990", "2099"),
     "|" * 900, "1" * 5000, "WIFI:T:WPA;S:Hotel;P:secret;;", ("079190001234|" * 400)],
)  # fmt: skip
def test_what_is_no_card_is_none(text: str):
    assert wedge.read(text, TODAY).reading is None


@pytest.mark.parametrize("form", [td3, td1])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda zone: zone.replace("\n", ""),
        lambda zone: zone.replace("\n", "\r\r\n") + "\t",
        lambda zone: zone.lower().replace("<", ","),
        lambda zone: zone.replace("<", "?"),
        lambda zone: zone.translate(GERMAN),
        lambda zone: zone.translate(FRENCH),
        lambda zone: f"\x02~{zone}~\x03",
        lambda zone: zone.replace("<", "«") if "<" not in zone else zone.replace("<<", "«"),
    ],
)
def test_a_zone_is_read_from_any_keyboard(form, spoil):
    paper = Paper(number="YZ1234567", last="AZIZ", first="MAYA<QUY", nationality="MAR")
    found = wedge.read(spoil(form(paper)), TODAY).reading
    assert found is not None
    assert (found.number, found.last_name, found.first_name) == ("YZ1234567", "Aziz", "Maya Quy")
    assert (found.nationality, found.birth) == ("MA", date(1990, 1, 1))
    assert found.whole


def test_a_zone_that_vietnamese_typing_changed_is_pointed_out():
    typed = td3(replace(Paper(), last="NGUYEENX")).replace("NGUYEENX", "NGUYỄN").replace("44", "4")
    typed = typed.replace("VNM", "VNḾ").replace("AN<", "Ă<")
    assert wedge.read(typed, TODAY) == wedge.Scanned(None, spoiled=True)
    assert not wedge.read("Nguyễn Văn An", TODAY).spoiled


@given(some.text(max_size=300) | some.text("0123456789|ABC<", max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_text_brings_the_scanner_down(text: str):
    wedge.read(text, TODAY)
