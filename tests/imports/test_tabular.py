"""Reading tables: every encoding and separator, and files that mean harm."""

import io
import tracemalloc

import pytest

from app.core.errors import Invalid
from app.core.tabular import MOST_COLUMNS, Row, Shape, read, sniff
from tests.importing import in_1258

TEXT = "Họ tên;Ngày sinh;Ghi chú\nNguyễn Thị Ánh Tuyết;31/12/1985;ước gì\nĐỗ Đức;1/2/1990;ừ\n"
WANTED = [
    ["Họ tên", "Ngày sinh", "Ghi chú"],
    ["Nguyễn Thị Ánh Tuyết", "31/12/1985", "ước gì"],
    ["Đỗ Đức", "1/2/1990", "ừ"],
]


def table(content: bytes) -> list[Row]:
    stream = io.BytesIO(content)
    return list(read(stream, sniff(stream)))


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        table(content)
    return " ".join(refusal.value.errors["file"])


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (in_1258(TEXT), "cp1258"),
    ],
)
def test_vietnamese_reads_alike_in_every_encoding(content, encoding):
    assert sniff(io.BytesIO(content)).encoding == encoding
    assert [row.cells for row in table(content)] == WANTED


def test_western_letters_are_told_from_vietnamese_ones():
    text = "Name,City\nJosé Müller,Forlì\nNicolò São,Århus\nÐórr,Þing\n"
    content = text.encode("cp1252")
    assert sniff(io.BytesIO(content)).encoding == "cp1252"
    assert table(content)[2].cells == ["Nicolò São", "Århus"]


def test_decomposed_letters_arrive_composed():
    assert table("ten\nNguye\u0302\u0303n\n".encode())[1].cells == ["Nguyễn"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_separators_are_recognised(sign):
    lines = [["name", "city", "note"], ["An", "Huế", "a"], ["Bình", "Vinh", ""]]
    content = "\n".join(sign.join(line) for line in lines)
    assert [row.cells for row in table(content.encode())] == lines


def test_a_comma_within_quotes_does_not_outvote_the_semicolon():
    content = 'name;address\nAn;"1, Lê Lợi, Huế"\nBình;"2, Hai Bà Trưng, Vinh"\n'
    assert sniff(io.BytesIO(content.encode())).delimiter == ";"


def test_excels_own_hint_is_followed_and_is_no_row():
    assert [(r.number, r.cells) for r in table(b"sep=|\na|b\n1|2\n")] == [
        (2, ["a", "b"]), (3, ["1", "2"]),
    ]  # fmt: skip


def test_rows_are_numbered_as_spreadsheets_do():
    content = b'name,note\nAn,"two\nlines"\n\n , \nBinh,x\n'
    assert [(r.number, r.cells[0]) for r in table(content)] == [(1, "name"), (2, "An"), (5, "Binh")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_known(end):
    assert len(table(end.join(["a,b", "1,2", "3,4"]).encode())) == 3


def test_a_quote_that_never_closes_costs_its_own_row_only():
    rows = table(b'a,b\n1,"x\n' + b"".join(b"%d,y\n" % n for n in range(2, 200)))
    assert [row.number for row in rows if row.fault] == [2]
    assert len(rows) == 200
    assert rows[-1].cells == ["199", "y"]


def test_a_quote_that_opens_on_the_last_row_is_seen():
    rows = table(b'a,b\n1,2\n3,"x')
    assert [bool(row.fault) for row in rows] == [False, False, True]


def test_what_nobody_can_see_is_taken_out_and_control_characters_are_noted():
    rows = table("name,note\nA\u200bn\u202e,x\nB\x00i\x07nh,y\n".encode())
    assert [row.cells[0] for row in rows] == ["name", "An", "Binh"]
    assert [row.cleaned for row in rows] == [False, False, True]


def test_bytes_that_are_no_text_are_marked_not_guessed():
    stream = io.BytesIO(b"name\nA\x81n\n")
    rows = list(read(stream, Shape("csv", "cp1252", ",")))
    assert "\ufffd" in rows[1].cells[0]


@pytest.mark.parametrize("content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_said_to_be_empty(content):
    assert "empty" in refused(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"%PDF-1.7\n" + bytes(range(0, 255, 3)) * 60,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"\x7fELF" + b"\x02\x01\x01" + bytes(1000),
    ],
)
def test_a_binary_file_is_refused_whatever_its_name(content):
    assert refused(content)


def test_ten_megabytes_in_one_line_are_refused_without_being_read_whole():
    assert "longer" in refused(b"x" * 10_000_000)


def test_an_endless_line_among_others_costs_its_own_row():
    rows = table(b"a,b\n1,2\n" + b"y" * 3_000_000 + b"\n5,6\n")
    assert [(row.number, bool(row.fault)) for row in rows] == [
        (1, False), (2, False), (3, True), (4, False),
    ]  # fmt: skip
    assert len(rows[2].cells[0]) <= 500


def test_too_many_columns_are_refused():
    wide = ",".join(f"c{n}" for n in range(MOST_COLUMNS + 500))
    assert str(MOST_COLUMNS) in refused(f"{wide}\n".encode())


def test_memory_stays_flat(tmp_path):
    place = tmp_path / "large.csv"
    line = b"1,Nguyen Van An,an@example.vn,0912345678,31/12/1985," + b"x" * 180 + b"\n"
    with place.open("wb") as out:
        for _ in range(100):
            out.write(line * 1000)
    with place.open("rb") as stream:
        shape = sniff(stream)
        tracemalloc.start()
        assert sum(1 for _ in read(stream, shape)) == 100_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert place.stat().st_size > 20_000_000
    assert peak < 3_000_000
