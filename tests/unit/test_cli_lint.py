"""`./campus lint`: a model is extended in several files only where the list says so."""

import pytest

from campus_cli.commands.lint import SEVERAL_FILES, unexpected


def line(addon, model):
    return (
        f'addons/{addon}/models/a.py:8:4: R8180: Consider merging classes inherited to "{model}" from '
        f"addons/{addon}/models/b.py:10:4. (consider-merging-classes-inherited)"
    )


KNOWN = [line(addon, model) for addon, model in SEVERAL_FILES]


def test_the_models_of_the_list_may_be_split():
    assert unexpected(["************* Module odoo.addons.campus_card", *KNOWN, ""]) == []


@pytest.mark.parametrize(
    "extra", [line("campus_card", "campus.new"), "addons/x/y.py:1:0: W8103: something else"]
)
def test_anything_else_is_reported(extra):
    assert unexpected([*KNOWN, extra]) == [extra]


def test_a_model_that_was_merged_leaves_the_list():
    addon, model = next(iter(SEVERAL_FILES))
    assert unexpected(KNOWN[1:]) == [f"{model} of {addon} is in one file now"]
