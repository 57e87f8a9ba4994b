"""The pages of imports: who sees them, the way from a file to its guests, and bad uploads."""

import io
import re

import pytest
from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.imports.models import ImportBatch
from tests.importing import garbled
from tests.page import Page

FILE = "guest_id,full_name,email\n1,Nguyễn Thị Ánh Tuyết,tuyet@mail.vn\n2,Đỗ Đức,wrong\n3,,x@y.vn\n"


def upload(browser, content: bytes | str = FILE, status: int = 303, name: str = "g.csv"):
    data = content.encode() if isinstance(content, str) else content
    answer = browser.post("/imports", {"file": (io.BytesIO(data), name)}, status)
    answer.request.environ["wsgi.input"].close()  # the test client forgets to
    return answer


def brought(browser, content: bytes | str = FILE) -> str:
    where: str = upload(browser, content).headers["Location"]
    return where.removesuffix("/mapping")


def plan(browser, where: str, **changes: str) -> dict[str, str]:
    """The mapping form as it stands, filled in further."""
    html = browser.get(f"{where}/mapping").get_data(as_text=True)
    found = {"header": "on", "do": "check"}
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        first = re.search(r'value="([^"]*)"', inner)
        chosen = re.search(r'value="([^"]*)" selected', inner) or first
        found[name] = chosen[1] if chosen else ""
    found.pop("template", None)
    return found | {"source_system": "opera"} | changes


def guests() -> int:
    return db.session.scalar(select(func.count()).select_from(Customer)) or 0


def words(answer) -> str:
    return Page(answer.get_data(as_text=True)).text


def test_from_a_file_to_its_guests_and_back(may, done):
    where = brought(may)
    may.post(f"{where}/mapping", plan(may, where, template_name="Old"))
    assert "Checking" in words(may.get(where))
    done()
    page = words(may.get(where))
    assert "Import 2 guests" in page
    assert "A guest needs a name" in page
    assert guests() == 0
    may.post(f"{where}/runs")
    done()
    assert "Take the whole import back" in words(may.get(where))
    assert guests() == 2
    assert "Old" in words(may.get("/imports"))
    may.post(f"{where}/reversals")
    done()
    assert "Taken back" in words(may.get(where))
    assert guests() == 0
    may.post(f"{where}/removal")
    may.get(where, 404)


def test_the_fragment_draws_itself_while_work_goes_on_and_rests_after(may, done):
    where = brought(may)
    may.post(f"{where}/mapping", plan(may, where))
    fragment = may.fragment(where).get_data(as_text=True)
    assert "every 2s" in fragment
    assert "X-Background" in fragment
    assert "<html" not in fragment
    done()
    assert "every 2s" not in may.fragment(where).get_data(as_text=True)


def test_stop_and_go_on(may, done):
    where = brought(may, garbled(1100))
    may.post(f"{where}/mapping", plan(may, where))
    done()
    may.post(f"{where}/runs")
    may.post(f"{where}/stops")
    assert "Stopping" in words(may.get(where))
    done()
    assert "Stopped after row 501" in words(may.get(where))
    may.post(f"{where}/runs")
    done()
    assert "Take the whole import back" in words(may.get(where))


def test_a_stage_that_does_not_fit_is_said_not_done(may, done):
    where = brought(may)
    for stage in ("runs", "stops", "reversals"):
        may.post(f"{where}/{stage}")
        assert "moved on meanwhile" in words(may.get(where))
    assert guests() == 0


def test_undo_names_who_was_worked_with(may, done):
    where = brought(may)
    may.post(f"{where}/mapping", plan(may, where))
    done()
    may.post(f"{where}/runs")
    done()
    guest = db.session.scalars(select(Customer)).first()
    assert guest is not None
    guest.city = "Huế"
    code = guest.customer_code
    db.session.commit()
    may.post(f"{where}/reversals")
    assert f"One record of this import has been worked with since: {code}" in words(may.get(where))
    assert guests() == 2


@pytest.mark.parametrize("role", ["front_desk", "guest_relations", "marketing", "privacy_officer"])
def test_who_may_not_import_sees_and_does_nothing(as_role, may, role):
    where = brought(may)
    other = as_role(role)
    for path in ("/imports", where, f"{where}/mapping", f"{where}/report.csv",
                 "/imports/samples/guests.csv"):  # fmt: skip
        other.get(path, 403)
    upload(other, status=403)
    for path in ("mapping", "checks", "runs", "stops", "reversals", "removal", "template"):
        other.post(f"{where}/{path}", status=403)
    assert "/imports" not in other.get("/customers").get_data(as_text=True)


def test_a_stranger_is_asked_to_sign_in(may_not):
    assert "/sign-in" in may_not.get("/imports", 303).headers["Location"]
    assert "/sign-in" in upload(may_not).headers["Location"]
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_form_without_its_token_is_refused(may):
    may.client.post("/imports", data={"file": (io.BytesIO(b"a,b\n1,2\n"), "g.csv")})
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_two_megabytes_come_in_here_and_nowhere_else(may, may_not):
    large = FILE.encode() + b"9,An,a@b.vn\n" * 180_000
    assert len(large) > 2_000_000
    where = brought(may, large)
    may.post(f"{where}/mapping", {"template_name": "x" * 2_000_000}, 413)
    upload(may_not, large, 413)


def test_more_than_the_house_allows_is_refused(may, app, monkeypatch, settings):
    from dataclasses import replace

    monkeypatch.setitem(app.extensions, "settings", replace(settings, upload_megabytes=1))
    upload(may, FILE.encode() + b"9,An,a@b.vn\n" * 180_000, 413)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"x" * 3_000_000,
        b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        ",".join(f"c{n}" for n in range(1000)).encode(),
    ],
    ids=["empty", "blank", "binary", "one-line", "zip", "old-excel", "wide"],
)  # fmt: skip
def test_what_is_no_table_is_refused_at_the_field_and_leaves_nothing(may, content):
    page = upload(may, content, 422).get_data(as_text=True)
    assert 'aria-invalid="true"' in page
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_no_file_at_all_is_said(may):
    assert "Choose a file first" in words(may.post("/imports", {}, 422))


@pytest.mark.parametrize(
    "content",
    ["full_name\n", "a,b,c\n1,2,3\n", "full_name,full_name\nAn,Bình\n", '"=1+1",x\n@,+\n'],
)
def test_odd_but_honest_tables_reach_their_columns(may, content):
    where = brought(may, content)
    assert "Check every row" in words(may.get(f"{where}/mapping"))


def test_a_header_alone_imports_nothing_and_says_so(may, done):
    where = brought(may, "full_name\n")
    may.post(f"{where}/mapping", plan(may, where))
    done()
    assert "No row would be imported" in words(may.get(where))


def test_a_wrong_plan_keeps_what_was_chosen_and_says_why(may):
    where = brought(may)
    sent = plan(may, where, source_system="", template_name="Mine")
    page = may.post(f"{where}/mapping", sent | {"column-2": "city"}, 422).get_data(as_text=True)
    assert "Name the system" in page
    assert re.search(r'value="city" selected', page)
    assert 'value="Mine"' in page


def test_what_the_page_never_offered_is_not_taken(may):
    where = brought(may)
    page = may.post(f"{where}/mapping", plan(may, where) | {"column-0": "status"}, 422)
    assert "not one of the listed values" in words(page)
    wrong = {"encoding": "rot13", "delimiter": "x", "do": "read"}
    may.post(f"{where}/mapping", plan(may, where) | wrong)
    assert db.session.scalars(select(ImportBatch)).one().shape["encoding"] == "utf-8-sig"
    may.post(f"{where}/mapping", plan(may, where) | {"unknown": "1"}, 422)


def test_another_encoding_is_a_touch_away(may):
    where = brought(may, "full_name\nNguyễn Đức\n".encode("cp1258", "replace"))
    sent = plan(may, where) | {"encoding": "cp1251", "do": "read"}
    may.post(f"{where}/mapping", sent)
    assert db.session.scalars(select(ImportBatch)).one().shape["encoding"] == "cp1251"


def test_the_report_comes_as_a_file(may, done):
    where = brought(may)
    may.post(f"{where}/mapping", plan(may, where))
    done()
    answer = may.get(f"{where}/report.csv?kind=refused", buffered=True)
    assert answer.mimetype == "text/csv"
    assert "attachment; filename=g-refused.csv" in answer.headers["Content-Disposition"]
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert len(answer.get_data(as_text=True).splitlines()) == 2
    may.get(f"{where}/report.csv?kind=none", 404)


def test_remarks_come_a_page_at_a_time_and_by_kind(may, done):
    where = brought(may, garbled(400))
    may.post(f"{where}/mapping", plan(may, where))
    done()
    first = may.get(where).get_data(as_text=True)
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = may.get(following[1].replace("&amp;", "&"))
    assert "Previous" in words(second)
    mended = words(may.fragment(f"{where}?kind=note")).split("Result")[-1]
    assert "Mended" in mended
    assert "Left out" not in mended


def test_a_name_of_markup_stays_text(may):
    where = upload(may, FILE, name='<img src=x onerror="1">.csv').headers["Location"]
    assert "<img" not in may.get(where).get_data(as_text=True)


def test_few_statements_a_page(may, done, count_statements):
    where = brought(may, garbled(300))
    may.post(f"{where}/mapping", plan(may, where))
    done()
    for path, most in (("/imports", 8), (where, 9), (f"{where}/mapping", 9)):
        with count_statements() as said:
            may.get(path)
        assert len(said) <= most, (path, said)


def test_the_sample_can_be_imported_as_it_is(may, done):
    content = may.get("/imports/samples/guests.csv", buffered=True).get_data()
    where = brought(may, content)
    may.post(f"{where}/mapping", plan(may, where))
    done()
    assert "Import 1 guest" in words(may.get(where))
