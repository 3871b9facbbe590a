"""The lint rule that wants a reason beside every `sudo()`."""

import pytest

import check_sudo


@pytest.mark.parametrize(
    "source",
    [
        "# sudo: the log is the system's\nlog = self.sudo()",
        "log = self.sudo()  # sudo: the log is the system's",
        "# sudo: as a reader has no rights\nfound = (\n    self.env['x']\n    .sudo()\n    .search([])\n)",
        "found = (\n    self\n    # sudo: nobody may write it\n    .sudo()\n)",
        "# sudo: both are the system's\na = x.sudo()\nb = y.sudo()",
        "# sudo: holders do not read rules\nfor rule in rules:\n    rule.sudo().run()",
        "key = self.sudo(False)",
    ],
)
def test_a_reason_beside_it_will_do(source):
    assert check_sudo.without_reason(source) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("self.sudo().write({})", [1]),
        ("# as Odoo does\nself.sudo().write({})", [2]),
        ("# sudo: for the first\na = x.sudo()\nb = 1\nc = y.sudo()", [4]),
        ("def f(self):\n    # sudo:\n    return self.sudo()", [3]),
        ("if a:\n    pass  # sudo: not here\nb = self.sudo()", [3]),
    ],
)
def test_without_one_its_line_is_named(source, lines):
    assert check_sudo.without_reason(source) == lines
