"""The page of background jobs: what failed and why, what runs, and another try."""

from app.core.clock import now
from app.core.jobs import Job, handlers
from app.extensions import db
from app.job_pages import KINDS


def job(**values):
    made = Job(kind="imports.run", payload={}, **values)
    db.session.add(made)
    db.session.commit()
    return made.id


def test_it_shows_the_reason_of_what_failed_and_the_progress_of_what_runs(as_role):
    job(state="dead", attempts=5, error="ConnectionError: <no answer>", finished_at=now())
    job(state="running", done=1200, total=5000, started_at=now())
    page = as_role("administrator").get("/jobs").text
    assert "ConnectionError: &lt;no answer&gt;" in page
    assert "1,200 of 5,000" in page


def test_the_fragment_is_what_the_page_includes(as_role):
    job(state="dead", attempts=5, error="x", finished_at=now())
    browser = as_role("administrator")
    part = browser.fragment("/jobs")
    assert part.text.startswith('<div id="work"')
    assert part.headers["Vary"] == "HX-Request, Cookie"


def test_trying_again_twice_is_one_try(as_role, audited):
    failed = job(state="dead", attempts=5, error="x", finished_at=now())
    browser = as_role("administrator")
    for _ in range(2):
        browser.post(f"/jobs/{failed}/retries")
    assert audited("job.retried") == ["done"]
    found = db.session.get(Job, failed)
    assert (found.state, found.attempts) == ("queued", 0)
    db.session.rollback()


def test_what_runs_is_not_started_a_second_time(as_role):
    running = job(state="running", attempts=1, started_at=now())
    as_role("administrator").post(f"/jobs/{running}/retries")
    assert db.session.get(Job, running).state == "running"
    db.session.rollback()


def test_an_empty_page_says_what_belongs_here(as_role):
    assert "Nothing is running" in as_role("administrator").get("/jobs").text


def test_others_see_nothing_of_it(as_role):
    failed = job(state="dead", attempts=5, finished_at=now())
    browser = as_role("manager")
    browser.get("/jobs", 403)
    browser.post(f"/jobs/{failed}/retries", status=403)
    assert db.session.get(Job, failed).state == "dead"
    db.session.rollback()


def test_every_kind_of_work_has_a_name_for_people(app):
    assert {kind for kind in handlers if not kind.startswith("test.")} == set(KINDS)
