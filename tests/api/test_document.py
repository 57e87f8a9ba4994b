"""The OpenAPI document and its page: true, valid, and drawn without foreign code."""

import re

import jsonschema_rs
import schemathesis

from app.core.openapi import ANSWERS


def test_the_document_is_valid_openapi(client):
    document = client.client.get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    for operations in document["paths"].values():
        for operation in (o for method, o in operations.items() if method != "parameters"):
            for parameter in operation["parameters"]:
                jsonschema_rs.meta.validate(parameter["schema"])


def test_the_paths_of_the_specification_are_there(client):
    paths = client.client.get("/api/openapi.json").json["paths"]
    assert {"get", "post"} <= set(paths["/api/customers"])
    assert {"get", "put"} <= set(paths["/api/customers/{guest_id}"])
    names = {each["name"] for each in paths["/api/customers"]["get"]["parameters"]}
    assert names >= {
        "search", "customer_type", "vip_status", "has_stayed", "last_stay_from", "last_stay_to",
        "min_spent", "tags", "include_blacklisted", "page", "limit", "sort_by", "order",
    }  # fmt: skip
    limit = next(p for p in paths["/api/customers"]["get"]["parameters"] if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 100)


def test_every_operation_says_what_it_needs_and_how_it_refuses(client):
    document = client.client.get("/api/openapi.json").json
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation["summary"]
            assert operation["security"][0]["token"]
            assert {"401", "403", "422", "429"} <= set(operation["responses"])
            refusals = [
                r for r in operation["responses"].values() if "Problem" in r.get("$ref", "")
            ]
            assert len(refusals) >= 4
    assert {f"Problem{status}" for status in ANSWERS} <= set(document["components"]["responses"])


def test_the_page_lists_every_operation_for_strangers_and_staff(client, as_role):
    document = client.client.get("/api/openapi.json").json
    for browser in (client, as_role("front_desk")):
        body = browser.get("/api/docs").get_data(as_text=True)
        for path, operations in document["paths"].items():
            for method in (m for m in operations if m != "parameters"):
                assert f"{method.upper()} {path}" in body
        assert not re.search(r'(src|href)="https?://', body)
        anchors = set(re.findall(r'href="#([^"]+)"', body))
        assert anchors <= set(re.findall(r'id="([^"]+)"', body))
