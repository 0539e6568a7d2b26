# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong input of each kind for every field of every service, and what a right wish holds."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    SERVICES,
    Field,
    Kind,
    Mask,
    Service,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import Wish, read_wish
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    FIELDS,
    ROWS,
    another,
    problems_of,
    row_id,
    samples,
    wish_of,
)

Row = tuple[Service, str, Field]
SECRETS = [row for row in FIELDS if row[2].secret]
every_row = pytest.mark.parametrize(("service", "version"), ROWS, ids=row_id)
every_field = pytest.mark.parametrize(("service", "version", "field"), FIELDS, ids=row_id)
every_plain_text = pytest.mark.parametrize(
    ("service", "version", "field"),
    [row for row in FIELDS if row[2].kind is Kind.TEXT and not row[2].secret],
    ids=row_id,
)
every_secret = pytest.mark.parametrize(("service", "version", "field"), SECRETS, ids=row_id)


def fields_with(what: str) -> pytest.MarkDecorator:
    """Parametrise over the fields that have a limit of some kind."""
    return pytest.mark.parametrize(
        ("service", "version", "field"), [row for row in FIELDS if getattr(row[2], what)], ids=row_id
    )


@every_row
def test_a_whole_declaration_is_right(service: Service, version: str) -> None:
    wish = wish_of(samples(service), version)
    assert wish.service is service
    assert (wish.state, wish.update_secrets, wish.clear, wish.replaces) == ("present", "auto", (), {})
    assert wish.values == {f.option: f.sample for f in service.writable}


@every_field
@pytest.mark.parametrize("blank", [None, "", KeyError], ids=["null", "empty", "left out"])
def test_a_blank_value_counts_as_not_given(service: Service, version: str, field: Field, blank: Any) -> None:
    options = samples(service)
    if blank is KeyError:
        del options[field.option]
    else:
        options[field.option] = blank
    if version in field.required:
        told = problems_of(options, version)
        assert told.startswith(f"{field.option} is required for type {service.type}")
        assert ";" not in told.replace("; give it a value", "")
    else:
        assert field.option not in wish_of(options, version).values


@every_row
def test_only_secrets_may_be_left_out_with_on_create(service: Service, version: str) -> None:
    given = {n: v for n, v in samples(service).items() if n not in {f.option for f in service.secrets}}
    wish = wish_of({**given, "update_secrets": "on_create"}, version)
    assert not set(wish.values) & {f.option for f in service.secrets}
    needed = [f.option for f in service.fields if version in f.required and not f.secret]
    if needed:
        told = problems_of({"type": service.type, "update_secrets": "on_create"}, version)
        assert [n for n in (f.option for f in service.writable) if f"{n} is required" in told] == needed


@every_row
def test_everything_missing_is_told_at_once(service: Service, version: str) -> None:
    told = problems_of({"type": service.type}, version)
    for field in service.writable:
        assert (f"{field.option} is required" in told) == (version in field.required)


@every_row
def test_every_option_of_another_type_is_refused(service: Service, version: str) -> None:
    foreign = {n: o.field.sample for n, o in SERVICES.options.items() if service.by_option(n) is None}
    told = problems_of({**samples(service), **foreign}, version)
    for name in foreign:
        owners = ", ".join(s.type for s, unused in SERVICES.options[name].fields)
        assert f"{name} does not belong to type {service.type} but to {owners}" in told
    assert told.count("does not belong") == len(foreign)


@fields_with("choices")
def test_a_value_outside_the_choices_is_refused(service: Service, version: str, field: Field) -> None:
    for wrong in ("XX", "us", "US ", "https"):
        told = problems_of({**samples(service), field.option: wrong}, version)
        assert (
            told == f"{field.option} must be one of {', '.join(field.choices)} for type {service.type}, not {wrong!r}"
        )
    for right in field.choices:
        wish_of({**samples(service), field.option: right}, version)


@pytest.mark.parametrize("kind", ["PAGER_DUTY", "OPS_GENIE"])
def test_a_choice_of_another_service_is_none(kind: str) -> None:
    service = SERVICES.get(kind)
    assert service is not None
    assert "region must be one of US, EU" in problems_of({**samples(service), "region": "US3"})


@fields_with("form")
@pytest.mark.parametrize("wrong", ["a" * 31, "a" * 33, "g" * 32, " " + "a" * 31, "a" * 32 + "\n", "é" * 32, "٣" * 32])
def test_a_key_of_the_wrong_form_is_refused(service: Service, version: str, field: Field, wrong: str) -> None:
    told = problems_of({**samples(service), field.option: wrong}, version)
    assert told.startswith(f"{field.option} must be 32 hexadecimal digits")
    assert wrong not in told
    wish_of({**samples(service), field.option: "ABCDEF0123456789" * 2}, version)


@fields_with("url")
@pytest.mark.parametrize(
    "wrong",
    [
        "hook", "ftp://example.com/x", "https://", "https:///path", "http://[::1/x", "https://example.com:port/x",
        "https://example.com:0/x", "https://exa mple.com/x", " https://example.com/x", "https://example.com/x ",
        "https://example.com/a b", "https://example.com/x\n", "https://example.com/\x00", "mailto:a@example.com",
        "//example.com/x", "https:example.com/x", "https://@/x", "https://?x", "https://example.com:99999/x",
        "https://example.com/\u00a0x", "example.com/https://x",
    ],
)  # fmt: skip
def test_a_url_that_is_none_is_refused(service: Service, version: str, field: Field, wrong: str) -> None:
    told = problems_of({**samples(service), field.option: wrong}, version)
    assert told.startswith(f"{field.option} must be a URL")
    assert "example" not in told


@fields_with("url")
@pytest.mark.parametrize(
    "right", ["http://h", "https://example.com:8443/a?b=c#d", "HTTPS://Example.COM/x", "https://[::1]:80/", "https://bücher.example/ä"]
)  # fmt: skip
def test_a_url_is_accepted(service: Service, version: str, field: Field, right: str) -> None:
    assert wish_of({**samples(service), field.option: right}, version).values[field.option] == right


@fields_with("max_bytes")
@pytest.mark.parametrize("letter", ["a", "é", "€", "😀"])
def test_a_template_is_measured_in_bytes(service: Service, version: str, field: Field, letter: str) -> None:
    assert field.max_bytes == {"body_template": 16384, "headers_template": 4096}[field.option]
    width = len(letter.encode())
    wish_of({**samples(service), field.option: letter * (field.max_bytes // width)}, version)
    told = problems_of({**samples(service), field.option: letter * (field.max_bytes // width) + "a" * width}, version)
    assert told.startswith(f"{field.option} has ")
    assert f"{field.max_bytes} are allowed" in told
    assert letter * 9 not in told


@fields_with("max_chars")
@pytest.mark.parametrize("letter", ["a", "é", "€", "😀"])
def test_a_name_is_measured_in_characters(service: Service, version: str, field: Field, letter: str) -> None:
    wish_of({**samples(service), field.option: letter * 80}, version)
    assert problems_of({**samples(service), field.option: letter * 81}, version).startswith(
        f"{field.option} has 81 characters, and 80 are allowed"
    )


@every_secret
def test_a_mask_read_back_is_refused(service: Service, version: str, field: Field) -> None:
    masks = ["*" * stars + tail for stars in (4, 8, 28) for tail in ("", "a1b2", "12345678")]
    if field.mask is Mask.URL:
        masks += [f"https://example.com/{mask}" for mask in masks]
    for mask in masks:
        for mode in ("auto", "always", "on_create"):
            told = problems_of({**samples(service), field.option: mask, "update_secrets": mode}, version)
            assert told.startswith(f"{field.option} is a mask that was read back")
            assert "****" not in told


@every_plain_text
def test_a_mask_in_the_place_of_what_is_no_secret_is_refused(service: Service, version: str, field: Field) -> None:
    """Atlas may mask those too, and what is copied from a result must not be written back."""
    told = problems_of({**samples(service), field.option: "****1234"}, version)
    assert "****" not in told.replace("not '****1234'", "")
    assert field.choices or told.startswith(f"{field.option} is a mask that was read back")


@every_secret
def test_a_secret_with_stars_is_none(service: Service, version: str, field: Field) -> None:
    if field.form is None and not field.url:
        assert wish_of({**samples(service), field.option: "a**b"}, version).values[field.option] == "a**b"


@every_field
def test_state_absent_needs_the_type_alone(service: Service, version: str, field: Field) -> None:
    wrong = {**samples(service), field.option: "****", "clear": ["nonsense"], "replaces": {"x": "y"}, "url": "none"}
    for options in ({"type": service.type, "state": "absent"}, {**wrong, "state": "absent"}):
        assert read_wish(options, version).wish == Wish(service, "absent")


@every_field
def test_clear_takes_optional_texts_only(service: Service, version: str, field: Field) -> None:
    options = {n: v for n, v in samples(service).items() if n != field.option}
    if version not in field.required and field.kind is not Kind.FLAG:
        assert wish_of({**options, "clear": [field.option, field.option]}, version).clear == (field.option,)
        both = problems_of({**samples(service), "clear": [field.option]}, version)
        assert both == f"{field.option} is given a value and named in clear as well; keep one of the two"
    else:
        told = problems_of({**samples(service), "clear": [field.option]}, version)
        assert told.startswith(f"clear names {field.option}, but for type {service.type} ")
        assert told.count("clear") == 1


@pytest.mark.parametrize("name", ["nonsense", "apiKey", "custom_endpoint", "routing_key", "type"])
def test_clear_of_what_the_type_does_not_have(name: str) -> None:
    service = SERVICES.get("DATADOG")
    assert service is not None
    told = problems_of({**samples(service), "clear": [name]})
    assert told == f"clear names {name}, but for type DATADOG only region can be emptied; take it off the list"


@every_field
def test_replaces_takes_secrets_only(service: Service, version: str, field: Field) -> None:
    options = {**samples(service), "replaces": {field.option: another(field)}}
    if field.secret:
        assert wish_of(options, version).replaces == {field.option: another(field)}
    else:
        told = problems_of(options, version)
        assert told.startswith(f"replaces names {field.option}, but for type {service.type} it takes ")
        assert told.endswith(" only")


@every_secret
def test_replaces_needs_the_new_value_and_no_mask(service: Service, version: str, field: Field) -> None:
    options = samples(service)
    del options[field.option]
    told = problems_of({**options, "replaces": {field.option: another(field)}}, version)
    assert told.startswith(f"{field.option} is missing: replaces names its old value")
    for mask in ["****", "*" * 28 + "a1b2"] + (["https://example.com/****2101"] if field.url else []):
        told = problems_of({**samples(service), "replaces": {field.option: mask}}, version)
        assert told.startswith(f"replaces.{field.option} is a mask")
        assert "****" not in told


@every_secret
def test_a_rotation_needs_nothing_but_its_secrets(service: Service, version: str, field: Field) -> None:
    wish = wish_of(
        {"type": service.type, field.option: field.sample, "replaces": {field.option: another(field)}}, version
    )
    assert wish.values == {field.option: field.sample}


@pytest.mark.parametrize(
    ("replaces", "words"),
    [
        ("text", "must be a dictionary"),
        (["api_key"], "must be a dictionary"),
        ({"nonsense": "x"}, "takes api_key only"),
    ],
)
def test_replaces_of_the_wrong_shape(replaces: Any, words: str) -> None:
    service = SERVICES.get("OPS_GENIE")
    assert service is not None
    assert words in problems_of({**samples(service), "replaces": replaces})


@pytest.mark.parametrize("blank", [None, {}], ids=str)
def test_blank_replaces_count_as_not_given(blank: Any) -> None:
    service = SERVICES.get("OPS_GENIE")
    assert service is not None
    assert wish_of({**samples(service), "replaces": blank}).replaces == {}


def test_replaces_and_on_create_contradict_each_other() -> None:
    service = SERVICES.get("OPS_GENIE")
    assert service is not None
    options = {**samples(service), "replaces": {"api_key": "x"}, "update_secrets": "on_create"}
    assert "replaces rotates secrets and update_secrets=on_create leaves them alone" in problems_of(options)


@pytest.mark.parametrize("missing", [{}, {"type": None}, {"type": ""}], ids=str)
def test_the_type_is_missing(missing: dict[str, Any]) -> None:
    told = problems_of(missing)
    assert told.startswith("type is missing")
    assert "DATADOG" in told


@pytest.mark.parametrize(
    ("kind", "version"),
    [("FLOWDOCK", "v2"), ("HIP_CHAT", "v1.0"), ("S3_LOG_EXPORT", "v2"), ("nope", "v2"), (["DATADOG"], "v2"), (5, "v2")],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_type_that_the_version_does_not_know(kind: Any, version: str, state: str) -> None:
    reading = read_wish({"type": kind, "state": state, "api_key": "x"}, version)
    assert reading.wish is None
    assert len(reading.problems) == 1
    assert str(kind) in reading.problems[0] or kind == ["DATADOG"]


@every_row
@pytest.mark.parametrize("state", ["present", "absent"])
def test_deprecated_services_are_accepted_with_a_note(service: Service, version: str, state: str) -> None:
    reading = read_wish({**samples(service), "state": state}, version)
    assert reading.wish is not None
    assert bool(reading.deprecations) == (service.type in ("FLOWDOCK", "NEW_RELIC"))
    assert all(note.startswith(f"type {service.type}: ") for note in reading.deprecations)


@pytest.mark.parametrize("given", [{"text": "${x}", "n": [1, None]}, ["a"]], ids=str)
def test_a_template_may_be_a_dictionary(given: Any) -> None:
    service = SERVICES.get("WEBHOOK")
    assert service is not None
    value = wish_of({**samples(service), "body_template": given}).values["body_template"]
    assert value in ('{"text": "${x}", "n": [1, null]}', '["a"]')


def test_everything_wrong_is_told_in_one_go_and_no_secret_with_it() -> None:
    secret = "not-hexadecimal-at-all"
    told = problems_of(
        {
            "type": "DATADOG", "api_key": secret, "region": "MARS", "url": "https://secret.example/path",
            "clear": ["api_key"], "replaces": {"region": "US", "api_key": "*" * 12},
        }
    )  # fmt: skip
    parts = [
        "api_key must be 32", "region must be one of", "url does not belong", "clear names", "replaces names region",
        "replaces.api_key is a mask",
    ]  # fmt: skip
    assert [part for part in parts if part not in told] == []
    assert secret not in told
    assert "secret.example" not in told


@every_row
def test_a_wish_prints_no_value(service: Service, version: str) -> None:
    wish = wish_of({**samples(service), "replaces": {f.option: another(f) for f in service.secrets}}, version)
    for field in service.secrets:
        text = repr(Wish(**{**vars(wish), "service": service.type}))
        assert str(field.sample) not in text
        assert str(another(field)) not in text


@pytest.mark.parametrize("blank", ["", None])
def test_a_blank_old_secret_never_turns_a_rotation_into_an_update(blank: Any) -> None:
    options = {"type": "OPS_GENIE", "api_key": "k" * 36, "replaces": {"api_key": blank}}
    assert any("replaces.api_key has no value" in problem for problem in read_wish(options, "v2").problems)


@pytest.mark.parametrize(
    ("wrong", "right"), [("datadog", "DATADOG"), ("PAGERDUTY", "PAGER_DUTY"), ("OpsGenie", "OPS_GENIE"), ("BELLS", "")]
)
def test_a_type_that_is_nearly_right_is_suggested(wrong: str, right: str) -> None:
    (told,) = read_wish({"type": wrong}, "v2").problems
    assert (f"did you mean {right}? Else use one of" in told) if right else ("unknown; use one of" in told)
