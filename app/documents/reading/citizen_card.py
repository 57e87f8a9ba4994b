"""The code on Vietnamese citizen cards: `number|old number|name|day of birth|sex|address|issued`.

Cards of the law of 2023 put more behind it, parents' names among it, which is nobody's business
here. The code has no day of expiry. It corrects its own errors; but where a scanner types it, the
number has to agree with the person: its fourth digit tells sex and century, the next two the year.
"""

import re
import unicodedata
from datetime import date

from app.core.text import clean, fold
from app.documents.reading.reading import Reading

LONGEST_TEXT = 2_000
LONGEST_NAME = 100
SEXES = {"nam": "male", "nu": "female", "male": "male", "female": "female"}
# The bar between the fields is another sign where the scanner and the keyboard disagree.
_CODE = re.compile(
    r"(?P<number>\d{12})(?P<bar>[^\w\s]{1,2}|[ÇçµÀà])(?P<old>\d{9}|\d{12})?(?P=bar)(?P<name>[^|\d]{1,150}?)"
    r"(?P=bar)(?P<birth>\d{8})(?P=bar)(?P<sex>[^|\d]{1,10}?)(?P=bar)(?P<address>.{0,400}?)"
    r"(?P=bar)(?P<issued>\d{8})(?!\d)"
)


def read(text: str, today: date) -> Reading | None:
    """The card that the text comes from; None where it is no such code."""
    line = " ".join(unicodedata.normalize("NFC", text[:LONGEST_TEXT]).split())
    found = _CODE.search(line)
    if found is None:
        return None
    born, issued = _day(found["birth"]), _day(found["issued"])
    if born is None or born > today:
        return None
    name, sex = clean(found["name"]), SEXES.get(fold(found["sex"]))
    clear = _is_name(name)
    last, _, rest = name.partition(" ")
    return Reading(
        "QR", "id_card", number=found["number"], country="VN", nationality="VN",
        last_name=last if clear else None, first_name=(rest or None) if clear else None,
        full_name=name if clear else None, birth=born, sex=sex,
        issued=issued if issued and issued <= today else None,
        address=clean(found["address"]) or None,
        personal_number=found["old"], checks={"number": _agrees(found["number"], born, sex)},
    )  # fmt: skip


def _day(signs: str) -> date | None:
    try:
        return date(int(signs[4:]), int(signs[2:4]), int(signs[:2]))
    except ValueError:
        return None


def _is_name(name: str) -> bool:
    """False where letters were lost on the way, as keyboards lose accents: `Nguy?n`."""
    letters = name.replace(" ", "").replace("'", "").replace("-", "")
    return len(name) <= LONGEST_NAME and letters.isalpha()


def _agrees(number: str, born: date, sex: str | None) -> bool:
    century = (born.year - 1900) // 100
    sexes = {"male": (0,), "female": (1,)}.get(sex or "", (0, 1))
    return number[4:6] == f"{born.year % 100:02}" and int(number[3]) in {
        2 * century + each for each in sexes
    }
