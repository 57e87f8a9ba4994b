"""The rank key: one whole number a guest, ascending from whom staff look for most."""

from datetime import date

VIP = ("diamond", "platinum", "gold", "silver", "none")

_NUMBER_BITS = 44
_NUMBER_MAX = (1 << _NUMBER_BITS) - 1
_MONTHS_MAX = 4095
_FIRST_YEAR = 1900


def rank_key(vip: str, last_stay: date | None, number: int) -> int:
    """VIP first, then the later month of the last stay, then the newer guest; unique by `number`.

    Months count from 1900 and not back from today, so that no key changes by the passing of time.
    """
    level = VIP.index(vip) if vip in VIP else len(VIP) - 1
    months = (last_stay.year - _FIRST_YEAR) * 12 + last_stay.month if last_stay else 0
    recency = _MONTHS_MAX - min(max(months, 0), _MONTHS_MAX)
    return ((level << 12 | recency) << _NUMBER_BITS) | (_NUMBER_MAX - number)


def slice_of(key: int) -> int:
    """Which slice of the rank order a key falls in; ascends with the key.

    Slices are three years of last stays for each VIP level, one year for other guests, and
    131,072 codes for those who never stayed: each holds a part of a base of a million guests.
    """
    level, recency = key >> (_NUMBER_BITS + 12), (key >> _NUMBER_BITS) & _MONTHS_MAX
    if level < len(VIP) - 1:
        return level * 128 + recency // 36
    if recency < _MONTHS_MAX:
        return 512 + recency // 12
    return 1024 + ((key & _NUMBER_MAX) >> 17)
