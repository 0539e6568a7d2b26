# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From Atlas's objects to results: option names, defaults, masks, the order, and diffs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._masking import HELD
from ansible_collections.atlasops.integrations.plugins.module_utils._plan import make_plan
from ansible_collections.atlasops.integrations.plugins.module_utils._render import (
    declaration,
    diff,
    plan_diff,
    project_after,
    render,
    render_all,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    SERVICES,
    Kind,
    Mask,
    Service,
)
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    Model,
    another,
    decide,
    row_id,
    samples,
    wish_of,
)

every_service = pytest.mark.parametrize("service", list(SERVICES), ids=row_id)
DATADOG = {"type": "DATADOG", "id": "a" * 24, "apiKey": "*" * 28 + "a1b2"}
KEY = "d" * 28


def held(*services: Service) -> Model:
    model = Model()
    for service in services:
        model.put(samples(service))
    return model


@every_service
def test_an_integration_is_shown_by_option_names_with_all_of_its_fields(service: Service) -> None:
    shown = render(held(service).show(service.type))
    assert list(shown) == ["id", "type", *(f.option for f in service.fields)]
    for field in service.fields:
        if field.secret:
            assert set(str(shown[field.option])[:-4].rpartition("/")[2]) == {"*"} or field.kind is Kind.TEMPLATE
        else:
            assert shown[field.option] == (field.default if field.answer_only else field.sample)


@every_service
def test_what_is_not_in_an_answer_shows_its_documented_default(service: Service) -> None:
    shown = render({"type": service.type})
    assert shown["id"] is None
    for field in service.fields:
        assert shown[field.option] == (HELD if field.mask is Mask.HIDDEN else field.default)


@every_service
def test_a_secret_in_clear_is_masked_whatever_the_server_sent(service: Service) -> None:
    clear = {"type": service.type, "id": "1", **{f.api: f.sample for f in service.writable}}
    shown = render(clear)
    for field in service.secrets:
        assert str(field.sample)[-12:] not in str(shown)
        assert shown[field.option] is not None


def test_what_hides_inside_of_a_plain_field_is_masked_too() -> None:
    odd = {"token": "hidden-in-a-plain-field"}
    shown = render({"type": "DATADOG", "id": odd, "region": odd, "sendDatabaseMetrics": [odd]})
    assert "hidden-in" not in str(shown)


def test_unknown_fields_of_a_known_type_stay_by_their_api_names_with_secrets_masked() -> None:
    shown = render({**DATADOG, "newThing": [1], "newToken": "t" * 20, "links": [{"href": "x"}]})
    assert shown["newThing"] == [1]
    assert shown["newToken"] == "*" * 16 + "tttt"
    assert "links" not in shown


@pytest.mark.parametrize("kind", ["NEW_ONE", None, 5, ["DATADOG"]], ids=str)
def test_an_unknown_type_stays_as_atlas_sent_it_with_secrets_masked(kind: Any) -> None:
    raw = {
        "type": kind,
        "id": "1",
        "apiKey": "k" * 20,
        "name": "kept",
        "deep": {"hookUrl": "https://h.example/secret-path"},
    }
    assert render(raw) == {
        "type": kind, "id": "1", "apiKey": "*" * 16 + "kkkk", "name": "kept",
        "deep": {"hookUrl": "https://h.example/****path"},
    }  # fmt: skip
    assert raw["apiKey"] == "k" * 20


def test_entries_without_a_type_are_kept() -> None:
    assert render_all([{"id": "1", "x": 2}, {}]) == [{"id": "1", "x": 2}, {}]


def test_the_order_is_that_of_the_table_and_unknown_ones_come_last() -> None:
    listed = held(*SERVICES).listing().results
    shown = render_all([{"type": "ZZZ"}, *reversed(listed), {"type": "AAA"}])
    assert [raw["type"] for raw in shown] == [*SERVICES.types, "ZZZ", "AAA"]


@every_service
def test_a_declaration_goes_back_in_as_it_is(service: Service) -> None:
    model = held(service)
    declared = declaration(model.show(service.type))
    assert declared == {"type": service.type, **{f.option: f.sample for f in service.writable if not f.secret}}
    version = sorted(service.versions)[-1]
    assert decide({**declared, "update_secrets": "on_create"}, model, version).action == "none"


def test_a_declaration_has_nothing_blank_and_defaults_where_atlas_says_nothing() -> None:
    assert declaration({"type": "SLACK", "id": "1", "channelName": "", "teamName": None}) == {"type": "SLACK"}
    assert declaration({"type": "OPS_GENIE", "id": "1"}) == {"type": "OPS_GENIE", "region": "US"}
    assert declaration({"type": "PROMETHEUS", "enabled": False}) == {
        "type": "PROMETHEUS", "enabled": False, "send_user_provided_resource_tags": False
    }  # fmt: skip
    masked = {"type": "NEW_RELIC", "accountId": "***4567", "licenseKey": "*" * 20}
    assert declaration(masked) == {"type": "NEW_RELIC"}
    assert declaration({"type": "NEW_ONE"}) is None
    assert declaration({}) is None


def test_the_project_afterwards() -> None:
    model = held(*SERVICES)
    listed = model.listing().results
    none = decide(samples(SERVICES.get("OPS_GENIE")), model)  # type: ignore[arg-type]
    assert project_after(none, listed) == listed
    update = make_plan(wish_of({"type": "DATADOG", "api_key": "e" * 32}), listed)
    changed = project_after(update, listed)
    assert len(changed) == len(listed)
    assert [raw for raw in changed if raw["type"] != "DATADOG"] == [raw for raw in listed if raw["type"] != "DATADOG"]
    assert [raw["apiKey"] for raw in changed if raw["type"] == "DATADOG"] == ["*" * 28 + "eeee"]
    delete = make_plan(wish_of({"type": "DATADOG", "state": "absent"}), listed)
    assert project_after(delete, listed) == [raw for raw in listed if raw["type"] != "DATADOG"]
    create = make_plan(wish_of({"type": "DATADOG", "api_key": "e" * 32}), [])
    assert len(project_after(create, [{"type": "NEW_ONE"}])) == 2


@every_service
def test_the_diff_of_a_create_and_of_a_delete(service: Service) -> None:
    version = sorted(service.versions)[-1]
    model = held(service)
    create = decide(samples(service), Model(), version)
    made = plan_diff(create, create.after)
    assert made["before"] == {}
    assert set(made["after"]) == {"type", *(f.option for f in service.fields)}
    delete = make_plan(wish_of({"type": service.type, "state": "absent"}, version), model.listing().results)
    gone = plan_diff(delete, delete.after)
    assert gone["after"] == {}
    assert "id" not in gone["before"]
    assert gone["before"]["type"] == service.type
    nothing = plan_diff(make_plan(delete.wish, []), None)
    assert nothing == {"before": {}, "after": {}}


@every_service
def test_the_diff_of_an_update_shows_what_changes_and_what_is_written(service: Service) -> None:
    version = sorted(service.versions)[-1]
    for field in service.writable:
        model = held(service)
        changed = {**samples(service), field.option: another(field), "update_secrets": "always"}
        plan = decide(changed, model, version)
        visible = set() if field.mask in (Mask.HIDDEN, Mask.TEXT) else {field.option}
        for done in (True, False):
            shown = plan_diff(plan, plan.after, done=done)
            different = {name for name in shown["after"] if shown["after"][name] != shown["before"][name]}
            assert different == visible | (set(plan.written_secrets) if done else set())
        after = plan_diff(plan, plan.after)["after"]
        marked = {name for name, value in after.items() if str(value).endswith(" (written)")}
        assert marked == set(plan.written_secrets) - visible


def test_the_diff_of_nothing_to_do_is_none() -> None:
    plan = decide(samples(SERVICES.get("WEBHOOK")), held(*SERVICES))  # type: ignore[arg-type]
    shown = plan_diff(plan, plan.after)
    assert shown["before"] == shown["after"] != {}


def test_an_emptied_secret_is_visible() -> None:
    before = {"type": "WEBHOOK", "secret": "*" * 20 + "abcd"}
    shown = diff(before, {"type": "WEBHOOK", "secret": None}, ["secret"])
    assert (shown["before"]["secret"], shown["after"]["secret"]) == ("*" * 20 + "abcd", None)
    same = diff(before, before, ["secret", "url", "nonsense"])
    assert same["after"]["secret"] == "*" * 20 + "abcd (written)"
    assert same["after"]["url"] is None
