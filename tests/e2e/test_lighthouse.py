"""What Lighthouse thinks of the card in the phone. Its timings are `./campus bench page`."""

import pytest

from support.lighthouse import Lighthouse, scores, shortcomings
from support.portal import new_holders

CATEGORIES = ("accessibility", "best-practices")
WANTED = 95


@pytest.fixture(scope="module")
def lighthouse(server):
    [holder] = new_holders(server, "zh_CN", 1, label="l")
    return Lighthouse(server.url, server.database, holder["login"])


@pytest.mark.parametrize("path", ["/my/card", "/my/card/topup", "/my/card/history"])
def test_lighthouse_finds_a_page_accessible_and_well_made(lighthouse, path):
    report = lighthouse.audit(path, CATEGORIES, "--disable-full-page-screenshot")
    found = scores(report)
    assert set(found) == set(CATEGORIES)
    assert min(found.values()) >= WANTED, (found, shortcomings(report))
