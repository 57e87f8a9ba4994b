"""Machine-readable zones: every form is read, and no altered sign passes for a proven one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.documents.reading import mrz
from app.documents.reading.check_digits import SIGNS, check_digit
from app.documents.reading.layouts import LAYOUTS
from app.documents.reading.reading import Reading
from tests.reading.papers import TODAY, ZONES, Paper, td1, td3

LETTERS = SIGNS[10:]
PROVABLE = ("number", "birth", "expiry", "personal_number")
LOOK_ALIKES = ("O0", "I1", "B8", "S5", "Z2", "G6", "S8", "Q0", "D0", "L1", "A4", "T7")
# Signs whose values differ by ten are one to every check digit; of them only 6 and G, 8 and S, and
# a filler read as K look alike, and where another number is as ordinary, this one is doubtful.
KNOWN_BLIND = {frozenset(pair) for pair in ("G6", "S8", "K<")}


def word(least: int, most: int) -> some.SearchStrategy[str]:
    return some.text(LETTERS, min_size=least, max_size=most)


def six(years: tuple[int, int]) -> some.SearchStrategy[date]:
    return some.dates(date(years[0], 1, 1), date(years[1], 12, 31))


papers = some.builds(
    lambda born, ends, **rest: Paper(birth=f"{born:%y%m%d}", expiry=f"{ends:%y%m%d}", **rest),
    born=six((1927, 2025)), ends=six((1990, 2060)),
    number=some.text(SIGNS, min_size=5, max_size=9), issuer=some.sampled_from(["FRA", "D", "USA"]),
    nationality=some.sampled_from(["VNM", "D", "USA"]), last=word(2, 10), first=word(2, 10),
    sex=some.sampled_from("MF<"),
)  # fmt: skip


@given(paper=papers, form=some.sampled_from(sorted(ZONES)))
@settings(max_examples=120, deadline=None)
def test_what_a_zone_says_is_read(paper: Paper, form: str):
    found = mrz.read(ZONES[form](paper), TODAY)
    assert found is not None
    assert (found.source, found.number) == (form, paper.number)
    assert (found.last_name, found.first_name) == (
        paper.last.capitalize(),
        paper.first.capitalize(),
    )
    assert f"{found.birth:%y%m%d}{found.expiry:%y%m%d}" == paper.birth + paper.expiry
    assert found.country == {"FRA": "FR", "D": "DE", "USA": "US"}[paper.issuer]
    assert found.sex == {"M": "male", "F": "female", "<": None}[paper.sex]
    assert found.whole
    assert not found.repaired


def blind(one: str, other: str) -> bool:
    return check_digit(one) == check_digit(other) and frozenset((one, other)) not in KNOWN_BLIND


@given(paper=papers, form=some.sampled_from(sorted(ZONES)), data=some.data())
@settings(max_examples=250, deadline=None)
def test_one_altered_sign_never_yields_a_proven_wrong_value(
    paper: Paper, form: str, data: some.DataObject
):
    zone = ZONES[form](paper)
    at = data.draw(some.sampled_from([n for n, sign in enumerate(zone) if sign != "\n"]))
    twins = [pair.replace(zone[at], "") for pair in LOOK_ALIKES if zone[at] in pair]
    other = data.draw(some.sampled_from(twins * 9 + list(SIGNS + "<")))
    if zone[at] == other or (blind(zone[at], other) and other not in twins):
        return
    true = mrz.read(zone, TODAY)
    found = mrz.read(zone[:at] + other + zone[at + 1 :], TODAY)
    assert true is not None
    if found is not None and found.source == true.source:
        assert_proves_nothing_wrong(true, found, zone[at] + other)


def assert_proves_nothing_wrong(true: Reading, found: Reading, pair: str):
    for name in PROVABLE:
        wrong = getattr(found, name) != getattr(true, name)
        digits = str(found.number).lstrip(LETTERS).isdecimal()
        unseen = (blind(*pair) or (digits and pair in ("G6", "S8"))) and "number" in name
        assert not (wrong and found.state(name) == "proven" and not unseen), (name, found)


@pytest.mark.parametrize(
    ("spoiled", "number", "state", "repaired"),
    [
        (("C1234567", "C12E4567"), "C12E4567", "failed", set()),
        (("900101", "9OO1O1"), "C1234567", "proven", {"birth"}),
        (("300101", "3OOIOI"), "C1234567", "proven", {"expiry"}),
        (("C1234567", "CI2345G7"), "C12345G7", "repaired", {"number"}),
    ],
)
def test_look_alikes_are_repaired_only_where_a_check_digit_proves_it(
    spoiled: tuple[str, str], number: str, state: str, repaired: set[str]
):
    found = mrz.read(td3(Paper()).replace(*spoiled), TODAY)
    assert found is not None
    assert (found.number, found.state("number"), set(found.repaired)) == (number, state, repaired)
    assert (found.birth, found.expiry) == (date(1990, 1, 1), date(2030, 1, 1))


def test_a_number_with_letters_is_repaired_when_one_way_alone_fits_and_says_so():
    found = mrz.read(td3(Paper(number="AB1234507")).replace("AB1234507", "AB12345O7"), TODAY)
    assert found is not None
    assert (found.number, found.state("number")) == ("AB1234507", "repaired")


@pytest.mark.parametrize(
    ("number", "issuer", "state"),
    [
        ("C8812345", "VNM", "proven"), ("C8812345", "FRA", "doubtful"),
        ("G12345678", "CHN", "doubtful"), ("123456789", "GBR", "proven"),
        ("C4G6HJ123", "D", "doubtful"), ("C1234567K", "D", "doubtful"),
    ],
)  # fmt: skip
def test_what_no_check_digit_sees_is_doubted_but_where_the_country_writes_it_so(
    number: str, issuer: str, state: str
):
    found = mrz.read(td3(Paper(number=number, issuer=issuer)), TODAY)
    assert found is not None
    assert (found.number, found.state("number")) == (number, state)


def test_names_are_never_repaired_and_doubted_where_they_cannot_be_right():
    found = mrz.read(td3(Paper(last="N0UYEN")), TODAY)
    assert found is not None
    assert (found.last_name, found.state("last_name")) == ("N0uyen", "doubtful")


@pytest.mark.parametrize(
    ("signs", "born", "expires"),
    [
        (("261126", "261126"), date(2026, 11, 26), date(2026, 11, 26)),
        (("261127", "251126"), date(1926, 11, 27), date(2025, 11, 26)),
        (("270101", "750101"), date(1927, 1, 1), date(2075, 1, 1)),
        (("000229", "000229"), date(2000, 2, 29), date(2000, 2, 29)),
        (("900230", "990101"), None, date(1999, 1, 1)),
        (("90<<<<", "<<<<<<"), None, None),
    ],
)
def test_two_digits_of_a_year_mean_a_past_birth_and_a_near_expiry(
    signs: tuple[str, str], born: date | None, expires: date | None
):
    found = mrz.read(td3(Paper(birth=signs[0], expiry=signs[1])), TODAY)
    assert found is not None
    assert (found.birth, found.expiry) == (born, expires)


def test_long_numbers_go_on_in_the_optional_data():
    found = mrz.read(td1(Paper(number="D23145890734", personal="AB12")), TODAY)
    assert found is not None
    assert (found.number, found.personal_number) == ("D23145890734", "AB12")
    assert found.state("number") == "proven"


def test_a_citizen_card_of_vietnam_gives_its_number_of_twelve_digits():
    found = mrz.read(td1(Paper(number="090001234", personal="079090001234<<7")), TODAY)
    assert found is not None
    assert (found.number, found.personal_number) == ("079090001234", None)


USUAL = ("TD3", "C1234567", "Nguyen", "Van An")
SPECIMEN_OF_FRANCE = "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPECIMEN_OF_FRANCE, ("IDFRA", "880692310285", "Berthier", "Corinne")),
        (td3(Paper()).lower().replace("<", "‹"), USUAL),
        (td3(Paper()).replace("\n", ""), USUAL),
        (td3(Paper()).replace("\n", "\r\n\r\n\n "), USUAL),
        ("HỘ CHIẾU\nVIỆT NAM\n" + td3(Paper()) + "\n\f", USUAL),
        (td3(Paper()).replace("<" * 26, "<<<KKKK<<KKK"), USUAL),
        (td3(Paper()).replace("<" * 15, "<<<<<<K<<<<<<<<<<"), USUAL),
        (td3(Paper(first="")), ("TD3", "C1234567", "Nguyen", None)),
        (td3(Paper(last="LE", first="THI<EL")), ("TD3", "C1234567", "Le", "Thi El")),
    ],
)  # fmt: skip
def test_noise_about_a_zone_is_borne(text: str, expected: tuple[str, str, str, str]):
    found = mrz.read(text, TODAY)
    assert found is not None
    assert (found.source, found.number, found.last_name, found.first_name) == expected


@given(some.text(max_size=400) | some.text(SIGNS + "<\n", max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_brings_the_reader_down(text: str):
    mrz.read(text, TODAY)


@pytest.mark.parametrize("text", ["", "\0", "<" * 88, "P<" * 44, "A" * 5000, "P<VNM" * 1000])
def test_what_is_no_zone_is_none(text: str):
    assert mrz.read(text, TODAY) is None


def test_layouts_lie_within_their_lines():
    for layout in LAYOUTS:
        ends = [end for _, end in layout.places.values()] + list(layout.digits.values())
        assert max(ends) <= layout.size
