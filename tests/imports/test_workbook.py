"""Reading XLSX: what cells mean, and workbooks that are built to harm."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from app.core.errors import Invalid
from app.core.tabular import read, sniff
from app.core.workbook import sheet_names


def book(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    """A workbook as other programs write it, with shared texts."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"})
    for name, content in ({"Guests": rows} | more).items():
        sheet = made.add_worksheet(name)
        for number, row in enumerate(content):
            for place, cell in enumerate(row):
                if isinstance(cell, Formula):
                    sheet.write_formula(number, place, cell.text, value=cell.value)
                else:
                    sheet.write(number, place, cell)
    made.close()
    return out.getvalue()


@dataclass
class Formula:
    """A formula with the value that the program saw last."""

    text: str
    value: Any


def remade(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def cells(content: bytes) -> list[list[str]]:
    stream = io.BytesIO(content)
    return [row.cells for row in read(stream, sniff(stream))]


def test_cells_become_what_staff_would_read():
    moment = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a cell has no time zone
    row = [date(1985, 12, 31), moment, 84912345678.0, 1.5, True, None, "Đỗ"]
    found = cells(book([list("abcdefg"), row]))[1]
    assert found == ["1985-12-31", "2020-01-02 03:04:05", "84912345678", "1.5", "true", "", "Đỗ"]


def test_a_formula_gives_the_value_last_seen_and_is_never_run():
    assert cells(book([["name"], [Formula("=1+1", 2)]])) == [["name"], ["2"]]


def test_sheets_are_told_and_rows_keep_their_numbers():
    content = book([["name"], [None], ["An"]], Other=[["x"]])
    assert sheet_names(io.BytesIO(content)) == ["Guests", "Other"]
    stream = io.BytesIO(content)
    assert [row.number for row in read(stream, sniff(stream))] == [1, 3]


def test_many_shared_texts_are_read_back_right():
    rows = [[f"name {n}", f"town {n % 7}"] for n in range(3000)]
    assert cells(book(rows)) == rows


def test_external_entities_are_refused():
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<si><t>&e;</t></si></sst>"
    )
    made = remade(
        book([["name"], ["An"]]), lambda name, data: evil if "sharedStrings" in name else data
    )
    with pytest.raises(Invalid):
        cells(made)


def test_a_billion_laughs_are_refused():
    lol = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">' + lol + b"]><x>&l8;</x>"
    made = remade(book([["n"]]), lambda name, data: evil if "sheet1" in name else data)
    with pytest.raises(Invalid):
        cells(made)


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part):
    made = remade(book([["n"]]), lambda n, data: data + b" " * 40_000_000 if n == part else data)
    assert len(made) < 100_000
    with pytest.raises(Invalid):
        cells(made)


@pytest.mark.parametrize("cut", [30, 400, -30])
def test_a_damaged_workbook_is_said_to_be_damaged(cut):
    with pytest.raises(Invalid):
        cells(book([["name"], ["An"]])[:cut])


def test_any_other_zip_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(Invalid):
        cells(out.getvalue())


def test_a_cell_at_the_far_end_is_refused_as_too_wide():
    made = openpyxl.Workbook()
    made.active["A1"] = "name"
    made.active["XFD2"] = "far"
    out = io.BytesIO()
    made.save(out)
    rows = list(read(io.BytesIO(out.getvalue()), sniff(io.BytesIO(out.getvalue()))))
    assert [bool(row.fault) for row in rows] == [False, True]
