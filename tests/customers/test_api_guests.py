"""`/api/customers`: making and listing guests, in the shapes of section 3.1."""

import re

import pytest
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.customers.models import Customer
from app.extensions import db

FULL = {
    "title": "Mr", "first_name": "John", "last_name": "Doe", "email": "john.doe@email.com",
    "phone": "+84901234567", "date_of_birth": "1985-06-15", "nationality": "USA",
    "id_type": "passport", "id_number": "A12345678",
    "address": {
        "line1": "123 Main Street", "city": "New York", "country": "USA", "postal_code": "10001",
    },
    "preferences": {"room": ["high_floor", "quiet"], "bed": "king", "dietary": ["vegetarian"]},
    "marketing_consent": True, "customer_type": "individual", "customer_source": "website",
}  # fmt: skip
ALL = (
    "guests.read", "guests.create", "guests.update", "guests.notes", "guests.identity",
    "guests.consent", "guests.tag", "guests.vip", "guests.history",
)  # fmt: skip


@pytest.fixture
def clerk(machine):
    return machine(*ALL)


def test_the_specifications_example_is_created_and_answered_in_its_shape(clerk):
    answer = clerk.post("/api/customers", json=FULL)
    assert answer.status_code == 201
    made = answer.json
    assert list(made) == [
        "id", "customer_code", "full_name", "email", "profile_completeness", "vip_status",
        "total_stays", "created_at",
    ]  # fmt: skip
    assert made["full_name"] == "John Doe"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["created_at"])
    assert answer.headers["Location"] == f"/api/customers/{made['id']}"
    stored = db.session.scalars(select(Customer)).one()
    assert (stored.country, stored.nationality, stored.city) == ("US", "US", "New York")
    assert stored.id_number == "A12345678"
    assert stored.preferences_summary["bed"] == "king"


@pytest.mark.parametrize("country", ["US", "USA", "usa", "United States"])
def test_a_country_may_be_sent_by_either_code_or_name(clerk, country):
    made = clerk.post("/api/customers", json={"full_name": "A", "nationality": country}).json
    shown = clerk.get(f"/api/customers/{made['id']}").json["customer"]
    assert shown["personal_info"]["nationality"] == "USA"


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh Tuyết", "Đỗ Đức", "王小明", "김민준", "O'Brien-Łukasz", "محمد"]
)
def test_names_of_any_script_come_back_as_they_were_sent(clerk, name):
    made = clerk.post("/api/customers", json={"full_name": name}).json
    assert made["full_name"] == name
    listed = clerk.get("/api/customers", query_string={"search": name}).json
    assert [row["full_name"] for row in listed["data"]] == [name]


def test_each_wrong_field_is_named_once_and_nothing_is_saved(clerk):
    wrong = FULL | {
        "email": "nobody", "gender": "x", "surprise": 1, "marketing_consent": "true",
        "address": {"country": "Atlantis", "planet": "Mars"},
    }  # fmt: skip
    answer = clerk.post("/api/customers", json=wrong)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    wrong["marketing_consent"] = True
    answer = clerk.post("/api/customers", json=wrong)
    named = {error["field"] for error in answer.json["errors"]}
    assert named == {"email", "gender", "surprise", "address.country", "address.planet"}
    assert {e["pointer"] for e in answer.json["errors"]} >= {"/address/country"}
    assert db.session.scalar(select(Customer.id)) is None


def test_a_look_alike_is_refused_with_candidates_and_reasons(clerk, guest):
    known = guest("John Doe", email="john.doe@email.com", date_of_birth="1985-06-15")
    answer = clerk.post("/api/customers", json=FULL)
    assert answer.status_code == 409
    (first,) = answer.json["candidates"]
    assert first["id"] == str(known.id)
    assert first["certain"]
    assert "Same e-mail" in first["reasons"]
    assert db.session.scalars(select(Customer.id)).all() == [known.id]


def test_a_look_alike_may_be_passed_over_and_that_is_on_record(clerk, guest):
    known = guest("John Doe", email="john.doe@email.com")
    answer = clerk.post("/api/customers", json=FULL | {"on_duplicate": "create"})
    assert answer.status_code == 201
    assert answer.json["id"] != str(known.id)


def test_gaps_of_who_is_certainly_the_same_are_filled(clerk, guest):
    known = guest("John Doe", email="john.doe@email.com", date_of_birth="1985-06-15", city="Huế")
    answer = clerk.post("/api/customers", json=FULL | {"on_duplicate": "fill"})
    assert (answer.status_code, answer.json["id"]) == (200, str(known.id))
    db.session.refresh(known)
    assert (known.phone, known.city) == ("+84901234567", "Huế")


def test_nobody_is_filled_on_a_mere_likeness(clerk, guest):
    guest("John Doe", email="john.doe@email.com")
    answer = clerk.post("/api/customers", json=FULL | {"on_duplicate": "fill"})
    assert answer.status_code == 409
    answer = clerk.post("/api/customers", json={"full_name": "Nobody Else", "on_duplicate": "fill"})
    assert answer.status_code == 409


def test_fields_beyond_ones_scopes_are_refused_before_anything_is_looked_up(machine, guest):
    guest("John Doe", id_number="A12345678")
    modest = machine("guests.create")
    answer = modest.post("/api/customers", json=FULL | {"marketing_consent": False})
    assert answer.status_code == 403
    asked = select(AuditEntry).where(AuditEntry.action == "paper.looked_up")
    assert db.session.scalar(asked) is None


def test_a_caller_who_may_not_read_learns_no_names_from_a_refusal(machine, guest):
    guest("John Doe", email="john.doe@email.com")
    modest = machine("guests.create")
    sent = {"full_name": "John Doe", "email": "john.doe@email.com"}
    answer = modest.post("/api/customers", json=sent)
    assert answer.status_code == 409
    assert not {"id", "full_name", "customer_code"} & set(answer.json["candidates"][0])


@pytest.mark.parametrize("sort_by", ["full_name", "last_stay_date", "total_spent", "created_at"])
@pytest.mark.parametrize("more", ["", "&search=tran"])
def test_who_follows_after_misses_nobody(clerk, guest, sort_by, more):
    made = {guest(f"Trần Văn {name}").customer_code for name in "ABCDE"}
    seen, after = [], ""
    while after is not None:
        asked = f"/api/customers?limit=2&sort_by={sort_by}{more}" + (after and f"&after={after}")
        page = clerk.get(asked).json
        seen += [row["customer_code"] for row in page["data"]]
        after = page["pagination"]["after"]
    assert len(seen) == 5
    assert set(seen) == made


def test_the_list_has_data_pagination_and_summary(clerk, guest):
    for number in range(3):
        guest(f"Trần Văn {'ABC'[number]}")
    answer = clerk.get("/api/customers?limit=2&sort_by=full_name&order=asc").json
    assert [row["full_name"] for row in answer["data"]] == ["Trần Văn A", "Trần Văn B"]
    assert {n: answer["pagination"][n] for n in ("page", "limit", "total", "total_pages")} == {
        "page": 1, "limit": 2, "total": 3, "total_pages": 2,
    }  # fmt: skip
    assert answer["summary"] == {
        "total_customers": 3, "vip_customers": 0, "returning_customers": 0, "new_customers": 3,
    }  # fmt: skip
    assert {"days_since_last_stay", "total_spent", "tags", "loyalty_points"} <= set(
        answer["data"][0]
    )


def test_tags_may_be_repeated_or_have_commas(clerk):
    for name, tags in (("A", ["vip", "golf"]), ("B", ["vip"])):
        clerk.post("/api/customers", json={"full_name": name, "tags": tags})
    for query in ("tags=vip&tags=golf", "tags=vip,golf"):
        found = clerk.get(f"/api/customers?{query}").json["data"]
        assert [row["full_name"] for row in found] == ["A"]
    assert len(clerk.get("/api/customers?tags=vip").json["data"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=ten", "page=0", "page=1000000000", f"page={10**30}",
        "page=1.5", "page=true", "sort_by=id_number", "sort_by=full_name;drop", "order=up",
        "has_stayed=maybe", "last_stay_from=", "customer_type=", "last_stay_from=2024-02-30",
        "min_spent=NaN", "min_spent=-1",
        "min_spent=1e400", "surprise=1", "search=%00", "search=" + "a" * 201, "vip_status=lead",
        "after=garbage", "after=%FF", "last_stay_from=2024-02-02&last_stay_to=2024-02-01",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(clerk, query):
    answer = clerk.get(f"/api/customers?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"]


@pytest.mark.parametrize("search", ["' OR 1=1 --", "{{7*7}}", "%", "_", '"', "(", "*", "NEAR("])
def test_metacharacters_are_only_text(clerk, guest, search):
    guest("Nguyễn Văn An")
    answer = clerk.get("/api/customers", query_string={"search": search})
    assert answer.status_code == 200
    assert answer.json["data"] == []


@pytest.mark.parametrize(
    ("name", "value"), [("tags", ["vip", None]), ("languages_spoken", [None]), ("tags", ["a,b"])]
)
def test_a_list_with_what_belongs_in_none_is_refused_at_its_place(clerk, name, value):
    answer = clerk.post("/api/customers", json={"full_name": "A", name: value})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [f"{name}.{len(value) - 1}"]
    assert db.session.scalar(select(Customer)) is None


def test_a_part_that_may_not_be_null_says_so_in_the_readers_language(clerk):
    answer = clerk.post(
        "/api/customers", json={"full_name": "A", "preferences": None},
        headers={"Accept-Language": "vi"},
    )  # fmt: skip
    assert answer.json["errors"][0]["detail"] == "Mục này không được để trống."


@pytest.mark.parametrize("number", ["-", "n/a", "none", "00", "???"])
def test_what_stands_for_no_identity_number_is_refused(clerk, number):
    """Else two strangers with it would certainly be the same person."""
    answer = clerk.post("/api/customers", json={"full_name": "A", "id_number": number})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "id_number")
