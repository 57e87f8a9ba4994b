"""Folding, splitting and marking hold for every script and for hostile text."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import text as t

NAMES = ["Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"]
Marking = Callable[[str, str], list[tuple[str, bool]]]
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [
        ("Nguyễn Thị Ánh Tuyết", "nguyen thi anh tuyet"),
        ("ĐỖ  đức", "do duc"),
        ("Łukasz Ørsted Æsir Œuvre Straße Þór", "lukasz orsted aesir oeuvre strasse thor"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("王小明", "王小明"),
        ("ｶﾞ", "ガ"),
        ("ＡＢＣ１２３", "abc123"),
        ("مُحَمَّد أحمد", "محمد احمد"),
        ("a\x00b\u202ec\u200b\ufeffd\te", "abcd e"),
        ("O’Brien", "o'brien"),
    ],
)
def test_fold(given_text: str, folded: str) -> None:
    assert t.fold(given_text) == folded


@pytest.mark.parametrize("name", NAMES)
def test_composed_and_decomposed_fold_alike(name: str) -> None:
    assert t.fold(unicodedata.normalize("NFD", name)) == t.fold(unicodedata.normalize("NFC", name))


def test_hangul_is_composed_again() -> None:
    assert t.fold(unicodedata.normalize("NFD", "김민준")) == "김민준"


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert t.fold(t.fold(text)) == t.fold(text)


@given(ANY)
def test_folded_text_is_one_clean_line(text: str) -> None:
    folded = t.fold(text)
    assert folded == " ".join(folded.split())
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Cs") for c in folded)


@given(ANY)
def test_case_does_not_matter(text: str) -> None:
    assert t.fold(text.lower()) == t.fold(text)


@given(ANY)
def test_words_hold_letters_and_digits_only(text: str) -> None:
    for word in t.words(text):
        assert 0 < len(word) <= t.LONGEST_WORD
        assert all(c.isalnum() or unicodedata.category(c)[0] == "M" for c in word)


def test_words_join_at_apostrophes_and_part_at_hyphens() -> None:
    assert t.words("O'Brien-Łukasz, J.R.") == ["obrien", "lukasz", "j", "r"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nguyễn Thị Ánh Tuyết", "NT"), ("Đỗ Đức", "ĐĐ"), ("王小明", "王"), ("김민준", "김"),
        ("O'Brien-Łukasz", "OŁ"), ("محمد", "م"), ("", "?"), ("!!", "?"), ("ánh", "Á"),
    ],
)  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert t.initials(name) == letters


@given(ANY)
def test_initials_never_fail(text: str) -> None:
    assert t.initials(text)


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("王小明", "Wang Xiao Ming"), ("Иванов", "Ivanov"), ("Đỗ Đức", "Đỗ Đức"),
        ("さくら", "sakura"),
    ],
)  # fmt: skip
def test_latin_form(text: str, latin: str) -> None:
    assert t.latin(text) == latin


def test_digits_of_any_script() -> None:
    assert t.digits("٠٩ 12-３４") == "091234"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("van Nguyễn van", ["van", "nguyen"]),
        ("0912 345 678", ["0912345678"]),
        ("+84 (912) 345-678", ["84912345678"]),
        ("+84 (0)912-345-678", ["84912345678"]), ("0084 (0) 912 345678", ["84912345678"]),
        ("0084 912 345 678", ["84912345678"]),
        ("nguyen 0912 345", ["nguyen", "0912345"]),
        ("T.Nguyen88@Gmail nga", ["t.nguyen88@gmail", "nga"]),
        ("@", []), ("\"(%_)'", []), ("😀", []), ("\x00", []), ("", []), ("   ", []),
        ("a b c d e f g h i j", ["a", "b", "c", "d", "e", "f", "g", "h"]),
    ],
)  # fmt: skip
def test_terms(query: str, found: list[str]) -> None:
    assert t.terms(query) == found


@given(st.text(max_size=300))
def test_terms_of_anything_are_few_and_short(text: str) -> None:
    found = t.terms(text)
    assert len(found) <= t.MOST_TERMS
    assert all(0 < len(term) <= t.LONGEST_WORD and " " not in term for term in found)


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Nguyễn Văn Ngà", "nga", ["Ngà"]),
        ("Nguyễn Văn Ngà", "van ng", ["Ng", "Văn", "Ng"]),
        (unicodedata.normalize("NFD", "Nguyễn Thị"), "thi", [unicodedata.normalize("NFD", "Thị")]),
        ("Đỗ Đức", "do", ["Đỗ"]),
        ("O'Brien", "obri", ["O'Bri"]),
        ("Straße", "strass", ["Straß"]),
        ("王小明", "小", ["小"]),
        ("+84 912 345 678", "0912345", ["912 345"]),
        ("0912 345 678", "5678", ["5 678"]),
        ("tuyet.nguyen@gmail.com", "tuyet.nguyen@g", ["tuyet.nguyen@g"]),
        ("Thanh", "xyz", []),
        ("Thành", "ành", ["ành"]),
    ],
)
def test_mark(text: str, query: str, marked: list[str]) -> None:
    got = [piece for piece, matched in t.mark(text, query) if matched]
    assert sorted(got) == sorted(marked)


@pytest.mark.parametrize(
    ("name", "query", "marked"),
    [
        ("Nguyễn Thị Ánh Tuyết", "ntat", ["N", "T", "Á", "T"]),
        ("Đỗ Đức", "DD", ["Đ", "Đ"]),
        ("O'Brien-Łukasz", "ol", ["O", "Ł"]),
        ("Đỗ Đức", "do", ["Đỗ"]),
        ("Nguyễn Văn", "nt", []),
        ("Nguyễn Văn", "n v x", ["N", "V"]),
    ],
)
def test_initials_are_marked_where_they_found_the_name(
    name: str, query: str, marked: list[str]
) -> None:
    assert [piece for piece, matched in t.mark_name(name, query) if matched] == marked


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("C2026", ["C2026"]), ("c20260401", ["C20260401"]), ("20260401", ["20260401"]),
        ("0401", []), ("nguyen", []), ("C202604011", []),
    ],
)  # fmt: skip
def test_a_code_is_marked_as_far_as_it_was_typed(query: str, marked: list[str]) -> None:
    assert [piece for piece, matched in t.mark_code("C20260401", query) if matched] == marked


@pytest.mark.parametrize("mark", [t.mark, t.mark_name, t.mark_code])
@given(ANY, ANY)
def test_marking_keeps_the_text(mark: Marking, text: str, query: str) -> None:
    pieces = mark(text, query)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


@given(ANY)
def test_marking_cuts_no_grapheme(text: str) -> None:
    whole = t.graphemes(text)
    for query in (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)):
        pieces = t.mark(text, query)
        assert [g for piece, _ in pieces for g in t.graphemes(piece)] == whole


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_marked_by_itself_in_the_other_form(name: str) -> None:
    composed, apart = unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)
    pieces = t.mark(composed, apart.upper()) + t.mark(apart, composed)
    assert all(matched for piece, matched in pieces if piece not in (" ", "-"))
