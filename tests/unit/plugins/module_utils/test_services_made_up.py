# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that does not exist, added to a copy of the table as one entry, drives everything that follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import integration_spec, prepare
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._render import (
    declaration,
    diff,
    plan_diff,
    render,
    render_all,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    ATLAS_ELSEWHERE,
    ATLAS_SERVICES,
    BOTH,
    SERVICES,
    Field,
    Form,
    Kind,
    Mask,
    Service,
    Table,
)
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FakeClient,
    Model,
    apply,
    decide,
    problems_of,
    samples,
    wish_of,
)

V1 = frozenset({"v1.0"})
PAGERTRON = Service(
    "PAGERTRON",
    "Pagertron",
    (
        Field("pagerKey", "pager_key", "Key.", secret=True, mask=Mask.TAIL, required=BOTH, sample="PT-0001-abcdefgh",
              form=Form("PT-[0-9]{4}-[a-z]{8}", "PT, four digits and eight letters"), aliases=("pagertron_key",)),
        Field("pagerUrl", "pager_url", "Where.", secret=True, mask=Mask.URL, url=True, sample="https://p.example/hook0001"),
        Field("pin", "pin", "Pin.", secret=True, mask=Mask.HIDDEN, required=V1, sample="pin-0000001"),
        Field("layout", "layout", "Layout.", kind=Kind.TEMPLATE, secret=True, mask=Mask.TEXT, max_bytes=9, sample="{}"),
        Field("tone", "tone", "Tone.", choices=("LOW", "HIGH"), default="LOW", sample="HIGH"),
        Field("roomName", "room_name", "Room.", max_chars=5, required=V1, sample="room"),
        Field("loud", "loud", "Loud.", kind=Kind.FLAG, default=False, sample=True),
        Field("region", "region", "Region, shared with others.", choices=("MOON",), sample="MOON"),
        Field("serial", "serial", "Given by Atlas.", answer_only=True),
    ),
    deprecated="it never existed",
)  # fmt: skip
TABLE = Table((*ATLAS_SERVICES, PAGERTRON), ATLAS_ELSEWHERE)
OPTIONS = samples(PAGERTRON)
BODY = {"type": "PAGERTRON", **{f.api: f.sample for f in PAGERTRON.writable}}
both_versions = pytest.mark.parametrize("version", sorted(BOTH))


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in OPTIONS.items() if name not in names}


def project() -> Model:
    model = Model(table=TABLE)
    model.put(OPTIONS, serial=17)
    return model


def test_the_table_of_the_collection_does_not_know_it() -> None:
    assert SERVICES.get("PAGERTRON") is None
    assert "pager_key" not in SERVICES.options
    assert TABLE.types == (*SERVICES.types, "PAGERTRON")
    assert TABLE.options["region"].choices[-1] == "MOON"


def test_the_argument_spec() -> None:
    spec = integration_spec(TABLE)
    assert spec["type"]["choices"][-1] == "PAGERTRON"
    assert spec["pager_key"]["no_log"] is True
    assert spec["pager_key"]["aliases"] == ["pagertron_key"]
    assert (spec["layout"]["type"], spec["loud"]["type"], spec["room_name"]["type"]) == ("json", "bool", "str")
    assert spec["tone"]["choices"] == ["LOW", "HIGH"]
    assert "MOON" in spec["region"]["choices"]
    assert "serial" not in spec
    assert prepare({"pagertron_key": "", "room_name": "x"}, spec) == {"room_name": "x"}


@pytest.mark.parametrize(
    ("version", "wrong", "told"),
    [
        ("v2", without("pager_key"), "pager_key is required for type PAGERTRON"),
        ("v1.0", without("pin"), "pin is required"),
        ("v1.0", without("room_name"), "room_name is required"),
        ("v2", {**OPTIONS, "pager_key": "PT-1"}, "pager_key must be PT, four digits and eight letters"),
        ("v2", {**OPTIONS, "pager_key": "****abcd"}, "pager_key is a mask"),
        ("v2", {**OPTIONS, "pager_url": "https://p.example/****0001"}, "pager_url is a mask"),
        ("v2", {**OPTIONS, "pager_url": "nowhere"}, "pager_url must be a URL"),
        ("v2", {**OPTIONS, "layout": "é" * 5}, "layout has 10 bytes of UTF-8, and 9 are allowed"),
        ("v2", {**OPTIONS, "room_name": "é" * 6}, "room_name has 6 characters, and 5 are allowed"),
        ("v2", {**OPTIONS, "tone": "MID"}, "tone must be one of LOW, HIGH"),
        ("v2", {**OPTIONS, "region": "US"}, "region must be one of MOON"),
        ("v2", {**OPTIONS, "api_key": "x"}, "api_key does not belong to type PAGERTRON but to DATADOG"),
        ("v2", {**OPTIONS, "serial": 5, "clear": ["serial"]}, "only layout, pager_url, pin, region, room_name"),
        ("v1.0", {**without("room_name"), "room_name": "x", "clear": ["pin"]}, "only layout, pager_url, region, tone"),
        ("v2", {**OPTIONS, "replaces": {"tone": "LOW"}}, "it takes pager_key, pager_url, pin or layout only"),
    ],
)  # fmt: skip
def test_wrong_input(version: str, wrong: dict[str, Any], told: str) -> None:
    assert told in problems_of(wrong, version, TABLE)


def test_its_options_are_foreign_to_the_others() -> None:
    told = problems_of({**samples(ATLAS_SERVICES[0]), "pin": "1234"}, "v2", TABLE)
    assert told == "pin does not belong to type PAGER_DUTY but to PAGERTRON; leave it out"


@both_versions
def test_plan_and_body(version: str) -> None:
    create = decide(OPTIONS, Model(table=TABLE), version)
    assert (create.action, create.body, create.missing) == ("create", BODY, ())
    model = project()
    again = decide(OPTIONS, model, version)
    assert again.action == "none"
    assert again.secrets == {
        "pager_key": "consistent", "pager_url": "consistent", "pin": "unreadable", "layout": "consistent"
    }  # fmt: skip
    changed = decide({**OPTIONS, "tone": "LOW"}, model, version)
    assert (changed.action, changed.differences) == ("update", ("tone",))
    assert changed.body == {**BODY, "tone": "LOW", "serial": 17}
    cleared = decide({**without("tone", "pager_url"), "clear": ["tone", "pager_url"]}, model, version)
    assert cleared.body == {**BODY, "tone": "LOW", "pagerUrl": None, "serial": 17}
    lacking = decide({**without("pin"), "tone": "LOW"}, model, "v2")
    assert lacking.missing == ("pin",)
    assert lacking.refusal is not None
    assert "pin" in lacking.refusal


def test_masks_and_rendering() -> None:
    shown = render(project().show("PAGERTRON"), TABLE)
    assert shown == {
        "id": f"{1:024x}", "type": "PAGERTRON", "pager_key": "*" * 12 + "efgh", "pager_url": "https://p.example/****0001",
        "pin": "********", "layout": "********", "tone": "HIGH", "room_name": "room", "loud": True, "region": "MOON",
        "serial": 17,
    }  # fmt: skip
    assert render({"type": "PAGERTRON"}, TABLE)["tone"] == "LOW"
    assert declaration(project().show("PAGERTRON"), TABLE) == {
        "type": "PAGERTRON", "tone": "HIGH", "room_name": "room", "loud": True, "region": "MOON"
    }  # fmt: skip
    assert [raw["type"] for raw in render_all([{"type": "X"}, {"type": "PAGERTRON"}, {"type": "WEBHOOK"}], TABLE)] == [
        "WEBHOOK", "PAGERTRON", "X"
    ]  # fmt: skip


def test_diffs() -> None:
    model = project()
    plan = decide({**OPTIONS, "pager_key": "PT-0002-abcdefgh", "update_secrets": "always"}, model)
    shown = plan_diff(plan, plan.after, table=TABLE)
    assert shown["before"]["pager_key"] == "*" * 12 + "efgh"
    assert shown["after"]["pager_key"] == "*" * 12 + "efgh (written)"
    assert shown["after"]["pin"] == "******** (written)"
    assert diff(None, plan.after, table=TABLE)["after"]["tone"] == "HIGH"


@both_versions
@pytest.mark.parametrize("merges", [True, False])
def test_its_whole_life(version: str, merges: bool) -> None:
    client = FakeClient(Model(table=TABLE, merges=merges))
    assert apply(client, OPTIONS, version).action == "create"
    assert not apply(client, OPTIONS, version).changed
    updated = apply(client, {**OPTIONS, "loud": False}, version)
    assert (updated.action, updated.not_applied, updated.verified) == ("update", (), True)
    rotated = {"type": "PAGERTRON", "pager_key": "PT-0009-abcdwxyz", "replaces": {"pager_key": OPTIONS["pager_key"]}}
    refused = apply(client, rotated, version)
    assert refused.plan.missing == ("pager_url", "pin", "layout")
    others = {name: OPTIONS[name] for name in refused.plan.missing}
    assert apply(client, {**rotated, **others}, version).changed
    assert apply(client, {"type": "PAGERTRON", "state": "absent"}, version).action == "delete"
    assert client.writes == ["POST", "PUT", "PUT", "DELETE"]


def test_the_deprecation_and_the_other_types_stay() -> None:
    wish = wish_of({"type": "PAGERTRON", "state": "absent"}, "v2", TABLE)
    assert make_plan(wish, []).action == "none"
    assert "Ops Manager" in problems_of({"type": "HIP_CHAT"}, "v2", TABLE)
