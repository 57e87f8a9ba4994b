"""What staff type: queries of every class, drawn from made-up guests, the same for a seed."""
# ruff: noqa: ARG001 - every class draws from the same two arguments

import random
import unicodedata
from collections.abc import Callable
from typing import Any

from app.core.phones import national
from app.core.text import fold, initials, words

Row = dict[str, Any]
Draw = Callable[[random.Random, Row], str | None]

KILLERS = ("ng", "nguyen", "09", "an", "@gmail", "th", "nguyen thi", "nguyễn văn", "a", "@gmail.c")
CLASSES: dict[str, Draw] = {}


def _class(name: str) -> Callable[[Draw], Draw]:
    def keep(draw: Draw) -> Draw:
        CLASSES[name] = draw
        return draw

    return keep


@_class("2 characters")
def _two(dice: random.Random, row: Row) -> str | None:
    return dice.choice(words(row["full_name"]))[:2]


@_class("one word")
def _one(dice: random.Random, row: Row) -> str | None:
    return dice.choice(str(row["full_name"]).split())


@_class("two words, any order")
def _pair(dice: random.Random, row: Row) -> str | None:
    several = row["full_name"].split()
    return " ".join(dice.sample(several, 2)) if len(several) > 1 else None


@_class("three words")
def _three(dice: random.Random, row: Row) -> str | None:
    several = words(row["full_name"])
    return " ".join(dice.sample(several, 3)) if len(several) > 2 else None


@_class("decomposed capitals")
def _decomposed(dice: random.Random, row: Row) -> str | None:
    return unicodedata.normalize("NFD", row["full_name"].upper())


@_class("phone by beginning")
def _phone_start(dice: random.Random, row: Row) -> str | None:
    return national(row["phone"])[: dice.randint(4, 8)] if row["phone"] else None


@_class("phone by last digits")
def _phone_end(dice: random.Random, row: Row) -> str | None:
    return row["phone"][-dice.choice((4, 4, 6)) :] if row["phone"] else None


@_class("phone in any format")
def _phone_whole(dice: random.Random, row: Row) -> str | None:
    if not row["phone"]:
        return None
    local = national(row["phone"])
    return dice.choice(
        (row["phone"], f"{local[:4]} {local[4:7]}-{local[7:]}", f"00{row['phone'][1:]}")
    )


@_class("e-mail by beginning")
def _email_start(dice: random.Random, row: Row) -> str | None:
    return row["email"][: dice.randint(5, len(row["email"]))] if row["email"] else None


@_class("e-mail whole")
def _email(dice: random.Random, row: Row) -> str | None:
    return row["email"].title() if row["email"] else None


@_class("own scripts")
def _native(dice: random.Random, row: Row) -> str | None:
    name = row["full_name"]
    if fold(name).isascii():
        return None
    start = dice.randrange(len(name))
    return name[start : start + dice.randint(1, 3)].strip() or None


@_class("part of a word")
def _part(dice: random.Random, row: Row) -> str | None:
    word = max(words(row["full_name"]), key=len)
    return word[1 : 1 + dice.randint(3, 5)] if len(word) > 3 else None


@_class("initials")
def _initials(dice: random.Random, row: Row) -> str | None:
    return (
        "".join(initials(word) for word in row["full_name"].split()) if row["last_name"] else None
    )


@_class("code or loyalty number")
def _code(dice: random.Random, row: Row) -> str | None:
    code = str(row["customer_code"])
    return dice.choice((code, code[1:], row["loyalty_number"] or code))


@_class("company")
def _company(dice: random.Random, row: Row) -> str | None:
    name = row["company_name"]
    return " ".join(dice.sample(name.split(), 2)) if name else None


@_class("word and number")
def _mixed(dice: random.Random, row: Row) -> str | None:
    return f"{words(row['full_name'])[-1]} {row['phone'][-4:]}" if row["phone"] else None


@_class("no hit")
def _nothing(dice: random.Random, row: Row) -> str | None:
    several = words(row["full_name"])
    return " ".join([*several[:2], dice.choice(("tuyetlan", "qzx", "phamvan", "anhminh"))])


def queries(rows: list[Row], each: int, seed: int = 7) -> dict[str, list[str]]:
    """`each` queries of every class, drawn from these guests, and the killers."""
    dice = random.Random(seed)
    found: dict[str, list[str]] = {"killers": list(KILLERS)}
    for name, draw in CLASSES.items():
        found[name] = []
        for _ in range(1000 * each):
            query = draw(dice, dice.choice(rows))
            if query and len(found[name]) < each:
                found[name].append(query)
    return found


def typed(rows: list[Row], names: int, seed: int = 8) -> list[str]:
    """What search is asked while staff type whole names and phones, from the second letter on."""
    dice = random.Random(seed)
    steps: list[str] = []
    for _ in range(names):
        row = dice.choice(rows)
        text = fold(row["full_name"]) if dice.random() < 0.8 else national(row["phone"] or "+84912")
        steps += [text[:length] for length in range(2, len(text) + 1)]
    return [step for step in steps if step.strip() == step]
