"""The documents tab and each document's pages, for who may and who may not."""

import pytest
from sqlalchemy import update

from app.core.actor import HOUSE
from app.core.types import new_id
from app.documents import services
from app.documents.models import Document
from app.extensions import db


def tab(guest, row=None, rest=""):
    return f"/customers/{guest.id}/documents" + (f"/{row.id}" if row else "") + rest


def typed(kind="passport", **values):
    return {"form_id": str(new_id()), "document_type": kind} | values


def test_a_document_is_added_by_its_form_once(may, an):
    assert "required" in may.get(tab(an, rest="/new")).text
    sent = typed(document_number="B1234567", expiry_date="2031-05-06", issuing_country="VN")
    first, again = may.post(tab(an), sent), may.post(tab(an), sent)
    assert first.headers["Location"] == again.headers["Location"]
    page = may.get(first.headers["Location"]).text
    assert "B1234567" in page
    listed = may.get(tab(an)).text
    assert "••••567" in listed
    assert "B1234567" not in listed, "the list shows the end of a number alone"
    assert listed.count('class="card paper') == 1


def test_what_is_wrong_is_told_and_what_was_typed_stays(may, an, paper):
    page = may.post(tab(an), typed("", document_name="Hộ chiếu cũ"), 422).text
    assert 'id="document_type-error"' in page
    assert "Hộ chiếu cũ" in page
    assert "incomplete" in may.post(tab(an), {"document_type": "visa"}, 422).text
    paper(an, document_number="B1234567")
    page = may.post(tab(an), typed(document_number="B1234567"), 409).text
    assert 'id="document_number-error"' in page


def test_verifying_twice_at_once_tells_the_second_who_was_first(may, as_role, an, paper):
    row = paper(an)
    desk = as_role("front_desk")
    sent = {"version": str(row.version), "verification_notes": "Seen"}
    assert "Compare the number" in desk.get(tab(an, row)).text
    desk.post(tab(an, row, "/verifications"), sent)
    desk.post(tab(an, row, "/verifications"), sent)
    page = may.post(tab(an, row, "/verifications"), sent, 409).text
    assert "Front_Desk has verified this document already." in page
    may.post(tab(an, row, "/verifications/end"))
    assert "Compare the number" in may.get(tab(an, row)).text


def test_a_form_over_a_changed_document_shows_what_changed(may, as_role, an, paper):
    row, desk = paper(an, issuing_authority="Hà Nội"), as_role("front_desk")
    sent = {"version": str(row.version), "document_type": "passport"}
    may.get(tab(an, row, "/edit"))
    desk.post(tab(an, row, "/edit"), sent | {"issuing_authority": "Huế"})
    page = may.post(tab(an, row, "/edit"), sent | {"issuing_authority": "Đà Nẵng"}, 409).text
    assert "Front_Desk" in page
    assert "Huế" in page
    assert "Đà Nẵng" in page
    now = sent | {"version": str(row.version + 1), "issuing_authority": "Đà Nẵng"}
    may.post(tab(an, row, "/edit"), now)
    assert "Đà Nẵng" in may.get(tab(an, row)).text
    may.post(tab(an, row, "/edit"), {"document_type": "passport"}, 422)


def test_archiving_takes_the_wanted_state_and_removing_asks_first(may, an, paper):
    row = paper(an)
    for wanted in ("true", "true", "false"):
        may.post(tab(an, row, "/archivings"), {"archived": wanted})
        assert ("paper-archived" in may.get(tab(an)).text) is (wanted == "true")
    may.post(tab(an, row, "/archivings"), {"archived": "x"}, 422)
    assert "for good" in may.get(tab(an, row, "/removal")).text
    gone = tab(an, row, "/removal")
    may.post(gone)
    assert "No documents yet" in may.get(tab(an)).text
    may.post(gone, status=404)


def test_a_number_that_others_have_is_saved_and_pointed_out(may, an, guest, paper):
    paper(guest("Đỗ Đức"), document_number="B1234567")
    guest("王小明", id_number="C7654321")
    where = may.post(tab(an), typed(document_number="b 123 4567")).headers["Location"]
    assert "on file for Đỗ Đức" in may.get(where).text
    (row,) = services.of(an.id)
    sent = {"version": str(row.version), "document_type": "passport"}
    may.post(tab(an, row, "/edit"), sent | {"document_number": "C7654321"})
    assert "on file for 王小明" in may.get(where).text
    assert "looked up" not in may.get(where).text


def test_a_number_that_cannot_be_decrypted_is_said_and_its_paper_can_go(may, an, paper):
    row = paper(an, document_number="B1234567")
    db.session.execute(update(Document).values(number_sealed=b"\x01" + b"x" * 40))
    assert "The number cannot be decrypted" in may.get(tab(an)).text
    assert "cannot be decrypted" in may.get(tab(an, row)).text
    may.get(tab(an, row, "/edit"), 500)
    may.post(tab(an, row, "/removal"))
    assert services.of(an.id) == []


def test_looking_at_a_document_is_on_record(may, an, paper):
    row = paper(an, document_number="B1234567")
    services.verify(an.id, row.id, by=HOUSE)
    for rest in ("", "/edit"):
        may.get(tab(an, row, rest))
    page = may.get(f"/customers/{an.id}/history").text
    assert "looked at a document, 2 times" in page
    assert "added a document" in page
    assert "verified a document" in page
    assert "B1234567" not in page


def test_who_may_only_read_changes_nothing_and_others_see_nothing(as_role, may_not, an, paper):
    row, reader, other = paper(an), as_role("privacy_officer"), as_role("guest_relations")
    assert "/documents/new" not in reader.get(tab(an)).text
    assert "<form" not in reader.get(tab(an, row)).text.split("<main")[1]
    for rest in ("/edit", "/verifications", "/verifications/end", "/archivings", "/removal"):
        reader.post(tab(an, row, rest), status=403)
    reader.post(tab(an), typed(), 403)
    for path in (tab(an), tab(an, row)):
        other.get(path, 403)
        may_not.get(path, 303)
    assert 'id="tab-documents"' not in other.get(f"/customers/{an.id}").text


def test_the_merged_and_the_forged_lead_right(may, an, guest, paper):
    double = guest("An again")
    row = paper(double)
    double.status, double.merged_into = "merged", an.id
    db.session.commit()
    assert may.get(tab(double), 303).headers["Location"] == tab(an)
    may.get(tab(double, rest="/new"), 303)
    may.post(tab(double), typed(), 409)
    may.get(tab(an, row), 404)
    may.get(tab(an, row, "/edit"), 404)


@pytest.mark.parametrize("many", [50])
def test_the_tab_asks_as_often_for_one_as_for_fifty(may, an, paper, count_statements, many):
    paper(an, document_number="B1000000")
    may.get(tab(an))
    with count_statements() as one:
        may.get(tab(an))
    for n in range(1, many):
        paper(an, document_number=f"B{1000000 + n}", expiry_date="2031-01-01")
    with count_statements() as several:
        page = may.get(tab(an)).text
    assert page.count('class="card paper') == many
    assert len(several) == len(one)
