"""The documented routes of edges, fed with whatever the document allows: no request breaks the server.

Every path of ``GET /campus/v1/openapi.json`` is tried, signed as an edge signs, and the answers are held
against the document. The generator runs inside one test, as a library.
"""

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import CHECKS as KNOWN_CHECKS
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as _register  # noqa: F401

from support.edge import Edge

EXAMPLES = 60
CHECKS = KNOWN_CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)
SETUP = """
company = env.company
company._campus_setup()
company.campus_edge_requests_per_s = 100000
holder = env["res.partner"].create({"name": "Sun Li", "campus_number": "E2E-API-1"})
env["campus.card"].create({"partner_id": holder.id, "uid": "04E2E301"})._hand_over()
merchant = env["campus.account"].create({"name": "Line", "code": "e2e-api", "kind": "merchant"})
edge = env["campus.edge"].create({"name": "API edge"})
env["campus.terminal"].create({
    "name": "Line", "code": "T01", "edge_id": edge.id, "merchant_id": merchant.id, "amount_mode": "keyed",
})
code = edge._new_pairing_code()
env.cr.commit()
answer = code
"""


@pytest.fixture(scope="module")
def edge(server):
    """An edge that was paired over HTTP."""
    edge = Edge(server.url)
    edge.pair(server.run(SETUP))
    yield edge
    # the wrong codes of this test came from the address of all others
    server.query("DELETE FROM campus_edge_failure")


@pytest.fixture(scope="module")
def document(server):
    answer = requests.get(f"{server.url}/campus/v1/openapi.json", timeout=60)
    assert answer.status_code == 200
    return answer.json()


def send(session, edge, case, url):
    """Send a generated request, signed over exactly the bytes that go out."""
    prepared = session.prepare_request(requests.Request(**case.as_transport_kwargs(base_url=url)))
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    if case.path != "/campus/v1/pair":
        prepared.headers.update(edge.headers(prepared.method, prepared.path_url, body))
    return session.send(prepared, timeout=60)


def generate(cases, check):
    """Call ``check`` with generated requests."""

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=cases)
    def run(case):
        check(case)

    run()


def test_no_request_that_the_document_allows_or_forbids_breaks_the_server(server, edge, document):
    schema = schemathesis.openapi.from_dict(document)
    session = requests.Session()
    tried = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        seen = tried.setdefault(f"{operation.method.upper()} {operation.path}", set())

        def check(case, seen=seen):
            answer = send(session, edge, case, server.url)
            seen.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        # what takes nothing can be given nothing wrong
        takes_values = operation.body or operation.query
        modes = (
            (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes_values else (GenerationMode.POSITIVE,)
        )
        for mode in modes:
            generate(operation.as_strategy(generation_mode=mode), check)
    assert set(tried) >= {
        "POST /campus/v1/pair",
        "GET /campus/v1/snapshot",
        "POST /campus/v1/heartbeat",
        "GET /campus/v1/openapi.json",
    }
    # the document's own examples are good ones: not everything was refused
    assert 200 in tried["POST /campus/v1/heartbeat"] & tried["GET /campus/v1/snapshot"], tried
    assert not any(status >= 500 for statuses in tried.values() for status in statuses), tried
