"""Folding, splitting and marking of text: one definition for documents, queries and matching."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from anyascii import anyascii

LONGEST_WORD = 64
LONGEST_QUERY = 200
MOST_TERMS = 8

# Letters that Unicode does not decompose but that people type without their stroke or ligature;
# the second line unites the Arabic and Persian spellings of one letter.
_LETTERS = str.maketrans(
    {
        "đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ƀ": "b", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ɨ": "i", "ƙ": "k",
        "ə": "a", "ɛ": "e", "ɔ": "o", "ʉ": "u", "ƶ": "z", "ɦ": "h", "’": "'", "‘": "'", "ʼ": "'",
        "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-",
        "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None,
    }
)  # fmt: skip
# Diacritics of alphabets. Vowel and voicing signs of other scripts (Thai, Devanagari, Kana) tell
# words apart, so they stay.
_MARK = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_APOSTROPHE = re.compile("'")
# The zero that is dialled at home alone, as people write it behind a country's code.
_TRUNK = re.compile(r"(?<=\d)\s*\(0\)")
# Scripts that write names without spaces: Thai to Khmer, Kana, Han, Hangul.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)


def _clean(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zs", "Zl", "Zp"):
        return " " if char.isspace() else ""
    return "" if kind in ("Cf", "Cs", "Co", "Cn") else char


# Composed Latin letters, Han and Hangul: nothing to take out, none extends another.
_PLAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u4e00-\u9fff\uac00-\ud7a3]*")


def clean(text: str) -> str:
    """One line in composed form: control, bidirectional and unassigned characters removed."""
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFC", "".join(map(_clean, text)))
    return " ".join(text.split())


def _folded(text: str) -> str:
    for _ in range(2):
        text = _MARK.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """`text` as search sees it: lower case, no diacritics, single spaces; native scripts stay.

    Folding twice changes nothing. The same function serves documents and queries.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("`", "'").split())
    return clean(_folded(clean(text)))


def latin(text: str) -> str:
    """A Latin reading of native scripts, one word a character in Han (`Wang Xiao Ming`)."""
    if _folded(text).isascii():
        return text
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", anyascii(clean(text))).split())


def is_unspaced(word: str) -> bool:
    """True when the word holds a script that does not put spaces between words."""
    return not word.isascii() and _UNSPACED.search(word) is not None


def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _pieces(folded: str) -> list[str]:
    if folded.isascii():
        return re.findall("[a-z0-9]+", folded)
    return "".join(c if _is_letter(c) else " " for c in folded).split()


def words(text: str) -> list[str]:
    """The folded words of a text in order; an apostrophe joins (`o'brien` is `obrien`)."""
    pieces = _pieces(_APOSTROPHE.sub("", fold(text)))
    return [piece[:LONGEST_WORD] for piece in pieces]


def digits(text: str) -> str:
    """The decimal digits of a text, of any script, as 0-9."""
    if text.isascii():
        return "".join(filter(str.isdecimal, text))
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def address(text: str) -> str:
    """An e-mail address, or a piece of one, folded to characters that search keeps."""
    folded = fold(text)
    return "".join(c for c in folded if _is_letter(c) or c in "@._+-")[:LONGEST_WORD]


def _number(text: str) -> str:
    """`+84 (0)912-345` and `0084 912 345` as `84912345`; nothing when it is not only a number."""
    if not re.fullmatch(r"[\d\s+()./-]+", text):
        return ""
    found = digits(_TRUNK.sub("", text))
    return found.removeprefix("00") if len(found) > 8 else found


def terms(query: str) -> list[str]:
    """What a query asks for: folded words, e-mail pieces (with `@`), numbers joined; no doubles.

    Queries beyond 200 characters are cut, words beyond the eighth left out.
    """
    return list(_terms(query))


@lru_cache(maxsize=256)
def _terms(query: str) -> tuple[str, ...]:
    folded = fold(query[:LONGEST_QUERY])
    number = _number(folded)
    if number:
        return (number[:LONGEST_WORD],)
    found: list[str] = []
    for chunk in folded.split():
        found += [address(chunk)] if "@" in chunk else words(chunk)
    return tuple(dict.fromkeys(t for t in _joined(found) if t.strip("@._+-")))[:MOST_TERMS]


def _joined(found: list[str]) -> Iterator[str]:
    """Neighbouring groups of digits as one number when together they are long enough for one."""
    run: list[str] = []
    for term in [*found, ""]:
        if term.isdecimal():
            run.append(digits(term))
            continue
        together = "".join(run)
        yield from [together] if len(together) >= 6 else run
        run = []
        if term:
            yield term


# --- graphemes, initials, marking -----------------------------------------------------------

_JAMO_LATER = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
_EXTENDING = re.compile("[\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\u200d]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


def _extends(cluster: str, char: str) -> bool:
    if char.isascii():
        return False
    if unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf") or _EXTENDING.match(char):
        return True
    if cluster[-1] == "\u200d" or _JAMO_LATER.match(char):
        return True
    return len(cluster) == 1 and bool(_FLAG.match(cluster) and _FLAG.match(char))


def graphemes(text: str) -> list[str]:
    """The characters that a reader sees; joined again they are `text`."""
    if _PLAIN.fullmatch(text):
        return list(text)
    clusters: list[str] = []
    for char in text:
        if clusters and _extends(clusters[-1], char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def initials(name: str) -> str:
    """One or two letters for an avatar, in the name's own order and script; `?` when empty."""
    plain = clean(name).replace("'", "")
    if not plain.replace(" ", "").isalnum():
        plain = "".join(c if _is_letter(c) else " " for c in plain)
    parts = plain.split()
    if not parts:
        return "?"
    first = graphemes(parts[0])[0]
    if len(parts) == 1 or is_unspaced(parts[0]):
        return first.upper()
    return (first + graphemes(parts[-1])[0]).upper()


@lru_cache(maxsize=4096)
def _letters(cluster: str) -> str:
    return " " if cluster.isspace() else fold(cluster).replace("'", "")


@lru_cache(maxsize=4096)
def _digits(cluster: str) -> str:
    return digits(fold(cluster))


class _Map:
    """A text's folded characters, each with the number of the grapheme that it comes from."""

    def __init__(self, clusters: list[str], fold_one: Callable[[str], str] = _letters) -> None:
        folded = list(map(fold_one, clusters))
        self.text = "".join(folded)
        self.at = [number for number, letters in enumerate(folded) for _ in letters]

    def find(self, term: str, *, at_start: bool) -> Iterator[range]:
        """Graphemes of each place where `term` stands, optionally only at a word's start."""
        place = self.text.find(term)
        while place >= 0:
            if not at_start or place == 0 or not _is_letter(self.text[place - 1]):
                yield range(self.at[place], self.at[place + len(term) - 1] + 1)
            place = self.text.find(term, place + 1)


def _number_places(clusters: list[str], term: str) -> Iterator[range]:
    only = _Map(clusters, _digits)
    for form in (term, term.lstrip("0")):
        if len(form) >= 3 and form in only.text:
            return only.find(form, at_start=False)
    return iter(())


@lru_cache(maxsize=256)
def _for_marking(text: str) -> tuple[list[str], _Map]:
    """A text for marking; kept, since who types letter by letter sees the same guests again."""
    clusters = graphemes(text)
    return clusters, _Map(clusters)


def mark(text: str, query: str) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it matched; joined they are `text` again.

    Beginnings of words are preferred to parts; a grapheme is never cut.
    """
    clusters, folded = _for_marking(text)
    hits: set[int] = set()
    for term in terms(query):
        places = list(folded.find(term, at_start=not is_unspaced(term)))
        if not places and (len(term) > 2):
            places = list(folded.find(term, at_start=False))
        if not places and term.isdecimal():
            places = list(_number_places(clusters, term))
        hits.update(*places)
    return _runs(clusters, hits) if hits else [(text, False)][: len(text)]


def mark_name(name: str, query: str) -> list[tuple[str, bool]]:
    """Like `mark`; a name found by its initials has each of them marked."""
    pieces = mark(name, query)
    asked = terms(query)
    if len(asked) != 1 or any(matched for _, matched in pieces):
        return pieces
    clusters = graphemes(name)
    firsts = [n for n, c in enumerate(clusters) if _begins_a_word(clusters, n, c)]
    if fold("".join(clusters[n][0] for n in firsts)) != asked[0]:
        return pieces
    return _runs(clusters, set(firsts))


def _begins_a_word(clusters: list[str], at: int, cluster: str) -> bool:
    before = clusters[at - 1] if at else " "
    return _is_letter(cluster[0]) and not (_is_letter(before[0]) or before[0] in "'’")


def mark_code(code: str, query: str) -> list[tuple[str, bool]]:
    """A guest's code with its beginning marked, as far as that, or its number, was typed."""
    for term in terms(query):
        for start in (0, 1):
            if fold(code[start:]).startswith(term):
                pieces = (code[:start], False), (code[start:][: len(term)], True)
                rest = (code[start + len(term) :], False)
                return [piece for piece in (*pieces, rest) if piece[0]]
    return [(code, False)] if code else []


def _runs(clusters: list[str], hits: set[int]) -> list[tuple[str, bool]]:
    turns = [at for at in range(1, len(clusters)) if (at in hits) is not (at - 1 in hits)]
    ends = [0, *turns, len(clusters)]
    return [("".join(clusters[start:end]), start in hits) for start, end in pairwise(ends)]
