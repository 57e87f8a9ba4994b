"""Files for spreadsheet programs: every script comes through, and nothing is run."""

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import xlsx_out
from app.core.tabular_out import Cell, csv_chunks, inert, write_csv
from app.core.xlsx_out import write_xlsx

NAMES = (
    "Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد بن علي", "สมชาย",
    'says "hi", twice', "two\nlines", "<b>&amp;</b>", "🙂",
)  # fmt: skip
FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1+1", "＋1", "－1", "＠A",
    " =cmd|'/c calc'!A1", "|x", "%0A=1", "\ufeff=1", "\u200b=1", "\u3000=1",
)  # fmt: skip
EVENING = datetime.combine(date(2026, 11, 22), time(20, 15))


def as_csv(rows: list[list[Cell]], labels: tuple[str, ...] = ("a",)) -> list[list[str]]:
    out = io.BytesIO()
    write_csv(out, labels, [rows])
    text = out.getvalue()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def as_xlsx(rows: list[list[Cell]], labels: tuple[str, ...] = ("a",)) -> Any:
    out = io.BytesIO()
    write_xlsx(out, labels, [rows], title="Guests")
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_come_through(name: str) -> None:
    assert as_csv([[name]]) == [["a"], [name]]
    cell = as_xlsx([[name]]).active["A2"]
    assert (cell.value, cell.data_type) == (name, "s")


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_is_run(formula: str) -> None:
    assert inert(formula).startswith("'")
    assert as_csv([[formula]])[1][0].startswith("'")
    cell = as_xlsx([[formula]]).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@given(st.text(max_size=30))
def test_any_text_makes_a_file_that_opens(text: str) -> None:
    cell = as_xlsx([[text]]).active["A2"]
    assert cell.value is None or cell.data_type == "s"
    assert len(as_csv([[text]])) == 2


def test_phones_are_texts_and_amounts_are_numbers() -> None:
    row: list[Cell] = ["+84912345678", Decimal("12000000.000"), 5, Decimal("-0.5"), Decimal("1E+9")]
    assert as_csv([row])[1] == ["'+84912345678", "12000000", "5", "-0.5", "1000000000"]
    sheet = as_xlsx([row], ("a",) * 5).active
    assert [cell.value for cell in sheet[2]] == ["+84912345678", 12_000_000, 5, -0.5, 10**9]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "n", "n"]


def test_days_are_days() -> None:
    row: list[Cell] = [date(1985, 12, 31), EVENING, date(1900, 1, 1), None]
    assert as_csv([row])[1] == ["1985-12-31", "2026-11-22 20:15", "1900-01-01", ""]
    cells = as_xlsx([row], ("a",) * 4).active[2]
    assert cells[0].value == datetime.combine(date(1985, 12, 31), time())
    assert cells[1].value == EVENING
    assert cells[2].value == "1900-01-01"


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 4)
    book = as_xlsx([[n] for n in range(7)])
    assert [sheet.title for sheet in book] == ["Guests", "Guests 2", "Guests 3"]
    values = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert values == [["a", 0, 1, 2], ["a", 3, 4, 5], ["a", 6]]


def test_a_list_of_nobody_is_a_head_alone() -> None:
    assert as_csv([]) == [["a"]]
    assert [c.value for c in as_xlsx([]).active["A"]] == ["a"]


def test_csv_comes_in_pieces() -> None:
    pieces = csv_chunks(["a"], ([[n]] for n in range(3)))
    assert next(pieces) == b"\xef\xbb\xbfa\r\n"
    assert list(pieces) == [b"0\r\n", b"1\r\n", b"2\r\n"]
