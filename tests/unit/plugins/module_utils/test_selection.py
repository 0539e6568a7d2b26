# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which projects are meant: names, ids, tags, patterns, exceptions, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._selection import (
    NothingSelected,
    read_selection,
    select,
    selection_problems,
    tags_of,
)

ORG = "5f0000000000000000000001"
OTHER_ORG = "5f0000000000000000000002"


def pid(number: int) -> str:
    return f"{number:024x}"


def project(number: int, name: str, org: str = ORG, **tags: str) -> dict[str, Any]:
    return {"id": pid(number), "name": name, "orgId": org, "tags": [{"key": k, "value": v} for k, v in tags.items()]}


PROJECTS = [
    project(1, "shop-prod", env="prod", team="shop"),
    project(2, "shop-test", env="test", team="shop"),
    project(3, "bank-prod", env="prod", team="bank"),
    project(4, "twin"),
    project(5, "twin", OTHER_ORG),
    project(6, "Ünïcode & spaces"),
]


class Source:
    """Lists projects and remembers how often it was asked, and for which organization."""

    def __init__(self) -> None:
        self.asked: list[Optional[str]] = []

    def projects(self, org_id: Optional[str] = None) -> Iterator[dict[str, Any]]:
        self.asked.append(org_id)
        return (p for p in PROJECTS if org_id in (None, p["orgId"]))


def chosen(source: Optional[Source] = None, env: Optional[dict[str, str]] = None, **options: Any) -> list[str]:
    return [t.id for t in select(read_selection(options, env or {}), source or Source())]


def numbers(*wanted: int) -> list[str]:
    return [pid(n) for n in wanted]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"all_projects": True}, (1, 2, 3, 4, 5, 6)),
        ({"all_projects": True, "org_id": OTHER_ORG}, (5,)),
        ({"all_projects": True, "project_pattern": "shop-*"}, (1, 2)),
        ({"all_projects": True, "project_pattern": "SHOP-*", "exclude_projects": []}, None),
        ({"all_projects": True, "project_tags": {"env": "prod"}}, (1, 3)),
        ({"all_projects": True, "project_tags": {"env": ["prod", "test"], "team": "shop"}}, (1, 2)),
        ({"all_projects": True, "project_tags": {"env": "prod"}, "exclude_projects": ["bank-prod"]}, (1,)),
        ({"all_projects": True, "exclude_projects": [pid(1), "shop-test"]}, (3, 4, 5, 6)),
        ({"projects": [{"name": "bank-prod"}, {"id": pid(1)}]}, (3, 1)),
        ({"projects": [{"name": "shop-prod"}, {"id": pid(1)}, {"name": "shop-prod"}]}, (1,)),
        ({"projects": [{"id": pid(2)}, {"id": pid(3)}], "project_tags": {"env": "prod"}}, (3,)),
        ({"projects": [{"name": "twin"}], "org_id": ORG}, (4,)),
        ({"projects": [{"id": pid(99)}, {"name": "shop-prod"}]}, (99, 1)),
        ({"projects": [{"name": "Ünïcode & spaces"}]}, (6,)),
    ],
)
def test_what_is_chosen(options: dict[str, Any], wanted: Optional[tuple[int, ...]]) -> None:
    if wanted is None:
        with pytest.raises(NothingSelected):
            chosen(**options)
    else:
        assert chosen(**options) == numbers(*wanted)


def test_ids_alone_need_no_project_list() -> None:
    source = Source()
    named = [{"id": pid(1)}, {"id": pid(2)}, {"id": pid(1)}]
    env = {"MONGODB_ATLAS_ORG_ID": OTHER_ORG}
    assert chosen(source, env, projects=named, exclude_projects=[pid(2), pid(99)]) == [pid(1)]
    assert source.asked == []


def test_ids_are_looked_up_in_the_organization_that_the_task_names() -> None:
    source = Source()
    assert chosen(source, projects=[{"id": pid(1)}], org_id=ORG) == [pid(1)]
    assert source.asked == [ORG]


def test_one_list_serves_everything_and_the_organization_comes_from_the_environment() -> None:
    source = Source()
    named = [{"name": "shop-prod"}, {"name": "bank-prod"}]
    assert chosen(source, {"MONGODB_ATLAS_ORG_ID": ORG}, projects=named, exclude_projects=["bank-prod"]) == [pid(1)]
    assert source.asked == [ORG]


def test_extras_of_a_project_that_is_named_twice_are_joined() -> None:
    named = [{"name": "shop-prod", "integrations": ["a"]}, {"id": pid(1), "integrations": ["b"]}]
    (target,) = select(read_selection({"projects": named}, {}), Source())
    assert target.extras == (("projects[0]", ["a"]), ("projects[1]", ["b"]))
    assert (target.name, target.org_id) == ("shop-prod", ORG)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no projects are chosen"),
        ({"projects": [{"id": pid(1)}], "all_projects": True}, "both given"),
        ({"projects": [{}]}, r"projects\[0\] needs an id or a name"),
        ({"projects": [{"id": "ABCDEF" * 4}]}, r"projects\[0\] must be written in lower case"),
        ({"projects": [{"id": "12"}]}, "24 lower-case hexadecimal digits"),
        ({"all_projects": True, "exclude_projects": ["ABCDEF" * 4]}, "exclude_projects element"),
        ({"all_projects": True, "project_tags": {"env": []}}, "project_tags.env needs"),
        ({"all_projects": True, "project_tags": {"env": {"a": "b"}}}, "project_tags.env needs"),
        ({"all_projects": True, "org_id": "nonsense"}, "org_id must be"),
    ],
)
def test_what_is_wrong_is_known_before_any_request(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        read_selection(options, {})
    assert selection_problems(options, {})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"projects": [{"name": "shop-prd"}]}, r"no project called 'shop-prd'.*did you mean 'shop-prod'\?"),
        (
            {"all_projects": True, "exclude_projects": [pid(99)]},
            f"exclude_projects: the credentials see no project with the id {pid(99)}; correct it",
        ),
        ({"projects": [{"id": pid(5)}], "org_id": ORG}, rf"projects\[0\]: .*{pid(5)} in organization {ORG}"),
        ({"projects": [{"id": pid(99)}], "project_tags": {"env": "prod"}}, rf"projects\[0\]: .*{pid(99)}"),
        ({"projects": [{"name": "twin"}]}, f"2 projects are called 'twin'.*{pid(4)}, {pid(5)}.*org_id"),
        ({"all_projects": True, "exclude_projects": ["shop-prd"]}, "exclude_projects: the credentials see no project"),
        ({"all_projects": True, "exclude_projects": ["twin"]}, "exclude_projects: 2 projects are called"),
    ],
)
def test_unknown_and_ambiguous_names_are_errors(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        chosen(**options)


@pytest.mark.parametrize(
    ("narrowing", "words"),
    [
        ({"project_tags": {"enviroment": "prod"}}, "no project has this tag; tags are env, team"),
        ({"project_tags": {"env": "prd"}}, "values are prod, test"),
        ({"project_tags": {"env": "test", "team": "bank"}}, "project_tags.env = test and project_tags.team = bank"),
        ({"project_pattern": "nothing*"}, "project_pattern 'nothing\\*'"),
    ],
)
def test_nothing_left_says_why(narrowing: dict[str, Any], words: str) -> None:
    with pytest.raises(NothingSelected, match=words):
        chosen(all_projects=True, **narrowing)


def test_nothing_left_of_ids_alone() -> None:
    with pytest.raises(NothingSelected, match="exclude_projects"):
        chosen(projects=[{"id": pid(1)}], exclude_projects=[pid(1)])


def test_tags_become_a_dictionary_whatever_the_server_sends() -> None:
    assert tags_of(PROJECTS[0]) == {"env": "prod", "team": "shop"}
    assert tags_of({"tags": None}) == {}
    assert tags_of({"tags": ["odd"]}) == {}
    assert tags_of({"tags": 5}) == {}


def test_booleans_and_numbers_are_tag_values_too() -> None:
    selection = read_selection({"all_projects": True, "project_tags": {"critical": True, "tier": 1}}, {})
    assert selection.tags == {"critical": ("true",), "tier": ("1",)}
