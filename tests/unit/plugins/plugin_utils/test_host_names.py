# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts: safe in patterns, unique, and the same from run to run."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.plugin_utils._host_names import RESERVED, host_names, safe_name

A, B, C = (f"5d{n:022x}" for n in (0x1A2B3C, 0x2A2B3C, 0x3A2B3D))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("prod", "prod"),
        ("prod:eu", "prod_eu"),
        ("a,b", "a_b"),
        ("Atlas CLI E2E", "Atlas_CLI_E2E"),
        ("web[1:3]", "web_1_3"),
        ("!not", "not"),
        ("&and", "and"),
        ("~^re.*", "re"),
        ("-x", "x"),
        ("@file", "file"),
        ("..", ""),
        (".hidden", "hidden"),
        ("***", ""),
        ("a  &  b", "a_b"),
        ("_kept_", "_kept_"),
        ("v1.2-rc", "v1.2-rc"),
        ("123", "123"),
        ("Zu\u0308rich", "Z\u00fcrich"),
        ("プロジェクト", "プロジェクト"),
        ("{{ 1 + 1 }}", "1_1"),
        ("it's", "it_s"),
        ("x\ny", "x_y"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    """Each sign that means something in a pattern goes, everything else stays."""
    assert safe_name(name) == safe


def test_equal_names_all_get_the_end_of_their_ids() -> None:
    """None of them keeps the bare name, which would pass on when that one goes."""
    assert host_names({A: "same", B: "other", C: "same"}) == {A: "same_1a2b3c", B: "other", C: "same_3a2b3d"}


def test_names_that_become_equal_count_as_equal() -> None:
    """Safe names are compared, not names."""
    assert host_names({A: "a b", C: "a,b"}) == {A: "a_b_1a2b3c", C: "a_b_3a2b3d"}


def test_equal_ends_are_shown_in_full_length() -> None:
    """Six digits are enough until they are not."""
    short = {ident: ident[-6:] for ident in ("aaaaaaaaaaaa000000123456", "bbbbbbbbbbbb111111123456")}
    assert host_names(dict.fromkeys(short, "x")) == {
        "aaaaaaaaaaaa000000123456": "x_000000123456",
        "bbbbbbbbbbbb111111123456": "x_111111123456",
    }


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names(name: str) -> None:
    """A project called localhost would otherwise be the controller."""
    assert host_names({A: name}) == {A: f"{name}_1a2b3c"}


def test_nothing_left_of_a_name() -> None:
    """There is always a name."""
    assert host_names({A: "***"}) == {A: "project_1a2b3c"}


NAMES = st.one_of(
    st.sampled_from(["a", "a b", "a_b", "all", "localhost", "", "*", f"a_{A[-6:]}", f"a_{A[-12:]}", f"a_{A}"]),
    st.text(max_size=8),
)
IDS = st.one_of(st.sampled_from([A, B, C]), st.integers(0, 16**24 - 1).map(lambda n: f"{n:024x}"))


@given(st.dictionaries(IDS, NAMES, max_size=12), st.randoms(use_true_random=False))
def test_names_are_unique_safe_and_independent_of_order(wanted: dict[str, str], chance: random.Random) -> None:
    """Whatever projects are called."""
    names = host_names(wanted)
    assert list(names) == list(wanted)
    assert len(set(names.values())) == len(wanted)
    assert not RESERVED & set(names.values())
    assert all(re.fullmatch(r"\w[\w.-]*", name) for name in names.values())
    shuffled = list(wanted.items())
    chance.shuffle(shuffled)
    assert host_names(dict(shuffled)) == names
