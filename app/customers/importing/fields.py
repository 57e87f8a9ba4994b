"""Where a column of another system's guest file can go, and what such columns are called there."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.customers.inputs import GROUPS, CustomerInput
from app.imports.targets import Field

OTHER = _l("From the other system")
TITLES: dict[str, tuple[str, ...]] = {
    "title": ("salutation", "prefix", "danh xưng", "xưng hô"),
    "last_name": (
        "last", "surname", "family name", "familyname", "lname", "sname", "xlast name", "họ",
        "last name / company", "họ và tên đệm", "nachname", "nom",
    ),
    "middle_name": ("middle", "mname", "second name", "tên đệm", "tên lót", "chữ lót"),
    "first_name": (
        "first", "given name", "forename", "fname", "xfirst name", "tên", "vorname", "prénom",
    ),
    "full_name": (
        "name", "full name", "guest name", "customer name", "client", "guest", "họ tên",
        "họ và tên", "tên khách", "tên khách hàng", "tên đầy đủ", "complete name", "姓名", "성명",
        "氏名",
    ),
    "display_name": ("nickname", "preferred name", "known as", "alias", "envelope name", "tên gọi"),
    "date_of_birth": (
        "dob", "birth date", "birthday", "birthdate", "born", "date birth", "ngày sinh",
        "sinh ngày", "ngày tháng năm sinh", "geburtsdatum", "date de naissance",
    ),
    "gender": ("sex", "giới tính", "phái"),
    "nationality": (
        "nationality code", "citizenship", "nation", "quốc tịch", "nationality iso", "natl",
    ),
    "passport_country": ("passport country code", "country of passport", "nước cấp hộ chiếu"),
    "languages_spoken": ("languages", "spoken languages", "ngôn ngữ biết"),
    "preferred_language": ("language", "lang", "language code", "locale", "ngôn ngữ", "ng.ngữ"),
    "email": (
        "e-mail", "mail", "email address", "e-mail address", "email 1", "primary email",
        "thư điện tử", "địa chỉ email", "hộp thư",
    ),
    "alternative_email": ("email 2", "second email", "other email", "secondary email", "email phụ"),
    "phone": (
        "telephone", "tel", "phone number", "phone no", "mobile", "mobile phone", "mobile number",
        "cell", "cell phone", "contact number", "phone 1", "handphone", "điện thoại",
        "số điện thoại", "sđt", "đt", "di động", "số di động", "telefon", "téléphone",
    ),
    "alternative_phone": (
        "phone 2", "other phone", "home phone", "second phone", "secondary phone", "landline",
        "điện thoại 2", "điện thoại phụ", "điện thoại nhà", "điện thoại bàn",
    ),
    "whatsapp_number": ("whatsapp", "zalo"),
    "wechat_id": ("wechat", "weixin"),
    "facebook_profile": ("facebook", "fb"),
    "instagram_handle": ("instagram", "ig"),
    "twitter_handle": ("twitter", "x handle"),
    "linkedin_profile": ("linkedin",),
    "emergency_contact_name": ("emergency contact", "người liên hệ khẩn cấp"),
    "emergency_contact_phone": ("emergency phone", "số khẩn cấp"),
    "address_line1": (
        "address", "street", "street address", "address 1", "addr", "address street", "địa chỉ",
        "số nhà", "đường", "home address", "strasse", "adresse",
    ),
    "address_line2": ("address 2", "street 2", "street2", "addr2", "phường", "phường/xã"),
    "city": ("town", "city name", "thành phố", "tỉnh/thành phố", "tỉnh thành", "ort", "ville"),
    "state_province": ("state", "province", "region", "county", "tỉnh", "bang", "quận/huyện"),
    "postal_code": ("zip", "zip code", "postcode", "post code", "zipcode", "mã bưu chính", "plz"),
    "country": (
        "country code", "country name", "country of residence", "address country", "quốc gia",
        "nước", "đất nước", "land", "pays",
    ),
    "id_type": ("document type", "identity type", "id document", "doc type", "loại giấy tờ"),
    "id_number": (
        "document number", "identity number", "id no", "id card number", "doc number", "doc no",
        "identification", "số giấy tờ", "số cmnd/hộ chiếu", "passport/id",
    ),
    "id_issue_date": ("issue date", "date of issue", "ngày cấp", "document issue date"),
    "id_expiry_date": (
        "expiry date", "expiration date", "id expiration", "document expiry date", "ngày hết hạn",
        "passport expiry",
    ),
    "id_issuing_country": ("issuing country", "place of issue", "nơi cấp", "issue country"),
    "company_name": (
        "company", "organisation", "organization", "employer", "account", "công ty",
        "tên công ty", "cơ quan", "firma", "parent name",
    ),
    "job_title": ("job position", "position", "function", "chức vụ", "occupation", "nghề nghiệp"),
    "department": ("phòng ban",),
    "company_email": ("work email", "business email", "email công ty"),
    "company_phone": ("work phone", "business phone", "office phone", "điện thoại công ty"),
    "billing_address": ("invoice address", "địa chỉ xuất hóa đơn"),
    "tax_id": ("vat", "vat number", "tax number", "tin", "mst", "mã số thuế", "tax code"),
    "credit_limit": ("hạn mức tín dụng",),
    "default_payment_method": ("payment method", "hình thức thanh toán"),
    "customer_type": ("guest type", "profile type", "type", "loại khách"),
    "vip_status": ("vip", "vip level", "vip code", "hạng vip"),
    "customer_segment": ("segment", "market segment", "market code", "phân khúc"),
    "customer_source": ("source", "source code", "booking source", "nguồn", "nguồn khách"),
    "referral_source": ("referred by", "người giới thiệu"),
    "acquisition_channel": ("channel", "kênh"),
    "marketing_consent": (
        "marketing", "consent", "opt in", "newsletter", "mailing list", "nhận quảng cáo",
        "accepts marketing", "promotions", "nhận khuyến mãi", "nhận tiếp thị", "đồng ý tiếp thị",
        "đồng ý nhận quảng cáo",
    ),
    "email_opt_in": (
        "email marketing", "email opt in", "send email", "nhận email", "nhận email quảng cáo",
        "nhận email khuyến mãi", "đồng ý nhận email",
    ),
    "sms_opt_in": (
        "sms", "sms marketing", "nhận sms", "nhận tin nhắn", "nhận sms quảng cáo",
        "nhận tin nhắn quảng cáo", "nhận tin nhắn khuyến mãi", "đồng ý nhận tin nhắn",
    ),
    "phone_opt_in": (
        "phone marketing", "telemarketing", "nhận cuộc gọi", "nhận cuộc gọi quảng cáo",
    ),
    "mail_opt_in": ("direct mail", "mail marketing", "postal marketing", "nhận thư quảng cáo"),
    "gdpr_consent": ("gdpr", "privacy consent", "privacy policy accepted"),
    "medical_notes": ("medical", "allergies", "health notes", "dị ứng", "ghi chú y tế"),
}  # fmt: skip
THEN = {
    "phone": "alternative_phone", "alternative_phone": "whatsapp_number",
    "email": "alternative_email", "full_name": "display_name", "address_line1": "address_line2",
    "city": "state_province", "id_number": "secondary_id_number",
}  # fmt: skip
OWN = (
    Field("external_id", _l("Guest number there"), OTHER, (
        "id", "guest id", "customer id", "profile id", "client id", "external id", "row id",
        "name id", "guest no", "guest number", "customer code", "customer number", "code",
        "profile number", "mã khách", "mã khách hàng", "mã kh", "stt hồ sơ", "uuid", "ref",
    )),
    Field("passport_number", _l("Passport number"), GROUPS["identity"][0], (
        "passport", "passport no", "passport id", "hộ chiếu", "số hộ chiếu",
    )),
    Field("national_id_number", _l("Identity card number"), GROUPS["identity"][0], (
        "identity card", "national id", "national id number", "id card", "cccd", "cmnd", "số cccd",
        "số cmnd", "cmnd/cccd", "cccd/cmnd", "căn cước", "căn cước công dân",
    )),
    Field("note", _l("Note for staff"), OTHER, (
        "notes", "comment", "comments", "remark", "remarks", "internal notes", "guest notes",
        "ghi chú", "ghi chú nội bộ", "lưu ý",
    )),
    Field("tags", _l("Tags, with commas between"), OTHER, (
        "tag", "labels", "categories", "category", "classifications", "nhãn", "phân loại",
    )),
)  # fmt: skip
NEEDS = {
    "passport_number": "guests.identity", "national_id_number": "guests.identity",
    "note": "guests.notes", "tags": "guests.tag",
}  # fmt: skip

STAYS = _l("Not imported: counted from the stays themselves, which are imported apart.")
LOYALTY = _l("Not imported: points are a ledger with its own history.")
TODAY = _l("Not imported: follows from the date of birth, or from today's date.")
DERIVED = {
    **dict.fromkeys((
        "stays", "total stays", "number of stays", "no of stays", "visits", "nights",
        "total nights", "room nights", "total spent", "spent", "spend", "revenue",
        "total revenue", "room revenue", "lifetime value", "last stay", "last stay date",
        "last visit", "first stay", "first stay date", "last checkout", "last room",
        "cancellations", "no shows", "số lần ở", "số lần lưu trú", "số đêm", "tổng chi tiêu",
        "doanh thu",
        "lần ở cuối", "lần cuối", "ngày ở cuối",
    ), STAYS),
    **dict.fromkeys((
        "points", "loyalty points", "lifetime points", "points balance", "balance",
        "current balance", "điểm", "điểm tích lũy", "số dư",
    ), LOYALTY),
    **dict.fromkeys((
        "age", "tuổi", "days since last stay", "created", "created at", "created on", "updated",
        "updated at", "last modified", "insert date", "update date",
    ), TODAY),
}  # fmt: skip
PERMISSIONS = {
    name: permission for _, permission, names in GROUPS.values() for name in names
} | NEEDS


def fields(by: Actor | None) -> list[Field]:
    """Where columns can go, as far as this person may write; all there is for None."""
    shaped = [_field(name, title) for title, _, names in GROUPS.values() for name in names]
    found = [OWN[0], *shaped, *OWN[1:]]
    return [f for f in found if by is None or _may(by, PERMISSIONS.get(f.name, "guests.create"))]


def _field(name: str, group: Any) -> Field:
    label = CustomerInput._declared_fields[name].metadata["label"]
    return Field(name, label, group, TITLES.get(name, ()), THEN.get(name, ""))


def _may(by: Actor, permission: str) -> bool:
    return by.may("guests.create" if permission == "guests.update" else permission)
