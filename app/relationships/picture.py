"""Where each of a family stands in its small picture: parents above, children below the guest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.text import graphemes, initials
from app.customers.models import Customer
from app.relationships.models import Relationship
from app.relationships.services import name_of

COLUMN, ROW, RADIUS, LABEL = 112, 136, 22, 54
EDGE = 4
LONGEST = 14
"""Letters in one of the two lines of a name."""
MOST = {"parent": 4, "sibling": 3, "spouse": 2, "child": 5}
"""How many of each the picture shows; the list beside it has all."""


@dataclass(frozen=True)
class Node:
    """A person: centre, initials, the name in lines that fit, what they are to the guest."""

    x: int
    y: int
    initials: str
    lines: list[str]
    kind: str


@dataclass(frozen=True)
class Picture:
    """The whole: left edge, size, people, and lines as SVG paths."""

    left: int
    width: int
    height: int
    nodes: list[Node]
    lines: list[str]


Person = tuple[str, str]
"""Name of somebody, and what they are to the guest."""


def draw(guest: Customer, rows: Iterable[Relationship]) -> Picture | None:
    """The guest with parents, siblings, spouse and children; None without any of these."""
    groups = _groups(rows)
    if not any(groups.values()):
        return None
    levels = [bool(groups["parent"]), True, bool(groups["child"])]
    place = _placer(levels)
    me = (guest.called, "")
    middle = place(1, [*groups["sibling"], me, *groups["spouse"]], 0)
    own = middle[len(groups["sibling"])]
    mates = middle[len(groups["sibling"]) + 1 :]
    parents = place(0, groups["parent"], own.x)
    heart = (own.x + mates[0].x) // 2 if mates else own.x
    children = place(2, groups["child"], heart)
    siblings = middle[: len(groups["sibling"])]
    lines = [*_upward(own, siblings, parents), *(_across(own, mate) for mate in mates)]
    lines += _downward(own, heart, children)
    return _framed([*parents, *middle, *children], lines, sum(levels))


def _groups(rows: Iterable[Relationship]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {kind: [] for kind in MOST}
    for row in rows:
        if row.relationship_type in found:
            called = row.related.called if row.related else name_of(row)
            found[row.relationship_type].append((called, row.relationship_type))
    return {kind: _few(people, MOST[kind], kind) for kind, people in found.items()}


def _few(people: list[Person], most: int, kind: str) -> list[Person]:
    if len(people) <= most:
        return people
    return [*people[: most - 1], (f"+{len(people) - most + 1}", kind)]


def _placer(levels: Sequence[bool]) -> Callable[[int, list[Person], int], list[Node]]:
    """A function that puts people of a level side by side around the middle `x`."""

    def place(level: int, people: list[Person], x: int) -> list[Node]:
        y = RADIUS + EDGE + ROW * sum(levels[:level])
        start = x - COLUMN * (len(people) - 1) // 2
        return [
            Node(start + COLUMN * n, y, _letters(name), _wrapped(name), kind)
            for n, (name, kind) in enumerate(people)
        ]

    return place


def _letters(name: str) -> str:
    return name if name.startswith("+") else initials(name)


def _wrapped(name: str) -> list[str]:
    """The name in at most two lines; Vietnamese names end with the one that people go by."""
    first, rest = "", [] if name.startswith("+") else name.split()
    while rest and len(graphemes(f"{first} {rest[0]}".strip())) <= LONGEST:
        first = f"{first} {rest.pop(0)}".strip()
    return [_cut(line) for line in (first, " ".join(rest)) if line]


def _cut(line: str) -> str:
    letters = graphemes(line)
    return line if len(letters) <= LONGEST else "".join(letters[: LONGEST - 1]) + "…"


def _upward(own: Node, siblings: list[Node], parents: list[Node]) -> list[str]:
    """From the guest and the siblings to the bar above them, and from it to each parent."""
    bar = own.y - RADIUS - 14
    below = [f"M{each.x} {each.y - RADIUS}V{bar}H{own.x}V{own.y - RADIUS}" for each in siblings]
    return below + [
        f"M{p.x} {p.y + RADIUS + LABEL}V{bar}H{own.x}V{own.y - RADIUS}" for p in parents
    ]


def _across(own: Node, mate: Node) -> str:
    return f"M{own.x + RADIUS} {own.y}H{mate.x - RADIUS}"


def _downward(own: Node, heart: int, children: list[Node]) -> list[str]:
    top = own.y if heart != own.x else own.y + RADIUS + LABEL
    return [
        f"M{heart} {top}V{child.y - RADIUS - 14}H{child.x}V{child.y - RADIUS}" for child in children
    ]


def _framed(nodes: list[Node], lines: list[str], levels: int) -> Picture:
    left = min(node.x for node in nodes) - COLUMN // 2
    width = max(node.x for node in nodes) + COLUMN // 2 - left
    return Picture(left, width, EDGE + ROW * levels, nodes, lines)
