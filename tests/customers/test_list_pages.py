"""The guest list as staff see it: narrowed, filtered, sorted, paged, by everybody who may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.customers import services
from app.customers.listing import asked, figures
from app.customers.models import Customer
from app.extensions import db
from tests.customers.test_listing import fill
from tests.page import Page, PageClient

Guest = Callable[..., Customer]


def names(html: str) -> list[str]:
    """The names in the rows, in order."""
    rows = re.findall(r"data-row [^>]*>(.*?)</a>", html)
    return [re.sub("<[^>]+>", "", row) for row in rows]


def test_the_page_holds_every_guest_and_the_figures(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức", phone="0912345678", email="duc@example.com")
    guest("王小明")
    html = may.get("/customers").text
    assert sorted(names(html)) == ["Đỗ Đức", "王小明"]
    text = Page(html).text
    assert "2 guests · 0 VIP · 0 returning · 2 new" in text
    assert "091 234 56 78" in text.replace("0912 345 678", "091 234 56 78")
    assert "never" in text


@pytest.mark.parametrize("role", ["front_desk", "marketing", "privacy_officer", "administrator"])
def test_every_role_reads_the_list_and_sees_only_what_it_may_do(
    as_role: Callable[..., PageClient], guest: Guest, role: str
) -> None:
    guest("Đỗ Đức")
    html = as_role(role).get("/customers").text
    assert names(html) == ["Đỗ Đức"]
    assert ("/customers/exports/new" in html) is (role in ("marketing", "privacy_officer"))
    assert ("/customers/new" in html) is (role in ("front_desk", "administrator"))


def test_a_stranger_is_led_to_the_door(may_not: PageClient) -> None:
    answer = may_not.get("/customers?vip_status=gold", status=303)
    assert answer.location.startswith("/sign-in?next=")


def test_htmx_gets_the_list_alone(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    answer = may.fragment("/customers?search=duc")
    assert answer.text.lstrip().startswith('<div id="guest-list">')
    assert "<mark>Đức</mark>" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_form_with_empty_fields_ends_at_a_short_address(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    sent = "/customers?search=duc&vip_status=&min_spent=&tags=&apply=1"
    assert may.get(sent, status=302).location == "/customers?search=duc"
    assert may.fragment(sent).headers["HX-Push-Url"] == "/customers?search=duc"
    typed = sent.removesuffix("&apply=1")
    assert may.fragment(typed).headers["HX-Replace-Url"] == "/customers?search=duc"


def test_filters_in_force_are_cleared_one_by_one(may: PageClient, app: Flask) -> None:
    fill(20)
    address = "/customers?customer_type=government&tags=vip,press&min_spent=5"
    address += "&last_stay_from=2026-01-01"
    html = may.get(address).text
    page = Page(html)
    assert "Type: Government" in page.text
    assert re.search(r"Remove filter: Last stay from [^×]*2026", page.text)
    without_press = [link for link in page.links if "tags=vip&" in link]
    assert without_press
    assert all("customer_type=government" in link for link in without_press)


def test_heads_sort_and_turn_round(may: PageClient, guest: Guest) -> None:
    for name in ("Bình", "An", "Chi"):
        guest(name)
    html = may.get("/customers?sort_by=full_name").text
    assert names(html) == ["An", "Bình", "Chi"]
    assert 'aria-sort="ascending"' in html
    assert "/customers?sort_by=full_name&amp;order=desc" in html
    assert names(may.get("/customers?sort_by=full_name&order=desc").text) == ["Chi", "Bình", "An"]


def test_pages_lead_through_a_long_list_and_back(
    may: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(60)
    monkeypatch.setattr(asked, "CAP", 7)
    figures.kept.clear()
    seen: list[str] = []
    address = "/customers?sort_by=customer_code&limit=15"
    trail = []
    while address:
        html = may.get(address).text
        trail.append(html)
        seen += re.findall(r"C2025\d{4}</span>", html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == len([s for s in seen if s])
    assert len(seen) == db.session.scalar(
        db.select(db.func.count())
        .select_from(Customer)
        .where(Customer.status == "active", ~Customer.is_blacklisted)
    )
    back = re.search(r'rel="prev" href="([^"]+)"', trail[-1])
    assert back
    before = may.get(back[1].replace("&amp;", "&")).text
    assert names(before) == names(trail[-2])
    figures.kept.clear()


def test_blacklisted_guests_hide_until_they_are_searched_for(may: PageClient, guest: Guest) -> None:
    barred = guest("Bị Cấm")
    barred.is_blacklisted = True
    services.store(barred)
    db.session.commit()
    assert names(may.get("/customers").text) == []
    html = may.get("/customers?search=cam").text
    assert names(html) == ["Bị Cấm"]
    assert "Blacklisted" in Page(html).text
    assert names(may.get("/customers?include_blacklisted=true").text) == ["Bị Cấm"]


def test_an_empty_house_says_what_to_do(may: PageClient) -> None:
    page = Page(may.get("/customers").text)
    assert "No guests yet" in page.text
    assert "/customers/new" in page.links


def test_a_search_without_a_hit_offers_to_make_the_guest(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    page = Page(may.get("/customers?search=zzz").text)
    assert "No guest fits" in page.text
    assert "/customers/new?q=zzz" in page.links
    assert "/customers/new" not in page.links  # one such button is enough


HOSTILE = [
    "limit=0", "page=0", "page=1000000000", "page=1e9", "sort_by=nope", "order=up",
    "vip_status='%20OR%201=1", "has_stayed=2", "min_spent=abc", "min_spent=-1", "after=!!",
    "last_stay_from=31/12/2020", "endpoint=x", "_external=1", "_anchor=a", "_scheme=javascript",
    "search=%00", "search=a%E2%80%AEb", "tags=" + "x" * 60, "before=AAAA",
    "after=W10&search=a&sort_by=full_name",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_cannot_be_shown_is_said_in_a_sentence(may: PageClient, query: str) -> None:
    for answer in (may.get(f"/customers?{query}", 422), may.fragment(f"/customers?{query}", 422)):
        assert "This list cannot be shown." in answer.text


@pytest.mark.parametrize(
    "query", ["search={{7*7}}", "search=%3Cscript%3E", 'search="(', "search=%25"]
)
def test_anything_may_be_searched_for(may: PageClient, guest: Guest, query: str) -> None:
    guest("Đỗ Đức")
    html = may.get(f"/customers?{query}").text
    assert "<script>" not in html
    assert "49" not in names(html)


def test_bytes_that_are_no_text_are_refused_in_a_sentence(may: PageClient) -> None:
    assert "not valid Unicode" in may.get("/customers?search=%FF%FE", 422).text


def test_a_page_past_the_end_leads_back(may: PageClient, guest: Guest) -> None:
    guest("Đỗ Đức")
    page = Page(may.get("/customers?page=999").text)
    assert "This page lies past the end" in page.text
    assert "/customers" in page.links


def test_a_page_takes_the_same_statements_for_few_and_for_many(
    may: PageClient, app: Flask, count_statements: Callable[[], Any]
) -> None:
    counts = []
    for seed, count in ((1, 3), (2, 40)):
        db.session.execute(db.text("DELETE FROM guest_search"))
        db.session.execute(db.text("DELETE FROM customer_marks"))
        db.session.execute(db.delete(Customer))
        db.session.commit()
        fill(count, seed)
        with count_statements() as said:
            may.get("/customers")
        counts.append(len([s for s in said if s.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]
    assert counts[1] <= 6
