"""Filters that an action switches on together narrow each other down.

Odoo joins filters of one group, which end at a separator, with *or*.
"""

import re
from itertools import chain
from pathlib import Path

from lxml import etree

ADDONS = Path(__file__).parents[2] / "addons"


def trees():
    return [
        etree.parse(str(path))
        for path in sorted(chain(ADDONS.glob("*/views/*.xml"), ADDONS.glob("*/*/*.xml")))
    ]


def filter_groups(documents):
    """``{model: {filter: (number of its group, fields that it asks about)}}``"""
    groups = {}
    for search in chain.from_iterable(document.iter("search") for document in documents):
        [model] = search.xpath("ancestor::record/field[@name='model']/text()") or [""]
        number = 0
        for node in search.iterchildren():
            if node.tag == "filter" and node.get("domain"):
                fields = frozenset(re.findall(r"\('(\w+)'", node.get("domain")))
                groups.setdefault(model, {})[node.get("name")] = (number, fields)
            elif node.tag != "filter":
                number += 1
    return groups


def test_no_action_joins_two_of_its_filters_with_or():
    documents = trees()
    groups, joined = filter_groups(documents), []
    for action in chain.from_iterable(d.xpath("//record[@model='ir.actions.act_window']") for d in documents):
        model = "".join(action.xpath("field[@name='res_model']/text()"))
        names = re.findall(r"search_default_(\w+)", "".join(action.xpath("field[@name='context']/text()")))
        used = [groups[model][name] for name in names if name in groups.get(model, {})]
        # two values of one field are meant to be joined: open or for information
        if any(one[0] == other[0] and one[1] != other[1] for one in used for other in used):
            joined.append((action.get("id"), names))
    assert joined == []
    assert groups["campus.transfer"]
