"""Reading a paper at a guest's profile: compared, pointed out, and saved by a touch alone."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.clock import today
from app.core.types import new_id
from app.customers.models import Customer
from app.documents import services
from app.documents.reading import compare, ocr, wedge
from app.extensions import db
from tests.documents.pictures import picture
from tests.reading import photos
from tests.reading.papers import CARD, Paper, td1, td3

NEW = "/customers/new/reading"
PASSPORT = Paper(number="C7654321", last="NGUYEN", first="VAN<AN", expiry="390101")


def at(guest: Any, rest: str = "") -> str:
    return f"/customers/{guest.id}/documents/reading{rest}"


def save(text: str, version: int = 1, *take: str, **more: Any) -> dict[str, Any]:
    return {"scan": text, "version": str(version), "take": list(take)} | more


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="take" value="(\w+)" checked', page))


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="take" value="(\w+)"', page))


def actions(name: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == name)))


def test_a_scanned_passport_fills_gaps_after_a_touch_and_is_put_on_file(may, an):
    assert "data-scan" in may.get(at(an)).text
    text = td3(PASSPORT)
    page = may.post(at(an), {"scan": text}, 200).text
    gaps = {"date_of_birth", "gender", "nationality", "passport_country", "id_type", "id_number",
            "id_expiry_date", "id_issuing_country"}  # fmt: skip
    assert ticked(page) == gaps
    assert offered(page) == gaps | {"name"}, "an ASCII name is offered and never ticked"
    assert "Only accents differ" in page
    db.session.refresh(an)
    assert an.id_number is None, "nothing is saved before the touch"
    sent = save(text, an.version, "date_of_birth", "id_number", "id_type", form_id=str(new_id()),
                on_file="on")  # fmt: skip
    may.post(at(an, "/values"), sent)
    may.post(at(an, "/values"), sent)
    db.session.refresh(an)
    assert (an.id_number, an.id_type, str(an.date_of_birth)) == (
        "C7654321",
        "passport",
        "1990-01-01",
    )
    assert (an.full_name, an.nationality, an.gender) == ("Nguyễn Văn An", None, None)
    [document] = services.of(an.id)
    assert (document.document_number, str(document.expiry_date)) == ("C7654321", "2039-01-01")
    assert document.issuing_country == "VN"
    page = may.post(at(an), {"scan": text}, 200).text
    assert "among the documents already" in page
    assert "id_number" not in offered(page)


def test_a_citizen_card_brings_accents_back(may, guest):
    made = guest("NGUYEN THI ANH DAO", date_of_birth="1990-08-15")
    page = may.post(at(made), {"scan": CARD}, 200).text
    assert {"name", "address_line1", "id_number", "id_issue_date"} <= ticked(page)
    may.post(at(made, "/values"), save(CARD, made.version, "name", "id_number"))
    db.session.refresh(made)
    assert made.full_name == "Nguyễn Thị Ánh Đào"
    assert (made.last_name, made.middle_name, made.first_name) == ("Nguyễn", "Thị Ánh", "Đào")
    assert made.id_number == "079190001234"


def test_what_does_not_fit_is_pointed_out_and_not_ticked(may, guest):
    made = guest("Trần Bình", date_of_birth="1985-02-03", gender="female", nationality="KR",
                 id_type="passport", id_number="B1111111")  # fmt: skip
    other = guest("Lê Hoa", id_number="C7654321", id_type="passport")
    old = td3(Paper(number="C7654321", birth="120101", expiry="200101"))
    page = may.post(
        at(made),
        {"scan": re.sub(r"(?<=VNM120101).", lambda d: str((int(d[0]) + 1) % 10), old)},
        200,
    ).text
    assert "on file for Lê Hoa" in page
    assert other.customer_code in page
    assert "is this the same person?" in page
    assert "expired on" in page
    assert "Check digits do not fit" in page
    assert offered(page) >= {"name", "date_of_birth", "id_number", "id_expiry_date"}
    assert ticked(page) == set(), "of a paper that may be somebody else's nothing is advised"
    assert "B1111111" not in page, "the stored number stays hidden"
    [entry] = actions("paper.looked_up")
    assert entry.actor_name == "Manager"
    minor = may.post(at(made), {"scan": td3(Paper(birth="120101"))}, 200).text
    assert "A minor: 14 years old." in minor


def test_a_name_in_other_letters_is_no_other_name(app, guest):
    for stored, last, first, verdict, said in (
        ("Nguyễn Thị Ánh Tuyết", "NGUYEN", "THI<ANH<TUYET", "accents", []),
        ("Lukasz O'Brien", "OBRIEN", "LUKASZ", "accents", []),
        ("王小明", "WANG", "XIAOMING", "script", []),
        ("김민준", "KIM", "MINJUN", "script", ["name_in_script"]),
        ("محمد", "MOHAMED", "ALI", "script", ["name_in_script"]),
        ("Đỗ Đức", "OBRIEN", "LUKASZ", "differs", ["name_unlike"]),
    ):
        reading = wedge.read(td3(Paper(last=last, first=first)), today()).reading
        born = guest(stored, date_of_birth=str(reading.birth))
        [line] = [each for each in compare.lines(reading, born) if each.field == "name"]
        found = [each.code for each in compare.findings(reading, born, [], today())]
        assert (line.verdict, line.advised, found) == (verdict, False, said), stored
        elsewhere = guest(stored, date_of_birth="1950-01-01")
        found = compare.findings(reading, elsewhere, [], today())
        assert compare.of_somebody_else(found)
        assert [each.code for each in found if each.code == "name_in_script"] == []


def test_a_second_paper_goes_to_its_own_place(may, guest):
    made = guest("Nguyễn Văn An", id_type="passport", id_number="C7654321")
    card = td1(Paper(number="090001234", personal="079090001234<<7"))
    page = may.post(at(made), {"scan": card}, 200).text
    assert {"secondary_id_type", "secondary_id_number", "secondary_id_expiry"} <= ticked(page)
    may.post(at(made, "/values"), save(card, made.version, "secondary_id_number"))
    db.session.refresh(made)
    assert (made.id_number, made.secondary_id_number) == ("C7654321", "079090001234")


def test_a_renewed_passport_is_taken_as_a_whole_or_not_at_all(may, guest):
    made = guest("Nguyễn Văn An", date_of_birth="1990-01-01", id_type="national_id",
                 id_number="B1111111", secondary_id_type="passport",
                 secondary_id_number="C1111111")  # fmt: skip
    page = may.post(at(made), {"scan": td3(PASSPORT)}, 200).text
    assert offered(page) >= {"secondary_id_number", "secondary_id_expiry"}
    assert not ticked(page) & {"secondary_id_number", "secondary_id_expiry"}
    may.post(at(made, "/values"), save(td3(PASSPORT), made.version, "secondary_id_number"))
    db.session.refresh(made)
    assert (made.secondary_id_number, made.secondary_id_type) == ("C7654321", "passport")
    assert (made.id_number, made.id_type) == ("B1111111", "national_id")


def test_what_somebody_else_changed_meanwhile_is_shown_anew(may, as_role, an):
    text, version = td3(PASSPORT), an.version
    desk = as_role("front_desk")
    desk.post(f"/customers/{an.id}/edit/person", {"version": str(version), "fields": "nationality",
                                                  "nationality": "KR"})  # fmt: skip
    may.post(at(an, "/values"), save(text, version, "date_of_birth"))
    db.session.refresh(an)
    assert (str(an.date_of_birth), an.nationality) == ("1990-01-01", "KR")
    page = may.post(at(an, "/values"), save(text, version, "nationality", on_file="on"), 409).text
    assert "meanwhile" in page
    assert ticked(page) == {"nationality"}
    assert f'name="version" value="{an.version}"' in page
    assert services.of(an.id) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"scan": "Nguyễn Văn An"}, "no machine-readable zone"),
        ({"scan": "P<VNḾNGUYỄN<<VĂN<<<<<<\nC7654321<VNḾ9ọ01011"}, "Vietnamese typing"),
        ({}, "Scan a paper, or choose a photo"),
        ({"photo": (b"", "empty.jpg")}, "empty"),
        ({"photo": (b"PK\3\4 not a picture", "a.jpg")}, "photo-error"),
        ({"photo": (picture(size=(60, 40)), "a.jpg")}, "Nothing was found to read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence(may, an, sent, sentence):
    if "photo" in sent:
        sent = {"photo": (io.BytesIO(sent["photo"][0]), sent["photo"][1])}
    page = may.post(at(an), sent, 422).text
    assert sentence in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize(
    "role", ["guest_relations", "marketing", "privacy_officer", "administrator"]
)
def test_who_may_not_change_documents_reads_none(as_role, an, role):
    browser = as_role(role)
    browser.get(at(an), 403)
    browser.get(NEW, 403)
    browser.post(NEW, {"scan": CARD}, 403)
    browser.post("/customers/new", {"full_name": "王小明", "paper": CARD}, 403)
    assert db.session.scalars(select(Customer.full_name)).all() == ["Nguyễn Văn An"]
    assert "/reading" not in browser.get(f"/customers/{an.id}").text
    browser.post(at(an), {"scan": CARD}, 403)
    browser.post(at(an, "/values"), save(CARD, 1, "name"), 403)
    db.session.refresh(an)
    assert an.full_name == "Nguyễn Văn An"


def filled(page: str) -> dict[str, str]:
    """What a browser would send of a new guest's form, but for what is chosen from lists."""
    form = page.partition('action="/customers/new"')[2]
    fields = [tag for tag in re.findall("<input[^>]*>", form)
              if 'type="checkbox"' not in tag or " checked" in tag]  # fmt: skip
    found = re.findall(r' name="(\w+)"[^>]* value="([^"]+)"', "".join(fields))
    return {name: value for name, value in found if name != "csrf_token"}


def test_a_paper_fills_the_form_of_a_new_guest_and_goes_on_file_with_them(may, guest):
    assert f'href="{NEW}"' in may.get("/customers/new").text
    read = may.post(NEW, {"scan": CARD}, 200).text
    values = filled(read)
    assert (values["last_name"], values["middle_name"]) == ("Nguyễn", "Thị Ánh")
    assert (values["first_name"], values["id_number"]) == ("Đào", "079190001234")
    assert values["paper"] == CARD
    assert "alert" not in read
    wrong = may.post("/customers/new", values | {"email": "no address"}, 422).text
    assert filled(wrong)["paper"] == CARD, "what was read goes on with a form that was refused"
    for _twice in range(2):
        [code] = re.findall(r"/customers/[\w-]+", may.post("/customers/new", values).location)
    [made] = db.session.scalars(select(Customer))
    assert (code, made.full_name) == (f"/customers/{made.id}", "Nguyễn Thị Ánh Đào")
    [document] = services.of(made.id)
    assert (document.document_type, document.document_number) == ("id_card", "079190001234")


def test_a_new_guests_paper_may_be_known_unsure_or_not_put_on_file(may, guest):
    known = guest("Lê Hoa", id_number="C7654321", id_type="passport")
    old = td3(Paper(number="C7654321", birth="120101", expiry="200101"))
    page = may.post(NEW, {"scan": old}, 200).text
    said = ("on file for Lê Hoa", f"/customers/{known.id}", "expired on", "A minor")
    assert [words for words in said if words not in page] == []
    unsure = may.post(NEW, {"scan": td3(Paper(number="8AG654321"))}, 200).text
    assert "Letter or digit? Compare with the paper: Identity number." in unsure
    assert 'id="scan-error"' in may.post(NEW, {"scan": "nothing"}, 422).text
    values = filled(may.post(NEW, {"scan": CARD}, 200).text)
    del values["paper"]
    may.post("/customers/new", values)
    forged = values | {"form_id": str(new_id()), "full_name": "王小明", "paper": "\0" + "9" * 5000}
    may.post("/customers/new", forged | {"id_number": "", "last_name": "", "first_name": ""})
    assert [services.of(each.id) for each in db.session.scalars(select(Customer))] == [[]] * 3


def test_forged_and_broken_forms_change_nothing(may, an):
    may.post(at(an, "/values"), save("", 1, "name"), 422)
    may.post(at(an, "/values"), save(CARD, 0, "name"), 422)
    may.post(at(an, "/values"), save(CARD, an.version, "vip_status", "x" * 5000))
    may.post(at(an, "/values"), save("\0" + "9" * 5000, an.version, "name"), 422)
    may.post(f"/customers/{new_id()}/documents/reading", {"scan": CARD}, 404)
    db.session.refresh(an)
    assert (an.vip_status, an.version) == ("none", 1)


def test_a_comparison_asks_for_little_and_says_so_on_record(may, an, paper, count_statements):
    for number in range(3):
        paper(an, document_number=f"B123456{number}")
    with count_statements() as said:
        may.post(at(an), {"scan": td3(PASSPORT)}, 200)
    assert len(said) <= 24, said
    assert [entry.subject_id for entry in actions("customer.viewed")] == [an.id]


def photo(zone: str) -> dict[str, Any]:
    file = io.BytesIO()
    photos.taken(photos.page(zone), turn=3, wide=2400, noise=60).save(file, "JPEG", quality=97)
    assert file.tell() > 2**20, "larger than what other forms may send"
    file.seek(0)
    return {"photo": (file, "hộ chiếu.jpg")}


def test_a_photo_is_read_compared_and_not_kept(may, an, monkeypatch):
    missing = "tesseract) is not installed"
    assert (missing in may.get(at(an)).text) is not ocr.available()
    page = may.post(at(an), photo(td3(PASSPORT)), 200).text
    assert {"id_number", "date_of_birth", "id_expiry_date"} <= ticked(page)
    carried = re.search(r'<textarea name="scan" hidden>([^<]+(?:&lt;|[^<])*)</textarea>', page)
    assert carried
    text = carried[1].replace("&lt;", "<")
    may.post(
        at(an, "/values"), save(text, an.version, "id_number", form_id=str(new_id()), on_file="on")
    )
    db.session.refresh(an)
    assert an.id_number == "C7654321"
    [document] = services.of(an.id)
    assert document.file_name is None
    monkeypatch.setenv("PATH", "")
    assert missing in may.get(at(an)).text, "scanning, typing and the house's own reader remain"
