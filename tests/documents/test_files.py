"""Files of documents: sealed into the store, shown on record alone, gone without a trace."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.auth.models import StaffSession
from app.core import jobs
from app.core.actor import HOUSE
from app.core.audit import AuditEntry
from app.core.clock import now, today
from app.core.crypto import vault
from app.core.errors import NotAllowed, StoreDown, StoreFull, Unreadable
from app.core.jobs import Job
from app.core.keystore import file_keys
from app.core.s3 import S3Store
from app.core.storage import store
from app.core.types import new_id
from app.documents import files, pictures, services, trail
from app.documents.kinds import LATEST
from app.documents.models import ImageRule
from app.extensions import db
from tests.bad_servers import BadServer
from tests.conftest import PASSWORD
from tests.documents.pictures import SECRET, paper_pdf, picture


def tab(guest, row=None, rest=""):
    return f"/customers/{guest.id}/documents" + (f"/{row.id}" if row else "") + rest


def sent(content, name="passport.jpg", field="file", **values):
    form = {"form_id": str(new_id()), "document_type": "passport"} | values
    return form | {field: (BytesIO(content), name)}


def the_only(guest):
    (row,) = services.of(guest.id)
    return row


def test_a_picture_is_sealed_and_shown_with_who_looks(may, an, in_store):
    names, keys = in_store()
    may.post(tab(an), sent(picture("PNG"), "../../etc/passwd\0.png", "photo"))
    row = the_only(an)
    assert (row.file_type, row.pages) == ("jpg", 1)
    assert in_store() == (names | {row.file_name, row.thumbnail_name}, keys | {row.file_key_id})
    listed = may.get(tab(an)).text
    assert f'src="{tab(an, row)}/thumbnail"' in listed
    for part, kind in (("thumbnail", "image/jpeg"), ("preview", "image/jpeg")):
        answer = may.get(tab(an, row, f"/{part}"))
        assert answer.mimetype == kind
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'; sandbox" in answer.headers.getlist("Content-Security-Policy")
    db.session.refresh(row)
    assert (row.access_count, row.version) == (1, 1), "looking changes nothing that others edit"
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-2:] == ["thumbnail.viewed", "preview.viewed"]


def test_a_pdf_comes_back_as_it_was_sent_to_who_may_have_the_original(may, as_role, an):
    content = paper_pdf(3)
    may.post(tab(an), sent(content, "a.pdf"))
    row = the_only(an)
    answer = may.get(tab(an, row, "/original"))
    assert answer.data == content
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="passport-[0-9a-f]{8}.pdf"', disposition)
    assert "page=2" in may.get(tab(an, row)).text
    assert may.get(tab(an, row, "/preview?page=3")).mimetype == "image/jpeg"
    for page, status in (("4", 422), ("0", 422), ("x", 422)):
        may.get(tab(an, row, f"/preview?page={page}"), status)
    desk = as_role("front_desk")
    desk.get(tab(an, row, "/original"), 403)
    assert "/original" not in desk.get(tab(an, row)).text
    other = as_role("guest_relations")
    for part in ("thumbnail", "preview", "original"):
        other.get(tab(an, row, f"/{part}"), 403)


def test_the_original_asks_for_the_password_when_it_was_given_long_ago(may, an, filed):
    row = filed(an, picture())
    db.session.execute(update(StaffSession).values(proven_at=now() - timedelta(minutes=6)))
    led = may.get(tab(an, row, "/original"), 303).headers["Location"]
    assert led == f"/confirm?next={tab(an, row, '/original')}"
    page = {"Referer": f"http://localhost{tab(an, row)}"}
    led = may.get(tab(an, row, "/original"), 303, headers=page).headers["Location"]
    assert led == f"/confirm?next={tab(an, row)}", "a download would leave the question standing"
    back = may.post("/confirm", {"password": PASSWORD, "next": tab(an, row)}).headers["Location"]
    assert "Now press the button again" in may.get(back).text
    may.get(tab(an, row, "/original"))


def test_what_is_not_taken_is_told_and_leaves_nothing(may, an, in_store):
    before = in_store()
    for content, said in ((b"", "empty"), (b"<svg xmlns='x'/>", "SVG"), (b"PK\3\4zip", "archive")):
        page = may.post(tab(an), sent(content, document_name="Kept words"), 422).text
        assert said in page
        assert "Kept words" in page
        assert 'id="file-error"' in page
    may.post(tab(an), sent(picture(), document_type="nothing"), 422)
    assert services.of(an.id) == []
    assert in_store() == before


def test_a_form_sent_twice_leaves_one_file(may, an, in_store):
    names, _keys = in_store()
    once = str(new_id())
    for _ in range(2):
        may.post(tab(an), sent(picture(), form_id=once))
    assert len(in_store()[0] - names) == 2
    page = may.post(tab(an), sent(picture(), document_number="B1234567"))
    may.post(tab(an), sent(picture(), document_number="B1234567"), 409)
    assert len(in_store()[0] - names) == 4, "a refused one goes again"
    assert page.headers["Location"]


@pytest.mark.parametrize(("fault", "status"), [(StoreDown, 503), (StoreFull, 507)])
@pytest.mark.parametrize("at", [0, 1])
def test_a_store_that_fails_in_the_middle_leaves_nothing(
    may, an, in_store, monkeypatch, fault, status, at
):
    before, real, calls = in_store(), type(store()).put, []

    def put(self, name, pieces):
        calls.append(name)
        if len(calls) > at:
            list(pieces)
            raise fault("away")
        real(self, name, pieces)

    with monkeypatch.context() as broken:
        broken.setattr(type(store()), "put", put)
        answer = may.post(tab(an), sent(picture()), status)
    assert "Nothing was saved" in answer.text
    assert services.of(an.id) == []
    assert in_store() == before


def test_a_file_goes_with_its_document_or_alone_and_its_key_first(may, an, filed, in_store):
    before = in_store()
    row, kept = filed(an, picture()), filed(an, paper_pdf(), document_type="visa")
    may.post(tab(an, row, "/file"), {"file": (BytesIO(picture("PNG")), "b.png")})
    assert "for good" in may.get(tab(an, kept, "/file/removal")).text
    may.post(tab(an, kept, "/file/removal"))
    services.remove(an.id, row.id, by=HOUSE)
    db.session.commit()
    run_all()
    assert in_store() == before
    page = may.get(tab(an, kept)).text
    assert "The picture was removed" in page
    may.get(tab(an, kept, "/preview"), 404)


def run_all():
    due = db.session.scalars(select(Job).where(Job.kind == files.FORGET)).all()
    assert due
    for job in due:
        claim = jobs.Claim(job.id, job.kind, job.payload, None, None, 1, 0)
        for _ in range(2):
            jobs.handlers[files.FORGET](claim)


def test_a_picture_that_nobody_here_has_seen_is_neither_replaced_nor_removed(
    may, as_role, an, filed, in_store
):
    row, desk = filed(an, picture()), as_role("front_desk")
    over = re.search(r'name="over" value="(\w+)"', may.get(tab(an, row)).text)[1]
    assert over in may.get(tab(an, row, "/file/removal")).text

    def send():
        return {"over": over, "file": (BytesIO(picture()), "a.jpg")}

    desk.post(tab(an, row, "/file"), send())
    newer = in_store()
    assert "Another picture came meanwhile" in may.post(tab(an, row, "/file"), send(), 409).text
    page = may.post(tab(an, row, "/file/removal"), {"over": over}, 409).text
    assert "Another picture came meanwhile" in page
    assert in_store() == newer
    over = re.search(r'name="over" value="(\w+)"', page)[1]
    for _ in range(2):
        may.post(tab(an, row, "/file/removal"), {"over": over})
    may.post(tab(an, row, "/file"), send(), 409)
    over = ""
    may.post(tab(an, row, "/file"), send())


def test_a_new_picture_waits_to_be_verified_and_verifying_ends_the_image_by_the_rule(an, filed):
    row, week = filed(an, picture()), today() + timedelta(days=LATEST)
    assert row.retention_date == week
    services.verify(an.id, row.id, by=HOUSE)
    assert row.retention_date == today()
    services.end_verification(an.id, row.id, by=HOUSE)
    assert row.retention_date == week


def test_where_the_rule_wants_no_image_none_is_stored(may, an, guest, in_store, paper, monkeypatch):
    db.session.add(ImageRule(country="IT", document_type="passport", rule="never"))
    db.session.commit()
    before = in_store()
    where = may.post(tab(an), sent(picture(), issuing_country="ITA")).headers["Location"]
    page = may.get(where).text
    assert "was not stored" in page
    assert "/file" not in page
    row = the_only(an)
    assert not row.has_file
    with monkeypatch.context() as nothing:
        nothing.setattr(files, "keep", None)  # is not even called, for any of these
        form = {"file": (BytesIO(picture()), "a.jpg")}
        assert "keep no picture" in may.post(tab(an, row, "/file"), form, 422).text
        other = tab(guest("Đỗ Đức"), row, "/file")
        may.post(other, {"file": (BytesIO(picture()), "a.jpg")}, 404)
    assert in_store() == before
    paper(an, document_type="id_card")
    assert may.post(tab(an), sent(picture(), document_type="visa", issuing_country="ITA"))
    assert any(each.has_file for each in services.of(an.id))


@pytest.mark.parametrize(("damage", "said"), [
    ("bit", "cannot be decrypted"), ("key", "cannot be decrypted"), ("gone", "has lost"),
])  # fmt: skip
def test_what_cannot_be_opened_is_reported_never_shown_as_missing(may, an, filed, damage, said):
    row = filed(an, paper_pdf(1, b"x" * 200_000))
    harm(row, damage)
    for part in ("thumbnail", "preview", "original"):
        answer = may.get(tab(an, row, f"/{part}"), 500)
        assert answer.mimetype == "text/html"
        drawn = may.get(tab(an, row, f"/{part}"), 500, headers={"Sec-Fetch-Dest": "image"})
        assert drawn.mimetype == "image/svg+xml"
        assert said in re.sub(r"</text>\s*<text[^>]*>", " ", drawn.text)
    assert f"{tab(an, row)}/preview" in may.get(tab(an, row)).text


def harm(row, damage):
    if damage == "key":
        with vault().engine.begin() as connection:
            connection.execute(update(file_keys).values(wrapped=b"\x01" + b"x" * 60))
        return
    for name in (row.file_name, row.thumbnail_name):
        body = store().read(name, 0, 10**7)
        store().remove(name)
        if damage == "bit":
            place = len(body) - 40  # in the last chunk, far behind what is read first
            store().put(name, [body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]])


def test_without_a_place_in_the_log_no_byte_leaves(may, an, filed, monkeypatch):
    row = filed(an, picture())

    def refuse(*_args, **_more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(trail, "record", refuse)
    for part in ("thumbnail", "preview", "original"):
        assert may.client.get(tab(an, row, f"/{part}")).status_code == 500


def test_the_list_never_asks_the_store(may, an, filed, monkeypatch, count_statements):
    filed(an, picture())
    with count_statements() as one:
        may.get(tab(an))
    for _ in range(4):
        filed(an, picture())

    def refuse(*_args):
        raise StoreDown("not for a list")

    monkeypatch.setattr(type(store()), "read", refuse)
    with count_statements() as five:
        assert may.get(tab(an)).text.count("/thumbnail") == 5
    assert len(five) == len(one)


def test_nothing_of_a_file_lies_open_on_the_disk(may, an, app, tmp_path):
    content = paper_pdf(1, b"x" * 2_000_000)
    assert SECRET in content
    may.post(tab(an), sent(content, "large.pdf"))
    row = the_only(an)
    assert may.get(tab(an, row, "/original")).data == content
    places = (tmp_path, app.extensions["settings"].home)
    found = [p for place in places for p in place.rglob("*") if p.is_file()]
    assert any(p.stat().st_size > 2_000_000 for p in found)
    assert not [p for p in found if SECRET in p.read_bytes()]


def test_only_who_may_write_may_send_more_than_a_megabyte(may, as_role, may_not, an):
    large = paper_pdf(1, b"x" * 1_500_000)
    may.post(tab(an), sent(large, "a.pdf"))
    as_role("marketing").post(tab(an), sent(large, "a.pdf"), 413)
    may_not.post(tab(an), sent(large, "a.pdf"), 413)
    assert "At most 25 MB" in may.post(tab(an), sent(b"x" * 27_000_000, "a.pdf"), 413).text


def test_on_a_locked_screen_a_photo_waits_for_the_pin(may, an):
    token = may.csrf_token()
    may.post("/lock")
    form = sent(picture(size=(1500, 1500))) | {"csrf_token": token}
    answer = may.client.post(tab(an), data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 423
    assert 'id="proof"' in answer.text
    assert services.of(an.id) == []


def test_with_the_guests_key_every_file_is_gone(an, filed):
    row = filed(an, picture())
    vault().destroy(an.id)
    with pytest.raises(Unreadable):
        files.thumbnail(row)


def test_who_may_not_is_refused_each_change(an, filed, actor_of):
    row = filed(an, picture())
    stored = files.Stored(new_id(), "a" * 64, "b" * 64, 1, "jpg", 1)
    for act in (
        lambda by: pictures.attach(an.id, row.id, stored, by=by),
        lambda by: pictures.detach(an.id, row.id, "staff", by=by),
        lambda by: pictures.look(an.id, row.id, "preview", by=by),
        lambda by: pictures.look(an.id, row.id, "original", by=by),
    ):
        with pytest.raises(NotAllowed):
            act(actor_of("marketing"))


@pytest.mark.sqlite_only
def test_a_store_far_away_takes_a_file_gives_it_back_and_forgets_it(
    may, an, s3, app, monkeypatch, tmp_path, in_store
):
    monkeypatch.setitem(app.extensions, "store", S3Store(s3, tmp_path / "tmp"))
    content = paper_pdf(2, b"x" * 300_000)
    may.post(tab(an), sent(content, "a.pdf"))
    row = the_only(an)
    assert SECRET not in store().read(row.file_name, 0, 10**6)
    assert may.get(tab(an, row, "/original")).data == content
    assert may.get(tab(an, row, "/preview?page=2")).mimetype == "image/jpeg"
    may.post(tab(an, row, "/file/removal"))
    run_all()
    assert not in_store()[0] & {row.file_name, row.thumbnail_name}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("manner", ["broken", "cuts"])
def test_a_store_far_away_that_breaks_leaves_no_half_row_and_no_key(
    may, an, s3, app, monkeypatch, tmp_path, manner
):
    with BadServer(manner) as server:
        place = replace(s3, endpoint=server.address)
        monkeypatch.setitem(app.extensions, "store", S3Store(place, tmp_path / "tmp"))
        answer = may.post(tab(an), sent(picture()), 503)
        assert "Nothing was saved" in answer.text
        assert may.get(tab(an)).status_code == 200, "the list needs no store"
    assert services.of(an.id) == []
    assert not set(vault().file_key_ids(now() + timedelta(hours=1)))
