# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rotation by compare and swap: what replaces does in every combination of old, new and what Atlas shows."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Plan, make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._services import Field, Mask, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FIELDS,
    Model,
    another,
    decide,
    row_id,
    samples,
    wish_of,
)

SECRETS = [row for row in FIELDS if row[2].secret]
every_secret = pytest.mark.parametrize(("service", "version", "field"), SECRETS, ids=row_id)
OLD = "o" * 32 + "0001"
NEW = "n" * 32 + "0002"
TWIN = "t" * 32 + "0001"  # looks like OLD behind a mask


def key(shown: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"type": "OPS_GENIE", "id": "a" * 24, "apiKey": shown, "region": "US", **more}]


def rotate(project: list[dict[str, Any]], *, old: str = OLD, new: str = NEW, **more: Any) -> Plan:
    return make_plan(wish_of({"type": "OPS_GENIE", "api_key": new, "replaces": {"api_key": old}, **more}), project)


def mask(secret: str) -> str:
    return "*" * (len(secret) - 4) + secret[-4:]


# what Atlas shows, old, new: action, verdict and whether it warns, with auto and with always
CASES: list[tuple[Any, ...]] = [
    ("new", mask(NEW), OLD, NEW, ("none", "consistent", False), ("none", "consistent", False)),
    ("old", mask(OLD), OLD, NEW, ("update", "different", False), ("update", "different", False)),
    ("a third", mask("x" * 32 + "0003"), OLD, NEW, ("none", "other", False), ("none", "other", False)),
    ("longer", mask("x" * 33 + "0001"), OLD, NEW, ("none", "other", False), ("none", "other", False)),
    ("alike", mask(OLD), OLD, TWIN, ("none", "consistent", True), ("update", "consistent", False)),
    ("the same", mask(OLD), OLD, OLD, ("none", "consistent", False), ("none", "consistent", False)),
    ("nothing", None, OLD, NEW, ("none", "unreadable", True), ("update", "unreadable", False)),
    ("stars", "********", OLD, NEW, ("none", "unreadable", True), ("update", "unreadable", False)),
    ("old's length", "*" * 20, "o" * 20, "n" * 21, ("none", "unreadable", True), ("update", "unreadable", False)),
    ("new in clear", NEW, OLD, NEW, ("none", "consistent", False), ("none", "consistent", False)),
    ("old in clear", OLD, OLD, NEW, ("update", "different", False), ("update", "different", False)),
    ("a third in clear", TWIN, OLD, NEW, ("none", "other", False), ("none", "other", False)),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["auto", "always"])
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_rotation(case: tuple[Any, ...], mode: str) -> None:
    unused, shown, old, new, auto, always = case
    action, verdict, warns = auto if mode == "auto" else always
    plan = rotate(key(shown), old=old, new=new, update_secrets=mode)
    assert (plan.action, plan.secrets, bool(plan.warnings)) == (action, {"api_key": verdict}, warns)
    body = {"type": "OPS_GENIE", "apiKey": new, "region": "US"} if action == "update" else None
    assert plan.body == body
    assert ("api_key" in plan.differences) == (verdict in ("different", "other"))
    for warning in plan.warnings:
        assert "api_key" in warning
        assert "always" in warning
        assert old not in warning
        assert new not in warning


@pytest.mark.parametrize("mode", ["auto", "always"])
@pytest.mark.parametrize("shown", [mask("x" * 32 + "0003"), "*" * 40])
def test_left_alone_means_no_write_at_all(shown: str, mode: str) -> None:
    plan = rotate(key(shown, region="EU"), region="US", update_secrets=mode)
    assert (plan.action, plan.body) == ("none", None)
    assert plan.differences == ("api_key", "region")
    assert plan.before == plan.after


def test_unreadable_without_always_means_no_write_at_all() -> None:
    plan = rotate(key(None, region="EU"), region="US")
    assert (plan.action, plan.differences) == ("none", ("region",))
    assert len(plan.warnings) == 1


def test_nothing_is_written_where_the_new_key_is_there_whatever_else_differs() -> None:
    plan = rotate(key(mask(NEW), region="EU"), region="US")
    assert (plan.action, plan.differences) == ("none", ("region",))


def test_other_fields_go_along_with_the_rotation() -> None:
    plan = rotate(key(mask(OLD), region="EU"))
    assert plan.body == {"type": "OPS_GENIE", "apiKey": NEW, "region": "EU"}


@every_secret
def test_nothing_is_created(service: Service, version: str, field: Field) -> None:
    for mode in ("auto", "always"):
        options = {**samples(service), "replaces": {field.option: another(field)}, "update_secrets": mode}
        plan = decide(options, Model(), version)
        assert (plan.action, plan.body, plan.after) == ("none", None, None)
        assert plan.secrets == {f.option: "not_set" for f in service.secrets}
        assert (plan.missing, plan.refusal) == ((), None)


@every_secret
def test_a_secret_that_is_not_set_is_left_alone(service: Service, version: str, field: Field) -> None:
    if field.required:
        return
    model = Model()
    model.put({n: v for n, v in samples(service).items() if n != field.option})
    for mode in ("auto", "always"):
        options = {**samples(service), "replaces": {field.option: another(field)}, "update_secrets": mode}
        plan = decide(options, model, version)
        assert (plan.action, plan.secrets[field.option]) == ("none", "not_set")


@every_secret
@pytest.mark.parametrize("held", ["old", "new", "third"])
def test_every_secret_can_be_rotated_there_and_back(service: Service, version: str, field: Field, held: str) -> None:
    old, new = str(field.sample), str(another(field))
    third = old[:-4] + "7777"
    model = Model()
    model.put({**samples(service), field.option: {"old": old, "new": new, "third": third}[held]})
    hidden = field.mask is Mask.HIDDEN
    for wished, replaced, at in ((new, old, "old"), (old, new, "new")):
        options = {"type": service.type, field.option: wished, "replaces": {field.option: replaced}}
        others = {f.option: f.sample for f in service.secrets if f is not field}
        plan = decide({**options, **others}, model, version)
        assert plan.action == ("update" if held == at and not hidden else "none")
        if plan.action == "update":
            # All that is no secret goes along although the task does not name it.
            assert plan.body == {"type": service.type, **{f.api: f.sample for f in service.writable}, field.api: wished}
            assert plan.missing == ()
        expected = {at: "different", "third": "other"}.get(held, "consistent")
        assert plan.secrets[field.option] == ("unreadable" if hidden else expected)


@every_secret
def test_a_rotation_names_the_other_secrets_that_it_needs(service: Service, version: str, field: Field) -> None:
    if field.mask is Mask.HIDDEN:
        return
    model = Model()
    model.put({**samples(service), field.option: another(field)})
    options = {"type": service.type, field.option: field.sample, "replaces": {field.option: another(field)}}
    plan = decide(options, model, version)
    assert plan.missing == tuple(f.option for f in service.secrets if f is not field)
    assert bool(plan.refusal) == bool(plan.missing)


NAMES = {"license_key": "licenseKey", "read_token": "readToken", "write_token": "writeToken"}
STATES = {"old": OLD, "new": NEW, "third": "x" * 32 + "0003", "hidden": None}


@pytest.mark.parametrize("mode", ["auto", "always"])
@pytest.mark.parametrize("first", list(STATES))
@pytest.mark.parametrize("second", list(STATES))
def test_several_keys_are_written_together_or_not_at_all(first: str, second: str, mode: str) -> None:
    def shown(state: str) -> Optional[str]:
        secret = STATES[state]
        return None if secret is None else mask(secret)

    held = [
        {"type": "NEW_RELIC", "id": "1", "accountId": "1", "licenseKey": shown(first), "readToken": shown(second),
         "writeToken": mask(OLD)}
    ]  # fmt: skip
    wish = wish_of(
        {"type": "NEW_RELIC", **dict.fromkeys(NAMES, NEW), "write_token": OLD, "update_secrets": mode,
         "replaces": {"license_key": OLD, "read_token": OLD}}
    )  # fmt: skip
    plan = make_plan(wish, held)
    both = (first, second)
    alone = "third" in both or ("hidden" in both and mode == "auto")
    something = "old" in both or "hidden" in both
    writes = not alone and something
    assert plan.action == ("update" if writes else "none")
    if writes:
        assert plan.body == {
            "type": "NEW_RELIC", "accountId": "1", "licenseKey": NEW, "readToken": NEW, "writeToken": OLD
        }  # fmt: skip
    expected = {"old": "different", "new": "consistent", "third": "other", "hidden": "unreadable"}
    assert plan.secrets == {
        "license_key": expected[first], "read_token": expected[second], "write_token": "consistent"
    }  # fmt: skip


def test_a_secret_beside_the_rotated_one_is_no_reason_to_write() -> None:
    held = [{"type": "NEW_RELIC", "id": "1", "accountId": "1", **{api: mask(OLD) for api in NAMES.values()}}]
    options = {"type": "NEW_RELIC", "license_key": OLD, "read_token": NEW, "write_token": OLD}
    plan = make_plan(wish_of({**options, "replaces": {"license_key": "z" * 32 + "0009"}}), held)
    assert (plan.action, plan.differences) == ("none", ("read_token",))
    plan = make_plan(wish_of({**options, "license_key": NEW, "replaces": {"license_key": OLD}}), held)
    assert (plan.action, plan.differences) == ("update", ("license_key", "read_token"))
    plan = make_plan(wish_of({**options, "license_key": NEW, "replaces": {"license_key": "z" * 32 + "0009"}}), held)
    assert (plan.action, plan.secrets["license_key"]) == ("none", "other")
