"""Whatever is known of a guest finds the guest, in any spelling, on both engines."""

import unicodedata
import uuid

import pytest

from app.customers import search
from app.extensions import db
from tests.customers.search_base import LATELY, LONG_AGO, changed, found, known

pytestmark = pytest.mark.usefixtures("app")

TUYET = {
    "first_name": "Tuyết", "middle_name": "Thị Ánh", "last_name": "Nguyễn",
    "former_names": ["Trần Thị Tuyết"], "company_name": "Công ty TNHH Sao Biển",
    "emails": ["Tuyet.Nguyen88@gmail.com"], "phones": ["+84912345678"],
    "loyalty_number": "GB-00123456", "code": "C20240017",
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("Nguyễn Thị Ánh Tuyết", "word"), ("nguyen thi anh tuyet", "word"),
        ("tuyet nguyen", "word"), ("NGUYỄN", "word"), ("ng tu", "beginning"),
        ("uyet", "part"), ("guye", "part"), ("ntat", "beginning"), ("n t a t", "beginning"),
        ("trần", "word"), ("sao bien", "word"), ("công ty", "word"),
        ("tuyet.nguyen88@gmail.com", "exact"), ("TUYET.NGUYEN88@GMAIL.COM", "exact"),
        ("tuyet.nguyen88@g", "beginning"), ("tuyet.nguyen88", "word"), ("nguyen88", "word"),
        ("@gmail.com", "word"), ("@gmail.c", "beginning"), ("@gm", "beginning"), ("gmail", "part"),
        ("0912345678", "exact"), ("0912 345 678", "exact"), ("+84 912-345-678", "exact"),
        ("(+84) 912.345.678", "exact"), ("0084912345678", "exact"), ("84912345678", "exact"),
        ("0912", "beginning"), ("5678", "beginning"), ("345678", "beginning"),
        ("912345678", "beginning"), ("tuyet 5678", "beginning"),
        ("C20240017", "exact"), ("c20240017", "exact"), ("20240017", "exact"),
        ("C2024", "beginning"), ("GB-00123456", "word"), ("gb00123456", "exact"),
        ("00123456", "exact"),
    ],
)  # fmt: skip
def test_found_by(query: str, why: str) -> None:
    guest = known("Nguyễn Thị Ánh Tuyết", **TUYET)
    known("Someone Else", emails=["other@example.org"], phones=["+14155552671"])
    hits = search.find(db.session, query)
    assert [(hit.customer_id, hit.why) for hit in hits] == [(guest.id, why)]
    assert hits[0].rank == 1


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Đỗ Đức", "do duc"), ("Đỗ Đức", "ĐỨC"), ("王小明", "王"), ("王小明", "小明"),
        ("王小明", "明"), ("王小明", "wang xiao"), ("김민준", "김"), ("김민준", "민준"),
        ("O'Brien-Łukasz", "obrien"), ("O'Brien-Łukasz", "o'brien"), ("O'Brien-Łukasz", "brien"),
        ("O'Brien-Łukasz", "o’brien-lukasz"), ("محمد", "محمد"), ("محمد", "مُحَمَّد"),
        ("Иванов", "ivanov"), ("Anne-Marie", "annemarie"), ("佐々木 さくら", "さくら"),
        ("Straße", "strasse"), ("Ken'ichi", "kenichi"), ("สมชาย", "ชาย"),
    ],
)  # fmt: skip
def test_every_script(name: str, query: str) -> None:
    guest = known(name)
    known("Jane Doe")
    for form in (unicodedata.normalize("NFC", query), unicodedata.normalize("NFD", query)):
        assert found(form) == [guest.id]
        assert found(form.upper()) == [guest.id]


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "'", '"', '""', "(", ")", "%", "_", "*", "\\", "\x00", "a\x00", "@", "@@", "-",
        "~", "^", ":", "AND", "OR", "NOT", "NEAR(", '" OR "', "a* OR b*", "words:a", "{", "$1",
        ":match", "%(x)s",
        "a'; DROP TABLE customers; --", "\u202e\u200f", "😀", "👨\u200d👩\u200d👧", "a" * 10240,
        "nguyen " * 2000, "\ud800", "٠١٢٣٤٥", "+", "+84", "0", "@@gmail", "a@b@c", "~1234", "=a",
        ".ab", "%gu", "_@_", "a_b@c", "\\@%", "％", "ㅁㄴ",
        "\u0301", "᾿", "ﷺ", "\t\n",
        "1 2 3 4 5 6 7 8 9",
    ],
)  # fmt: skip
def test_nothing_typed_is_an_error(query: str) -> None:
    known("Nguyễn Thị Ánh Tuyết", **TUYET)
    assert len(search.find(db.session, query)) <= 1


def test_only_the_first_200_characters_count() -> None:
    guest = known("Nguyễn Văn An")
    assert found("an" + " " * 198 + "x" * 9000) == [guest.id]


def test_signs_of_the_index_find_nothing_by_themselves() -> None:
    guest = known("Nguyễn Thị Ánh Tuyết", **TUYET)
    assert found("~8765") == found("8765") == found(".ntat x") == []
    assert found("^@gmail") == found("@gmail") == [guest.id]


def test_wildcards_are_letters() -> None:
    known("Percent Guest", emails=["ab@example.org"])
    guest = known("Under Score", emails=["a_b@example.org"])
    assert found("a_b@example.org") == [guest.id]
    assert found("a_b@") == [guest.id]


def test_whole_words_come_before_beginnings_and_these_before_parts() -> None:
    part = known("Xuanan", vip_status="diamond", last_stay_date=LATELY)
    start = known("Ananda", vip_status="platinum", last_stay_date=LATELY)
    word = known("Lê Anan")
    assert found("anan") == [word.id, start.id, part.id]


def test_of_three_words_parts_count_only_where_nothing_else_is_found() -> None:
    part = known("Vananh Thithu Lequyen", vip_status="diamond")
    assert found("anh thu quyen") == [part.id]
    start = known("Anh Thu Quyen")
    assert found("anh thu quyen") == [start.id]
    assert found("anh thu") == [start.id, part.id]


def test_an_exact_code_comes_first() -> None:
    start = known("Someone", code="C202400170", vip_status="diamond")
    exact = known("Other", code="C20240017")
    hits = search.find(db.session, "C20240017")
    assert [(h.customer_id, h.why) for h in hits] == [(exact.id, "exact"), (start.id, "beginning")]


def test_vip_then_recent_then_newer_guests_come_first() -> None:
    older, newer = known("Lê An"), known("Lê An")
    long_ago = known("Lê An", last_stay_date=LONG_AGO)
    lately = known("Lê An", last_stay_date=LATELY)
    silver = known("Lê An", vip_status="silver", last_stay_date=LONG_AGO)
    diamond = known("Lê An", vip_status="diamond")
    best = [guest.id for guest in (diamond, silver, lately, long_ago, newer, older)]
    assert found("le an") == best
    assert found("le an", limit=2) == best[:2]


def test_limits() -> None:
    for _ in range(12):
        known("Lê An")
    assert len(found("an")) == 10
    assert len(found("an", limit=100)) == 12
    assert found("an", limit=0) == []


def test_a_merged_guest_leads_to_the_survivor_once() -> None:
    survivor = known("Trần Bình")
    merged = known("Trần Văn Bình", emails=["old@example.org"])
    changed(merged, status="merged", survivor=survivor.id)
    assert found("old@example.org") == [survivor.id]
    assert found("bình") == [survivor.id]


def test_many_rows_of_one_survivor_do_not_crowd_others_out() -> None:
    survivor, other = known("Trần Bình"), known("Lê Bình")
    for _ in range(25):
        changed(known("Bình", vip_status="gold"), status="merged", survivor=survivor.id)
    assert found("binh", limit=2) == [survivor.id, other.id]


def test_an_erased_guest_is_not_found() -> None:
    guest = known("Phạm Hoa", emails=["hoa@example.org"])
    changed(guest, status="erased")
    assert found("hoa") == found("hoa@example.org") == []


def test_a_removed_guest_is_not_found() -> None:
    guest = known("Phạm Hoa")
    search.remove(db.session, guest.id)
    search.remove(db.session, uuid.uuid4())
    assert found("hoa") == []


def test_long_names_are_kept_within_bounds() -> None:
    guest = known("Ă" * 5000 + " " + "王" * 5000 + " " + " ".join(f"w{n}" for n in range(900)))
    assert found("aaaa") == [guest.id]
