"""Papers of sample guests who are here or come soon: some verified, some that end too early, and a
few with a picture, which is drawn here and shows nobody."""

import random
from datetime import date, timedelta
from io import BytesIO
from typing import Final

import click
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from app.core.actor import HOUSE
from app.core.clock import today
from app.core.errors import Refusal
from app.core.text import fold
from app.customers.models import Customer
from app.documents import files, services
from app.documents.files import Stored
from app.documents.media.watermark import FONT
from app.documents.models import Document
from app.extensions import db
from app.stays.models import STAYING, Booking

ENDS: Final = (-200, -3, 1, 2, 20, 45, 75)
"""In how many days the first papers expire; all others hold for years."""
PICTURES: Final = 5
SIZE: Final = (1240, 860)
PAPER, INK, SHADE = (226, 232, 228), (38, 52, 60), (170, 184, 180)


def of_present(rng: random.Random) -> None:
    """A paper for everybody who is in house or booked, in the order of their arrival."""
    query = select(Booking).where(Booking.status.in_(STAYING)).order_by(Booking.check_in_date)
    shown = 0
    for n, booking in enumerate(db.session.scalars(query)):
        here = booking.status == "checked_in"
        shown += not here
        with_picture = not here and shown <= PICTURES
        row = _paper(rng, booking.customer, n if not here else None, with_picture=with_picture)
        if here or n % 3 == 0:
            services.verify(row.customer_id, row.id, "Seen at the desk", by=HOUSE)


def _paper(rng: random.Random, guest: Customer, n: int | None, *, with_picture: bool) -> Document:
    own = guest.nationality == "VN"
    last = ENDS[n % 9] if n is not None and n % 9 < len(ENDS) else rng.randrange(400, 3000)
    expires = today() + timedelta(days=last)
    number = guest.id_number or f"{rng.randrange(10**12):012d}"
    values = {
        "document_type": "id_card" if own and not guest.id_number else "passport",
        "document_number": number, "expiry_date": expires,
        "issue_date": expires - timedelta(days=3650), "issuing_country": guest.nationality,
    }  # fmt: skip
    file = _kept(guest, _drawn(guest, number, expires)) if with_picture else None
    return services.add(guest.id, values, by=HOUSE, file=file)


def _kept(guest: Customer, drawn: bytes) -> Stored | None:
    """The picture in the store; without one where this machine is too busy to look through it."""
    try:
        return files.keep(guest.id, BytesIO(drawn), len(drawn))
    except Refusal as fault:
        click.echo(f"A sample picture was left out: {fault}", err=True)
        return None


def _drawn(guest: Customer, number: str, expires: date) -> bytes:
    """A picture of a paper that nobody could take for a real one."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, 40)
    draw.rectangle((70, 150, 430, 640), fill=SHADE)
    draw.ellipse((170, 230, 330, 430), fill=PAPER)
    draw.ellipse((110, 450, 390, 800), fill=PAPER)
    draw.rectangle((70, 641, 430, SIZE[1]), fill=PAPER)
    draw.text((70, 60), "SPECIMEN · MẪU", INK, ImageFont.truetype(FONT, 64))
    lines = (fold(guest.full_name).upper(), number, expires.strftime("%d.%m.%Y"),
             guest.nationality or "")  # fmt: skip
    for place, line in enumerate(lines):
        draw.text((490, 170 + 110 * place), line[:34], INK, font)
    draw.text((70, 750), "NOT A REAL PAPER " * 3, SHADE, font)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
