# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Atlas refuses in the body of a write. Everything derives from the table of services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn, Optional

from . import masks
from .answers import Refusal
from .switches import Switches


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Refusal."""
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refusal(400, "MALFORMED_JSON", "Received JSON is malformed.") from None
    if not isinstance(data, dict):
        raise Refusal(400, "INVALID_JSON", "Received JSON is no object.")
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class BodyCheck:
    """The checks of one write.

    service: its entry in the table. version: the API version. current: the values held now, None
    for a create. replacing: True where what is left out is lost, so that it must be complete.
    """

    def __init__(
        self, service: Any, version: str, current: Optional[Mapping[str, Any]], replacing: bool, switches: Switches
    ) -> None:
        self._service = service
        self._version = version
        self._current = current
        self._replacing = replacing
        self._switches = switches

    def run(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values to store. Raises Refusal for the first thing that is wrong."""
        self._type(body)
        sent: dict[str, Any] = {}
        for name, value in body.items():
            if name in ("id", "type"):
                continue
            field = self._service.by_api(name)
            if field is None:
                raise Refusal(400, "INVALID_ATTRIBUTE", f"Invalid attribute {name} specified.", [name])
            if field.answer_only:
                if self._switches.custom_endpoint_echo == "refused":
                    raise Refusal(400, "INVALID_ATTRIBUTE", f"Invalid attribute {name} specified.", [name])
                continue
            sent[name] = self._value(field, value)
        return self._complete(sent)

    def _type(self, body: Mapping[str, Any]) -> None:
        kind = body.get("type")
        if kind is None:
            raise Refusal(400, "MISSING_ATTRIBUTE", "The required attribute type was not specified.", ["type"])
        if kind != self._service.type:
            detail = f"The type in the body must be {self._service.type}, the type in the path."
            raise Refusal(400, "INVALID_ATTRIBUTE", detail, ["type"])
        ident = body.get("id")
        if ident is not None and not isinstance(ident, str):
            self._wrong_json("id")

    def _value(self, field: Any, value: Any) -> Any:
        """Return one value that was sent; None for null and for an empty text."""
        if value is None:
            return None
        if field.kind.value == "bool":
            if not isinstance(value, bool):
                self._wrong_json(field.api)
            return value
        if not isinstance(value, str):
            self._wrong_json(field.api)
        if value == "":
            return None
        if field.secret:
            value = self._secret(field, value)
        if field.choices and value not in field.choices:
            code = self._switches.choice_code
            detail = f"An invalid enumeration value was specified for {field.api}."
            raise Refusal(400, code, detail, [field.api] if code == "INVALID_ENUM_VALUE" else [])
        self._limits(field, value)
        return value

    def _secret(self, field: Any, value: str) -> str:
        current = (self._current or {}).get(field.api)
        echo = masks.is_echo(self._service.type, field, value, current, self._switches)
        if echo and self._switches.mask_echo == "refused":
            raise Refusal(400, "INTEGRATION_FIELDS_INVALID", "At least one integration field is invalid.", [])
        if echo and self._switches.mask_echo == "ignored" and isinstance(current, str):
            return current
        return value

    def _limits(self, field: Any, value: str) -> None:
        if field.form is not None and not field.form.fits(value):
            self._wrong_key(field)
        if field.url and masks.split_url(value) is None:
            self._invalid(field, "must be an absolute http or https URL")
        if field.max_chars and len(value) > field.max_chars:
            self._invalid(field, f"must have at most {field.max_chars} characters")
        if field.max_bytes and len(value.encode("utf-8")) > field.max_bytes:
            self._invalid(field, f"must have at most {field.max_bytes} bytes")

    def _wrong_key(self, field: Any) -> NoReturn:
        kind = self._service.type
        if self._switches.key_code == "named" and kind in ("DATADOG", "PAGER_DUTY"):
            code = "INVALID_DATADOG_API_KEY" if kind == "DATADOG" else "INVALID_PAGER_DUTY_SERVICE_KEY"
            raise Refusal(400, code, f"The {field.api} specified is invalid.", [])
        if kind == "PAGER_DUTY":
            raise Refusal(400, "INTEGRATION_FIELDS_INVALID", "At least one integration field is invalid.", [])
        why = f"{field.api} must be a hexadecimal string"
        detail = f"The settings of integration {kind} are invalid: {why}."
        raise Refusal(400, "INVALID_INTEGRATION_SETTINGS", detail, [kind, why])

    def _invalid(self, field: Any, why: str) -> NoReturn:
        detail = f"Validation failed: {field.api} {why}."
        raise Refusal(400, "VALIDATION_ERROR", detail, [field.api], fields=[(field.api, why)])

    def _wrong_json(self, name: str) -> NoReturn:
        detail = f"Received JSON for the {name} attribute does not match expected format."
        raise Refusal(400, "INVALID_JSON_ATTRIBUTE", detail, [name])

    def _complete(self, sent: dict[str, Any]) -> dict[str, Any]:
        current = dict(self._current or {})
        if self._current is None or self._replacing:
            # What no answer ever shows cannot be sent back, and leaving it out was seen not to fail.
            kept = {
                f.api: current[f.api]
                for f in self._service.secrets
                if f.mask.value == "hidden" and current.get(f.api) is not None
            }
            values = {**kept, **sent}
        else:
            values = {**current, **sent}
        for field in self._service.writable:
            if self._version in field.required and values.get(field.api) is None:
                detail = f"The required attribute {field.api} was not specified."
                raise Refusal(400, "MISSING_ATTRIBUTE", detail, [field.api])
        return {name: value for name, value in values.items() if value is not None}
