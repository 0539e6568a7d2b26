# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator is driven by the table: a service that nobody knows yet works once it stands there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _services as services


@pytest.fixture
def eleven() -> Any:
    """Return a copy of the table with an eleventh service."""
    field, service = services.Field, services.Service
    made_up = service(
        "CARRIER_PIGEON",
        "Carrier pigeon",
        (
            field(
                "ringKey",
                "ring_key",
                "Key on the ring.",
                required=frozenset({"v2"}),
                secret=True,
                mask=services.Mask.TAIL,
                form=services.HEX_32,
                sample="0123456789abcdef0123456789ab7777",
            ),
            field("loft", "loft", "Home of the pigeon.", choices=("NORTH", "SOUTH"), default="NORTH", sample="SOUTH"),
            field("express", "express", "Whether it hurries.", kind=services.Kind.FLAG, default=False, sample=True),
            field("roost", "roost", "Where it rests.", max_chars=5, sample="oak"),
            field("mood", "mood", "How it feels.", answer_only=True),
        ),
        versions=frozenset({"v2"}),
    )
    return services.Table((*services.ATLAS_SERVICES, made_up), services.ATLAS_ELSEWHERE)


def test_the_eleventh_service(eleven: Any, emulator_factory: Any, make_api: Any, refused: Any) -> None:
    emulator = emulator_factory(table=eleven)
    api = make_api(emulator=emulator)
    kind, key = "CARRIER_PIGEON", "0123456789abcdef0123456789ab7777"
    refused(api.post(kind, {"loft": "NORTH"}), 400, "MISSING_ATTRIBUTE", ["ringKey"])
    refused(api.post(kind, {"ringKey": "x"}), 400, "INVALID_INTEGRATION_SETTINGS")
    refused(api.post(kind, {"ringKey": key, "loft": "EAST"}), 400, "INVALID_ENUM_VALUE", ["loft"])
    refused(api.post(kind, {"ringKey": key, "express": 1}), 400, "INVALID_JSON_ATTRIBUTE", ["express"])
    refused(api.post(kind, {"ringKey": key, "roost": "longer"}), 400, "VALIDATION_ERROR", ["roost"])
    refused(api.post(kind, {"ringKey": key, "apiKey": "x"}), 400, "INVALID_ATTRIBUTE", ["apiKey"])
    api.post("PROMETHEUS")
    api.post("PAGER_DUTY")
    assert api.post(kind, {"ringKey": key, "roost": "oak"}).status_code == 200
    results = api.list().json()["results"]
    assert [r["type"] for r in results] == ["PAGER_DUTY", "PROMETHEUS", kind]
    shown = dict(results[2])
    shown.pop("id")
    assert list(shown.items()) == [
        ("express", False),
        ("loft", "NORTH"),
        ("mood", None),
        ("ringKey", "*" * 28 + "7777"),
        ("roost", "oak"),
        ("type", kind),
    ]
    refused(make_api(emulator=emulator, version="v1.0").get(kind), 400, "INVALID_ENUM_VALUE")
    assert api.delete(kind).status_code == 204


@pytest.mark.parametrize("version", sorted(services.BOTH))
def test_every_sample_of_the_table_is_taken(make_api: Any, version: str) -> None:
    api = make_api(version=version)
    for service in services.SERVICES:
        if version in service.versions:
            body = {f.api: f.sample for f in service.writable}
            assert api.post(service.type, body).status_code == 200, service.type
            assert api.held(service.type) == {"type": service.type, **body}
    assert api.list().json()["totalCount"] == len([s for s in services.SERVICES if version in s.versions])


def test_no_secret_of_the_table_is_shown(make_api: Any) -> None:
    api = make_api(version="v1.0")
    for service in services.SERVICES:
        api.post(service.type, {f.api: f.sample for f in service.writable})
    text = api.list().text
    for service in services.SERVICES:
        for field in service.secrets:
            if field.mask is not services.Mask.TEXT:
                assert str(field.sample) not in text, (service.type, field.api)
