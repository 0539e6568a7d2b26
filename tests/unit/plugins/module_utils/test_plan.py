# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every service and field: create, nothing to do, each field changed, each optional text emptied, delete."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._plan import Plan, find, make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES, Field, Mask, Service
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FIELDS,
    ROWS,
    Model,
    another,
    decide,
    row_id,
    samples,
    wish_of,
)

every_row = pytest.mark.parametrize(("service", "version"), ROWS, ids=row_id)
every_field = pytest.mark.parametrize(("service", "version", "field"), FIELDS, ids=row_id)
every_plain_field = pytest.mark.parametrize(
    ("service", "version", "field"), [row for row in FIELDS if not row[2].secret], ids=row_id
)


def configured(service: Service, **extra: Any) -> Model:
    """Return a project in which everything of a service is set to its samples, and its neighbours too."""
    model = Model()
    for neighbour in SERVICES:
        model.put(samples(neighbour))
    model.put(samples(service), **extra)
    return model


def without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def body_of(plan: Plan) -> dict[str, Any]:
    assert plan.body is not None
    return dict(plan.body)


def whole_body(service: Service, **changed: Any) -> dict[str, Any]:
    return {"type": service.type, **{f.api: f.sample for f in service.writable}, **changed}


@every_row
def test_create_sends_exactly_what_was_given(service: Service, version: str) -> None:
    plan = decide(samples(service), Model(), version)
    assert plan.action == "create"
    assert body_of(plan) == whole_body(service)
    assert plan.before is None
    assert plan.secrets == {f.option: "not_set" for f in service.secrets}
    assert plan.differences == tuple(sorted(f.option for f in service.writable))
    assert (plan.missing, plan.contradicted, plan.warnings, plan.refusal) == ((), (), (), None)


@every_field
def test_create_without_an_optional_field_does_not_send_it(service: Service, version: str, field: Field) -> None:
    if version not in field.required:
        plan = decide(without(samples(service), field.option), Model(), version)
        assert plan.action == "create"
        assert set(body_of(plan)) == set(whole_body(service)) - {field.api}


@every_row
def test_configured_as_declared_is_nothing_to_do(service: Service, version: str) -> None:
    model = configured(service)
    plan = decide(samples(service), model, version)
    assert (plan.action, plan.body, plan.differences, plan.missing) == ("none", None, (), ())
    assert plan.before == plan.after == model.show(service.type)
    hidden = {f.option for f in service.secrets if f.mask is Mask.HIDDEN}
    assert plan.secrets == {f.option: "unreadable" if f.option in hidden else "consistent" for f in service.secrets}
    assert bool(plan.warnings) == bool(hidden)


@every_plain_field
def test_one_field_changed_is_one_update_of_the_whole(service: Service, version: str, field: Field) -> None:
    model = configured(service)
    plan = decide({**samples(service), field.option: another(field)}, model, version)
    assert (plan.action, plan.differences) == ("update", (field.option,))
    assert body_of(plan) == whole_body(service, **{field.api: another(field)})
    assert plan.before == model.show(service.type)
    assert plan.after is not None
    assert plan.after[field.api] == another(field)
    assert "id" not in plan.after


@every_field
def test_one_secret_changed_is_one_update_where_it_can_be_seen(service: Service, version: str, field: Field) -> None:
    if not field.secret:
        return
    plan = decide({**samples(service), field.option: another(field)}, configured(service), version)
    if field.mask is Mask.HIDDEN:
        assert (plan.action, plan.secrets[field.option], len(plan.warnings)) == ("none", "unreadable", 1)
        assert field.option in plan.warnings[0]
    else:
        assert (plan.action, plan.differences) == ("update", (field.option,))
        assert plan.secrets[field.option] == "different"
        assert body_of(plan) == whole_body(service, **{field.api: another(field)})


@every_plain_field
def test_a_field_left_out_is_not_compared_and_survives(service: Service, version: str, field: Field) -> None:
    if version in field.required:
        return
    model = configured(service, **{field.api: another(field)})
    rest = without(samples(service), field.option)
    assert decide(rest, model, version).action == "none"
    other = next((f for f in service.fields if f.secret and f.mask is not Mask.HIDDEN), None)
    assert other is not None or service.type == "PROMETHEUS"
    plan = decide({**rest, "update_secrets": "always"}, model, version)
    assert body_of(plan) == whole_body(service, **{field.api: another(field)})


@every_plain_field
@pytest.mark.parametrize("blank", [None, "", KeyError], ids=["null", "empty", "left out"])
def test_a_blank_in_an_answer_is_the_documented_default(
    service: Service, version: str, field: Field, blank: Any
) -> None:
    shown = configured(service).show(service.type)
    if blank is KeyError:
        del shown[field.api]
    else:
        shown[field.api] = blank
    if field.default is not None:
        wish = wish_of({**samples(service), field.option: field.default}, version)
        assert make_plan(wish, [shown]).action == "none"
    changed = another(field) if field.sample == field.default else field.sample
    plan = make_plan(wish_of({**samples(service), field.option: changed}, version), [shown])
    # What Atlas leaves out although it has it cannot differ: there would be a write, and a new id, on every run.
    assert (plan.action, plan.differences) == (("none", ()) if field.unshown else ("update", (field.option,)))
    if version not in field.required:
        # Nothing is made up for it where the write is for something else.
        always = wish_of({**without(samples(service), field.option), "update_secrets": "always"}, version)
        assert field.api not in body_of(make_plan(always, [shown]))


@every_field
def test_clear_empties_an_optional_text(service: Service, version: str, field: Field) -> None:
    if not field.clearable(version):
        return
    options = {**without(samples(service), field.option), "clear": [field.option]}
    plan = decide(options, configured(service), version)
    assert (plan.action, plan.differences, plan.missing) == ("update", (field.option,), ())
    assert body_of(plan) == whole_body(service, **{field.api: field.default})
    assert (field.option in plan.written_secrets) == field.secret
    assert plan.after is not None
    assert plan.after[field.api] == field.default


@every_field
@pytest.mark.parametrize("blank", [None, "", KeyError], ids=["null", "empty", "left out"])
def test_clear_of_what_is_empty_is_nothing_to_do(service: Service, version: str, field: Field, blank: Any) -> None:
    if not field.clearable(version):
        return
    shown = configured(service).show(service.type)
    shown[field.api] = blank
    if blank is KeyError:
        del shown[field.api]
    wish = wish_of({**without(samples(service), field.option), "clear": [field.option]}, version)
    assert make_plan(wish, [shown]).action == "none"
    assert field.api not in body_of(make_plan(wish, []))


@every_row
def test_absent_deletes_what_is_there(service: Service, version: str) -> None:
    wish = wish_of({"type": service.type, "state": "absent"}, version)
    model = configured(service)
    plan = make_plan(wish, model.listing().results)
    assert (plan.action, plan.body, plan.after) == ("delete", None, None)
    assert plan.before == model.show(service.type)
    assert plan.refusal is None
    del model.held[service.type]
    gone = make_plan(wish, model.listing().results)
    assert (gone.action, gone.before, gone.after) == ("none", None, None)


def test_what_nobody_can_set_is_carried_over_and_a_secret_is_not() -> None:
    service = SERVICES.get("DATADOG")
    assert service is not None
    unknown: dict[str, Any] = {
        "customEndpoint": "https://eu.example.com", "newFlag": True, "newNumber": 0, "newList": [{"a": 1}],
        "newText": "x",
    }  # fmt: skip
    concealing: dict[str, Any] = {
        "newToken": "clear", "newText2": "********abcd", "newEndpoint": "https://example.com/****abcd",
        "deep": {"list": [{"password": "x"}]}, "deeper": [["****"]],
    }  # fmt: skip
    empty: dict[str, Any] = {"newNull": None, "newEmpty": "", "links": [{"rel": "self"}]}
    plan = decide({**samples(service), "region": "AP1"}, configured(service, **unknown, **concealing, **empty))
    assert body_of(plan) == {**whole_body(service, region="AP1"), **unknown}
    assert set(plan.echoed) == set(unknown)
    assert set(plan.uncarried) == set(concealing)
    assert "id" not in body_of(plan)


@pytest.mark.parametrize("stars", ["***", "*****"])
def test_a_field_that_atlas_masks_although_it_is_no_secret_is_never_sent_back(stars: str) -> None:
    service = SERVICES.get("NEW_RELIC")
    assert service is not None
    shown = {**configured(service).show("NEW_RELIC"), "accountId": stars + "4567"}
    same = "123454567"[-len(stars) - 4 :]
    assert make_plan(wish_of({**samples(service), "account_id": same}), [shown]).action == "none"
    plan = make_plan(wish_of({**samples(service), "account_id": same[:-1] + "8"}), [shown])
    assert (plan.action, plan.differences) == ("update", ("account_id",))
    rotation = {
        "type": "NEW_RELIC", "license_key": "new-license-key-000001", "read_token": service.fields[2].sample,
        "write_token": service.fields[3].sample, "replaces": {"license_key": service.fields[1].sample},
    }  # fmt: skip
    plan = make_plan(wish_of(rotation), [shown])
    assert (plan.action, plan.missing) == ("update", ("account_id",))
    assert "accountId" not in body_of(plan)


@pytest.mark.parametrize("entry", [{}, {"type": None}, {"type": ["X"]}, {"type": "UNHEARD_OF", "id": "1"}])
def test_entries_of_unknown_or_missing_type_are_no_obstacle(entry: dict[str, Any]) -> None:
    for service, version in ROWS:
        listed = [entry, *configured(service).listing().results, entry]
        assert make_plan(wish_of(samples(service), version), listed).action == "none"
        assert find(listed, service.type) is not None


@every_row
def test_a_plan_prints_no_secret(service: Service, version: str) -> None:
    clear = [{"id": "1", **whole_body(service)}]
    changed = {f.option: another(f) for f in service.secrets}
    plan = make_plan(wish_of({**samples(service), **changed, "update_secrets": "always"}, version), clear)
    assert plan.action == "update"
    printed = repr(plan).replace(repr(service), "")
    for field in service.secrets:
        assert str(field.sample) not in printed
        assert str(another(field)) not in printed
