"""Where a column of another system's stays can go, and what such columns are called there."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.imports.targets import Field

WHOSE, STAY, MONEY = _l("Whose stay it was"), _l("The stay"), _l("Amounts")
FIELDS = (
    Field("customer_code", _l("Guest's code here"), WHOSE, (
        "guest code", "customer code", "mã khách hàng guestbook",
    )),
    Field("guest_number", _l("Guest number there"), WHOSE, (
        "guest id", "customer id", "profile id", "client id", "guest no", "guest number",
        "name id", "profile number", "mã khách", "mã khách hàng", "mã kh",
    )),
    Field("full_name", _l("Guest's name"), WHOSE, (
        "name", "guest name", "customer name", "client", "guest", "full name", "họ tên",
        "họ và tên", "tên khách", "tên khách hàng", "gast", "nom", "姓名",
    )),
    Field("email", _l("E-mail"), WHOSE, ("e-mail", "mail", "email address", "thư điện tử")),
    Field("phone", _l("Phone"), WHOSE, (
        "telephone", "tel", "phone number", "mobile", "điện thoại", "số điện thoại", "sđt",
    )),
    Field("number", _l("Stay number there"), STAY, (
        "id", "stay id", "reservation id", "reservation number", "booking id", "booking number",
        "booking reference", "confirmation number", "confirmation no", "resv no", "folio",
        "folio number", "reference", "ref", "mã đặt phòng", "số đặt phòng", "mã booking",
    )),
    Field("status", _l("Status"), STAY, (
        "reservation status", "booking status", "stay status", "state", "trạng thái",
        "tình trạng",
    )),
    Field("check_in", _l("Arrival"), STAY, (
        "check in", "checkin", "arrival", "arrival date", "check in date", "from", "from date",
        "start", "start date", "anreise", "ngày đến", "ngày nhận phòng", "nhận phòng",
    )),
    Field("check_out", _l("Departure"), STAY, (
        "check out", "checkout", "departure", "departure date", "check out date", "to", "to date",
        "end", "end date", "abreise", "ngày đi", "ngày trả phòng", "trả phòng",
    )),
    Field("nights", _l("Nights"), STAY, ("number of nights", "room nights", "los", "số đêm")),
    Field("room_type", _l("Room type"), STAY, (
        "room category", "category", "room class", "type", "loại phòng", "hạng phòng",
    )),
    Field("room_number", _l("Room"), STAY, (
        "room no", "room number", "unit", "phòng", "số phòng", "zimmer",
    )),
    Field("rate_type", _l("Rate"), STAY, ("rate code", "rate plan", "tariff", "gói giá")),
    Field("purpose", _l("Purpose of the visit"), STAY, (
        "purpose of visit", "purpose of stay", "market segment", "mục đích",
    )),
    Field("score", _l("Satisfaction, 1 to 10"), STAY, (
        "satisfaction", "satisfaction score", "rating", "review score", "điểm hài lòng",
    )),
    Field("notes", _l("Notes of the staff"), STAY, (
        "note", "comment", "comments", "remarks", "remark", "ghi chú",
    )),
    Field("room_rate", _l("Price a night"), MONEY, (
        "rate amount", "nightly rate", "adr", "price per night", "giá phòng", "đơn giá",
    )),
    Field("room_charge", _l("Room, in all"), MONEY, (
        "room revenue", "room total", "accommodation", "tiền phòng", "doanh thu phòng",
    )),
    Field("extras", _l("Extras"), MONEY, (
        "other revenue", "extras total", "services", "f&b revenue", "phụ thu", "dịch vụ",
    )),
    Field("total", _l("Amount in all"), MONEY, (
        "total amount", "total revenue", "amount", "grand total", "revenue", "total price",
        "tổng tiền", "tổng cộng", "thành tiền", "doanh thu",
    )),
)  # fmt: skip
NEEDS = {"notes": "guests.notes"}
BALANCE = _l("Not imported: what is still owed belongs to the accounts.")
DERIVED: Mapping[str, Any] = dict.fromkeys(
    ("balance", "due", "paid", "deposit", "còn nợ", "đã trả", "đặt cọc"), BALANCE
)


def fields(by: Actor | None) -> list[Field]:
    """Where columns can go, as far as this person may write; all there is for None."""
    return [
        field for field in FIELDS
        if by is None or field.name not in NEEDS or by.may(NEEDS[field.name])
    ]  # fmt: skip
