# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of the client against scripted answers: what is sent, what is understood, what is waited for."""

from __future__ import annotations

import json
from typing import Any, Callable, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _client as client_module
from ansible_collections.atlasops.integrations.plugins.module_utils import _errors as errors
from ansible_collections.atlasops.integrations.plugins.module_utils._client import AtlasClient
from ansible_collections.atlasops.integrations.plugins.module_utils._http import Request, TransportFailure
from ansible_collections.atlasops.integrations.plugins.module_utils._retry import Budget
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.http_helpers import (
    EMPTY_LIST,
    PROJECT,
    FakeTransport,
    answer,
    connection,
    error,
)

LISTED = {"results": [{"id": "1", "type": "DATADOG"}], "totalCount": 1, "links": [{"rel": "self", "href": "x"}]}
UNSENT = TransportFailure("no connection to it", "check it", sent=False)
BROKEN = TransportFailure("the connection broke", "check the network")
CUT = answer(200, b'{"results": [{"id')
HTML = answer(502, b"<html>Bad gateway</html>")


class Bench:
    """A client on scripted answers; slept: the pauses so far."""

    def __init__(self, *answers: Any, **options: Any) -> None:
        self.slept: list[float] = []
        self.transport = FakeTransport(list(answers))
        asked = {name: options.pop(name) for name in ("envelope", "pretty") if name in options}
        self.client = AtlasClient(
            connection("https://atlas.example.com", **options),
            transport=self.transport,
            sleep=self.slept.append,
            **asked,
        )

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(r.method, r.url.replace("https://atlas.example.com/api/atlas/", "")) for r in self.transport.requests]


WRITES: dict[str, Callable[[AtlasClient], Any]] = {
    "POST": lambda c: c.create_integration(PROJECT, "DATADOG", {"region": "US"}),
    "PUT": lambda c: c.update_integration(PROJECT, "DATADOG", {"region": "US"}),
    "DELETE": lambda c: c.delete_integration(PROJECT, "DATADOG"),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


def done(write: Callable[[AtlasClient], Any]) -> Any:
    """Return what Atlas answers to a write that it has done."""
    return answer(204, b"") if write is WRITES["DELETE"] else answer(200, LISTED)


def listing(bench: Bench) -> Any:
    return bench.client.list_integrations(PROJECT)


def refused(call: Callable[[], Any], kind: type = errors.ApiError) -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        call()
    assert caught.value.__class__ is kind, caught.value
    return caught.value


# What is sent


@pytest.mark.parametrize(
    "version, media", [("v2", "application/vnd.atlas.2023-01-01+json"), ("v1.0", "application/json")]
)
def test_versions_paths_and_media_types(version: str, media: str) -> None:
    bench = Bench(answer(200, LISTED), api_version=version)
    listing(bench)
    WRITES["POST"](bench.client)
    assert bench.sent == [
        ("GET", f"{version}/groups/{PROJECT}/integrations"),
        ("POST", f"{version}/groups/{PROJECT}/integrations/DATADOG"),
    ]
    read, write = bench.transport.requests
    assert read.headers["Accept"] == media and "Content-Type" not in read.headers and read.body is None
    assert write.headers["Accept"] == write.headers["Content-Type"] == media
    assert json.loads(write.body or b"") == {"type": "DATADOG", "region": "US"}
    assert read.headers["User-Agent"].startswith("atlasops.integrations/")


def test_five_query_parameters() -> None:
    bench = Bench(answer(200, LISTED), envelope=True, pretty=True)
    bench.client.list_integrations(PROJECT, page_num=2, items_per_page=5, include_count=False)
    WRITES["PUT"](bench.client)
    assert bench.sent[0][1].endswith("?pageNum=2&itemsPerPage=5&includeCount=false&envelope=true&pretty=true")
    assert bench.sent[1][1].endswith("/DATADOG?envelope=true&pretty=true")


def test_nothing_is_asked_that_nobody_wants() -> None:
    bench = Bench(answer(200, LISTED))
    listing(bench)
    assert "?" not in bench.sent[0][1]


@pytest.mark.parametrize(
    "name, segment",
    [
        ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"), (".", "%2E"), ("..", "%2E%2E"), ("a.b", "a.b"),
        ("%2e", "%252e"), ("\u00e9\n", "%C3%A9%0A"), ("+'&@:", "%2B%27%26%40%3A"), ("\\", "%5C"),
    ],
)  # fmt: skip
def test_names_are_one_segment_of_the_path(name: str, segment: str) -> None:
    bench = Bench(answer(200, {"id": PROJECT, "name": name}))
    assert bench.client.project_by_name(name)["id"] == PROJECT
    assert bench.sent == [("GET", f"v2/groups/byName/{segment}")]


def test_a_token_goes_into_the_header_and_nowhere_else() -> None:
    bench = Bench(error(403, "USER_UNAUTHORIZED"))
    exc = refused(lambda: listing(bench))
    assert bench.transport.requests[0].headers["Authorization"] == "Bearer example-token-0003"
    for shown in (str(exc), repr(exc), str(exc.as_dict()), repr(bench.client), repr(vars(exc))):
        assert "example-token-0003" not in shown


# What is understood


def test_lists_and_counts() -> None:
    for body, count in ((LISTED, 1), ({**LISTED, "totalCount": None}, None), ({"results": []}, None)):
        found = listing(Bench(answer(200, body)))
        assert (found.results, found.total_count) == (body["results"], count)
    assert listing(Bench(answer(200, {**LISTED, "totalCount": True}))).total_count is None
    assert listing(Bench(answer(200, {**LISTED, "status": 200}))).total_count == 1


def test_pages_are_counted_up_until_none_is_left() -> None:
    following = [{"rel": "next", "href": "https://elsewhere.example.com/steal?pageNum=7"}]
    first = {"results": [{"type": "A"}], "totalCount": 2, "links": following}
    bench = Bench(answer(200, first), answer(200, {"results": [{"type": "B"}], "links": [{"rel": "self"}]}))
    found = bench.client.list_integrations(PROJECT, items_per_page=1)
    assert ([r["type"] for r in found.results], found.total_count) == (["A", "B"], 2)
    assert bench.sent[1][1] == f"v2/groups/{PROJECT}/integrations?pageNum=2&itemsPerPage=1"
    bench = Bench(answer(200, first))
    assert bench.client.list_integrations(PROJECT, page_num=1).results == [{"type": "A"}]
    assert len(bench.sent) == 1


def test_pages_without_end_come_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    following = [{"rel": "next"}]
    bench = Bench(answer(200, {"results": [], "links": following}))
    assert "more pages" in refused(lambda: listing(bench), errors.UnusableAnswer).message
    assert len(bench.sent) == 1
    monkeypatch.setattr(client_module, "MOST_PAGES", 5)
    bench = Bench(answer(200, {"results": [{"id": "x"}], "links": following}))
    refused(lambda: list(bench.client.projects()), errors.UnusableAnswer)
    assert len(bench.sent) == 5


@pytest.mark.parametrize(
    "body",
    [
        {"results": None},
        {"results": {}},
        {"results": "x"},
        {"results": [1]},
        {"results": [{}, None]},
        {},
        [],
        None,
        "x",
        b"",
    ],
)
def test_what_is_no_list_is_never_an_empty_project(body: Any) -> None:
    bench = Bench(answer(200, body if body is not None else b"null"))
    exc = refused(lambda: listing(bench), errors.UnusableAnswer)
    assert exc.status == 200 and "(tried 4 times)" in exc.message
    refused(lambda: WRITES["POST"](bench.client), errors.LostAnswer)


@pytest.mark.parametrize("wrapped", ["content", "flat"])
def test_errors_inside_an_envelope(wrapped: str) -> None:
    body = {"error": 404, "errorCode": "INTEGRATION_NOT_CONFIGURED", "detail": "No."}
    body = {"status": 404, "content": body} if wrapped == "content" else {"status": 404, **body}
    bench = Bench(answer(200, body), envelope=True)
    exc = refused(lambda: WRITES["DELETE"](bench.client), errors.NotConfigured)
    assert (exc.status, exc.code) == (404, "INTEGRATION_NOT_CONFIGURED")


def test_former_names_of_fields_are_read_as_those_of_today() -> None:
    old = {"type": "WEBHOOK", "webhookBodyTemplate": "{}", "bodyTemplate": None, "webhookHeadersTemplate": None}
    both = {"type": "WEBHOOK", "webhookBodyTemplate": None, "bodyTemplate": "{}"}
    other = {"type": "FUTURE", "webhookBodyTemplate": "{}"}
    read = listing(Bench(answer(200, {"results": [old, both, other]}))).results
    webhook = {"type": "WEBHOOK", "bodyTemplate": "{}"}
    assert read == [{**webhook, "headersTemplate": None}, webhook, other]


def test_429_inside_an_envelope_is_waited_for() -> None:
    limited = answer(200, {"status": 429, "content": {"errorCode": "RATE_LIMITED", "error": 429}}, retry_after="2")
    bench = Bench(limited, answer(200, {**LISTED, "status": 200}), envelope=True)
    assert listing(bench).results and 2 < bench.slept[0] < 2.2


@pytest.mark.parametrize(
    "answered, fine",
    [
        (answer(204, b""), True), (answer(200, {"status": 204}), True), (answer(200, {"links": []}), False),
        (answer(200, b""), False), (answer(200, b"<html>login</html>"), False), (answer(202, b""), False),
    ],
)  # fmt: skip
def test_only_a_clear_answer_means_deleted(answered: Any, fine: bool) -> None:
    bench = Bench(answered)
    if fine:
        WRITES["DELETE"](bench.client)
    else:
        refused(lambda: WRITES["DELETE"](bench.client), errors.LostAnswer)
    assert len(bench.sent) == 1


@pytest.mark.parametrize(
    "status, code",
    [
        (400, "INVALID_ATTRIBUTE"),
        (401, "NOT_IN_GROUP"),
        (402, "ACCOUNT_SUSPENDED"),
        (403, "ACCESS_FORBIDDEN"),
        (404, "GROUP_NOT_FOUND"),
        (404, "INVALID_GROUP_ID"),
        (405, "METHOD_NOT_ALLOWED"),
        (410, "VERSION_GONE"),
    ],
)
def test_refusals_are_final(status: int, code: str) -> None:
    for call in (listing, *(lambda b, w=w: w(b.client) for w in WRITES.values())):
        bench = Bench(error(status, code, parameters=["x"]))
        exc = refused(lambda call=call, bench=bench: call(bench))
        assert (exc.status, exc.code, exc.parameters) == (status, code, ["x"])
        assert len(bench.sent) == 1 and bench.slept == []


def test_a_refusal_by_something_else_than_atlas() -> None:
    exc = refused(lambda: listing(Bench(answer(403, b"<html>Forbidden by proxy</html>"))))
    assert exc.status == 403 and exc.code is None and "HTML" in exc.message


@pytest.mark.parametrize("location", [None, "https://login.example.com/secret?x=y", "//[", "/relative", "\u00e9"])
def test_redirects_name_base_url(location: Optional[str]) -> None:
    headers = {} if location is None else {"location": location}
    for call in (listing, *(lambda b, w=w: w(b.client) for w in WRITES.values())):
        bench = Bench(answer(302, b"", **headers))
        exc = refused(lambda call=call, bench=bench: call(bench), errors.UnusableAnswer)
        assert "base_url" in exc.message and "secret" not in exc.message and len(bench.sent) == 1
        assert location != "https://login.example.com/secret?x=y" or "302 to https://login" in exc.message


# Reads that fail


@pytest.mark.parametrize(
    "bad", [BROKEN, UNSENT, CUT, HTML, error(500, "UNEXPECTED_ERROR"), answer(204, b""), answer(408, b"")]
)
def test_a_read_is_tried_again(bad: Any) -> None:
    bench = Bench(bad, bad, bad, answer(200, LISTED))
    assert listing(bench).total_count == 1
    assert len(bench.sent) == 4 and 0 < sum(bench.slept) <= 5
    bench = Bench(bad)
    exc = refused(lambda: listing(bench), errors.UnusableAnswer)
    assert len(bench.sent) == 4 and "(tried 4 times)" in exc.message and "Listing the integrations" in exc.message
    assert exc.status == getattr(bad, "status", None)


def test_what_no_repetition_changes_is_not_repeated() -> None:
    bench = Bench(TransportFailure("the certificate is not trusted", "set ca_path", sent=False, final=True))
    exc = refused(lambda: listing(bench), errors.UnusableAnswer)
    assert len(bench.sent) == 1 and exc.message.endswith("the certificate is not trusted; set ca_path")


# Writes that fail


@each_write
@pytest.mark.parametrize("bad", [BROKEN, HTML, error(500, "UNEXPECTED_ERROR"), answer(408, b"")])
def test_a_write_that_may_be_done_is_lost(write: Any, bad: Any) -> None:
    bench = Bench(bad)
    exc = refused(lambda: write(bench.client), errors.LostAnswer)
    assert len(bench.sent) == 1 and bench.slept == [] and "whether it was done is not known" in exc.message


@each_write
def test_a_write_that_was_never_sent_is_sent_again(write: Any) -> None:
    bench = Bench(UNSENT, UNSENT, done(write))
    write(bench.client)
    assert len(bench.sent) == 3
    refused(lambda: write(Bench(UNSENT).client), errors.UnusableAnswer)


@each_write
def test_a_write_that_was_turned_away_is_sent_again(write: Any) -> None:
    upgrading = error(405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES")
    bench = Bench(error(429, "RATE_LIMITED", retry_after="3"), upgrading, done(write))
    write(bench.client)
    assert 3 < bench.slept[0] < 3.2 and 1 <= bench.slept[1] <= 2


@each_write
def test_a_write_that_meets_503_is_waited_for_and_lost(write: Any) -> None:
    bench = Bench(error(503, "SERVICE_UNAVAILABLE", retry_after="5"))
    refused(lambda: write(bench.client), errors.LostAnswer)
    assert len(bench.sent) == 1 and 5 < bench.slept[0] < 5.2
    bench = Bench(error(503, "SERVICE_UNAVAILABLE", retry_after="500"))
    refused(lambda: write(bench.client), errors.LostAnswer)
    assert bench.slept == []


# Waiting


def test_limits_are_waited_for_as_told() -> None:
    bench = Bench(error(429, "X", retry_after="10"), error(503, "Y", retry_after="20"), answer(200, LISTED))
    listing(bench)
    assert 10 < bench.slept[0] < 10.2 and 20 < bench.slept[1] < 20.3 and len(bench.sent) == 3


def test_a_budget_is_that_of_one_project() -> None:
    bench = Bench(error(429, "RATE_LIMITED_TOKEN_BUCKET", retry_after="9"), rate_limit_retry_timeout=20)
    exc = refused(lambda: listing(bench))
    assert len(bench.slept) == 2 and sum(bench.slept) <= 20
    assert (exc.status, exc.code) == (429, "RATE_LIMITED_TOKEN_BUCKET")
    assert "raise rate_limit_retry_timeout, or lower concurrency" in exc.message
    refused(lambda: listing(bench))
    assert len(bench.slept) == 2
    refused(lambda: bench.client.list_integrations("f" * 24))
    assert len(bench.slept) == 4
    refused(lambda: next(bench.client.projects()))
    assert len(bench.slept) == 6
    refused(lambda: bench.client.project_by_name("x"))
    assert len(bench.slept) == 6


def test_a_date_is_one_of_the_servers_clock() -> None:
    limited = error(
        503, "X", retry_after="Tue, 01 Feb 2000 00:00:30 GMT", date="Tue, 01 Feb 2000 00:00:00 GMT", expires="0"
    )
    bench = Bench(limited, answer(200, LISTED))
    listing(bench)
    assert 30 < bench.slept[0] < 30.2


def test_endless_patience_is_not_too_much() -> None:
    bench = Bench(error(429, "X", retry_after="1e300"), answer(200, LISTED), rate_limit_retry_timeout=1e300)
    listing(bench)
    assert len(bench.slept) == 1
    bench = Bench(error(429, "X", retry_after="9" * 30), rate_limit_retry_timeout=1e300)
    assert "more than a million" in refused(lambda: listing(bench)).message


@pytest.mark.parametrize("asked", ["9" * 400, "1000000", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_absurd_waits_are_refused_at_once(asked: str) -> None:
    bench = Bench(error(429, "RATE_LIMITED", retry_after=asked))
    exc = refused(lambda: listing(bench))
    assert bench.slept == [] and "rate_limit_retry_timeout" in exc.message and len(exc.message) < 500


@pytest.mark.parametrize(
    "kind, call", [(errors.ApiError, listing), (errors.LostAnswer, lambda b: WRITES["PUT"](b.client))]
)
def test_another_thread_was_quicker(kind: type, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "spend", lambda self, seconds: False)
    bench = Bench(error(503, "X", retry_after="1"))
    refused(lambda: call(bench), kind)
    assert bench.slept == []


def test_no_patience() -> None:
    for status in (429, 503):
        bench = Bench(error(status, "X", retry_after="0"), rate_limit_retry_timeout=0)
        refused(lambda bench=bench: listing(bench))
        assert len(bench.sent) == 1 and bench.slept == []


# Projects


def test_projects_come_each_once_with_few_requests() -> None:
    first = {"results": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}], "links": [{"rel": "next"}]}
    bench = Bench(answer(200, first), answer(200, {"results": [{"id": "b"}, {"id": "c"}], "links": []}))
    assert [p["id"] for p in bench.client.projects("0" * 24)] == ["a", "b", "c"]
    assert [url for unused, url in bench.sent] == [
        f"v2/orgs/{'0' * 24}/groups?itemsPerPage=500",
        f"v2/orgs/{'0' * 24}/groups?pageNum=2&itemsPerPage=500",
    ]
    bench = Bench(answer(200, EMPTY_LIST))
    assert list(bench.client.projects()) == [] and bench.sent == [("GET", "v2/groups?itemsPerPage=500")]


@pytest.mark.parametrize("project", [{}, {"id": 7}, {"id": ""}, {"id": None, "name": "x"}])
def test_projects_without_an_id_are_unusable(project: Any) -> None:
    refused(lambda: list(Bench(answer(200, {"results": [project]})).client.projects()), errors.UnusableAnswer)
    refused(lambda: Bench(answer(200, project)).client.project(PROJECT), errors.UnusableAnswer)


def test_a_name_in_an_organization_is_the_exact_one() -> None:
    some = [
        {"id": "1", "name": "Prod & more"},
        {"id": "2", "name": "prod & more"},
        {"id": "3", "name": "Prod & more 2"},
    ]
    bench = Bench(answer(200, {"results": some}))
    assert bench.client.project_by_name("Prod & more", "0" * 24)["id"] == "1"
    assert bench.sent == [("GET", f"v2/orgs/{'0' * 24}/groups?itemsPerPage=500&name=Prod+%26+more")]
    exc = refused(lambda: bench.client.project_by_name("PROD & more", "0" * 24))
    assert exc.code == "GROUP_NAME_NOT_FOUND" and "project_name" in exc.message
    twice = Bench(answer(200, {"results": [{"id": "1", "name": "x"}, {"id": "2", "name": "x"}]}))
    exc = refused(lambda: twice.client.project_by_name("x", "0" * 24))
    assert exc.code == "MULTIPLE_GROUPS" and "project_id" in exc.message


def test_a_name_that_exists_twice_or_not_at_all() -> None:
    exc = refused(lambda: Bench(error(409, "MULTIPLE_GROUPS")).client.project_by_name("x"))
    assert "org_id" in exc.message and "project_id" in exc.message
    exc = refused(lambda: Bench(error(404, "GROUP_NAME_NOT_FOUND")).client.project_by_name("x" * 500 + "\n"))
    assert "project_name" in exc.message and "\n" not in exc.message


# The client itself


def test_a_client_closes_once_and_counts() -> None:
    bench = Bench(answer(200, LISTED))
    with bench.client as client:
        listing(bench)
        assert client.api_calls == 1 and client.warnings == [] and client.live_secrets() == ()
    client.close()
    assert bench.transport.closed == 1


def test_the_end_of_an_api_version_is_told_once() -> None:
    bench = Bench(answer(200, LISTED, sunset="Sat, 31 Jul 2027 00:00:00 GMT"))
    listing(bench)
    listing(bench)
    assert len(bench.client.warnings) == 1 and "31 Jul 2027" in bench.client.warnings[0]


def test_tokens_are_for_service_accounts() -> None:
    assert "client_id" in refused(Bench(answer()).client.login).message
    assert "client_id" in refused(lambda: Bench(answer()).client.logout("x")).message


def test_a_request_is_what_the_transport_gets() -> None:
    bench = Bench(lambda request: answer(200, {"results": [{"method": request.method}]}))
    assert listing(bench).results == [{"method": "GET"}]
    assert isinstance(bench.transport.requests[0], Request)
