"""Specimens of papers: zones with right check digits, codes of citizen cards, and photos."""

from dataclasses import dataclass
from datetime import date

from app.documents.reading.check_digits import check_digit

TODAY = date(2026, 11, 26)


@dataclass(frozen=True)
class Paper:
    """What a paper says, as its own zone writes it."""

    number: str = "C1234567"
    issuer: str = "VNM"
    nationality: str = "VNM"
    last: str = "NGUYEN"
    first: str = "VAN<AN"
    birth: str = "900101"
    sex: str = "M"
    expiry: str = "300101"
    personal: str = ""

    def names(self, width: int) -> str:
        return f"{self.last}<<{self.first}"[:width].ljust(width, "<")

    def person(self) -> str:
        """Nationality, birth, sex and expiry with their digits, as passports have them."""
        return (
            self.nationality.ljust(3, "<") + checked(self.birth) + self.sex + checked(self.expiry)
        )


def checked(signs: str, width: int = 0) -> str:
    filled = signs.ljust(width, "<")
    return filled + check_digit(filled)


def td3(paper: Paper) -> str:
    second = checked(paper.number, 9) + paper.person()
    second += checked(paper.personal, 14) if paper.personal else "<" * 15
    second += check_digit(second[:10] + second[13:20] + second[21:43])
    return f"P<{paper.issuer.ljust(3, '<')}{paper.names(39)}\n{second}"


def td2(paper: Paper) -> str:
    second = checked(paper.number, 9) + paper.person() + paper.personal.ljust(7, "<")
    second += check_digit(second[:10] + second[13:20] + second[21:35])
    return f"I<{paper.issuer.ljust(3, '<')}{paper.names(31)}\n{second}"


def td1(paper: Paper) -> str:
    long = len(paper.number) > 9
    rest = paper.number[9:] + check_digit(paper.number) + "<" if long else ""
    number = paper.number[:9] + "<" if long else checked(paper.number, 9)
    first = f"I<{paper.issuer.ljust(3, '<')}{number}{(rest + paper.personal).ljust(15, '<')}"
    second = checked(paper.birth) + paper.sex + checked(paper.expiry)
    second += paper.nationality.ljust(3, "<") + "<" * 11
    second += check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
    return f"{first}\n{second}\n{paper.names(30)}"


def mrv_a(paper: Paper) -> str:
    second = checked(paper.number, 9) + paper.person() + paper.personal.ljust(16, "<")
    return f"V<{paper.issuer.ljust(3, '<')}{paper.names(39)}\n{second}"


def mrv_b(paper: Paper) -> str:
    second = checked(paper.number, 9) + paper.person() + paper.personal.ljust(8, "<")
    return f"V<{paper.issuer.ljust(3, '<')}{paper.names(31)}\n{second}"


ZONES = {"TD3": td3, "TD2": td2, "TD1": td1, "MRV-A": mrv_a, "MRV-B": mrv_b}
CARD = (
    "079090001234|025123456|Nguyễn Thị Ánh Đào|15081990|Nữ|"
    "12 Lê Lợi, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|20062021"
).replace("079090", "079190")
