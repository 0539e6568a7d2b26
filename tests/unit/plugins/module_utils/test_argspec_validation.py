# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything wrong with arguments, in one list, without AnsibleModule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._validation import check_arguments

SPEC = {
    **_argspec.integration_spec(),
    "integrations": {"type": "list", "elements": "dict", "options": _argspec.wish_options(defaults=False)},
    "pages": {"type": "int"},
}
SECRET = "hunter22-hunter22"


def problems(params, checks=None):
    """Return all that is wrong."""
    return check_arguments(params, SPEC, checks).problems


def test_nothing_is_wrong():
    checked = check_arguments({"type": "SLACK", "enabled": "yes", "user_name": "x", "timeout": "5"}, SPEC)
    assert checked.problems == ()
    assert (checked.options["enabled"], checked.options["username"], checked.options["timeout"]) == (True, "x", 5.0)
    assert checked.options["state"] == "present"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "type is missing; set it to one of PAGER_DUTY, SLACK,"),
        ({"type": ""}, "type is missing"),
        ({"type": "PIGEON"}, "type must be one of PAGER_DUTY,"),
        ({"type": "SLACK", "region": "XX"}, "region must be one of US, EU, US3, US5, AP1, US1_FED, not 'XX'"),
        ({"type": "SLACK", "enabled": "maybe"}, "enabled must be a boolean (true or false)"),
        ({"type": "SLACK", "timeout": SECRET}, "timeout must be a number"),
        ({"type": "SLACK", "pages": "x"}, "pages must be a whole number"),
        ({"type": "SLACK", "replaces": SECRET}, "replaces must be a dictionary"),
        ({"type": "SLACK", "clear": {"a": 1}}, "clear must be a list"),
        ({"type": "SLACK", "body_template": 5}, "body_template must be a text or a dictionary"),
        (
            {"type": "SLACK", "integrations": [SECRET]},
            "integrations must be a list in which each element is a dictionary",
        ),
        ({"type": "SLACK", "api_kee": SECRET}, "Unsupported parameters: api_kee (did you mean api_key?); correct"),
        ({"type": "SLACK", "zzz": SECRET}, "Unsupported parameters: zzz; correct"),
        ({"type": "SLACK", "integrations": [{"type": "SLACK"}, {}]}, "integrations[1].type is missing"),
        (
            {"type": "SLACK", "integrations": [{"type": "SLACK", "region": "XX"}]},
            "integrations[0].region must be one of US, EU, US3, US5, AP1, US1_FED, not 'XX'",
        ),
        (
            {"type": "SLACK", "integrations": [{"type": "SLACK", "api_tokn": SECRET}]},
            "Unsupported parameters: integrations[0].api_tokn (did you mean api_token?)",
        ),
    ],
)
def test_one_thing_is_wrong(params, expected):
    found = problems(params)
    assert len(found) == 1, found
    assert found[0].startswith(expected)
    assert SECRET not in found[0]


def test_all_of_it_at_once_and_in_a_stable_order():
    params = {
        "enabled": "maybe",
        "region": "XX",
        "timeout": "abc",
        "foo": 1,
        "bar": 2,
        "integrations": [{"type": "X"}, {"region": "Y"}],
    }
    found = problems(params, lambda options: ["project_id is missing"])
    assert len(found) == 9
    assert found == problems(dict(reversed(params.items())), lambda options: ["project_id is missing"])
    assert "Unsupported parameters: bar, foo; correct" in " ".join(found)


def test_a_check_that_knows_more_takes_the_place_of_the_short_message():
    advice = "type HIP_CHAT is not managed here: use SLACK"
    nested = "integrations[0].region must be one of US, EU for type PAGER_DUTY"
    params = {"type": "HIP_CHAT", "region": "XX", "integrations": [{"type": "PAGER_DUTY", "region": "XX"}]}
    found = problems(params, lambda options: [advice, nested, "typewriter is no option"])
    assert [p for p in found if p.startswith("type")] == [advice, "typewriter is no option"]
    assert [p for p in found if "integrations[0]" in p] == [nested]
    assert [p for p in found if p.startswith("region")] == [
        "region must be one of US, EU, US3, US5, AP1, US1_FED, not 'XX'"
    ]


def test_the_same_sentence_is_said_once():
    assert problems({"type": "SLACK"}, lambda options: ["a", "b", "a"]) == ("a", "b")


def test_a_check_may_raise_its_problems():
    def check(options):
        raise OptionError(["a", "b"])

    assert problems({"type": "SLACK"}, check) == ("a", "b")


def test_a_check_upset_by_what_core_refused_is_no_failure_of_its_own():
    def check(options):
        raise TypeError(SECRET)

    assert problems({"type": "SLACK", "timeout": "x"}, check) == ("timeout must be a number",)
    with pytest.raises(TypeError):
        problems({"type": "SLACK"}, check)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["SLACK", "absent", "{"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SPEC, "x"]), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from([*SPEC, "user_name", "x", ""]), anything, max_size=8))
def test_whatever_is_given_ends_in_sentences(params):
    for problem in problems(params):
        assert isinstance(problem, str) and problem
