# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions, their messages and the advice in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils import _errors as errors
from ansible_collections.atlasops.integrations.plugins.module_utils._version import USER_AGENT, VERSION

KEY = errors.Login()
KINDS = [
    errors.Login(kind, source)
    for kind in ("key_pair", "service_account", "token")
    for source in ("task", "environment")
]


def refused(status: int, code: str, detail: str = "Example detail.", login: errors.Login = KEY, parameters: tuple = ()):
    fault = errors.Fault(code, detail, "Example", parameters)
    return errors.refusal("Trying it", status, fault, login=login, method="GET", url="https://atlas.example.com/x")


def test_version_is_that_of_the_collection() -> None:
    galaxy = Path(__file__).resolve().parents[4] / "galaxy.yml"
    if not galaxy.is_file():
        pytest.skip("this tree has no galaxy.yml")
    assert f"\nversion: {VERSION}\n" in galaxy.read_text(encoding="utf-8").replace('"', "").replace("'", "")
    assert f"atlasops.integrations/{VERSION} (ansible)" == USER_AGENT


def test_option_error_tells_every_problem() -> None:
    exc = errors.OptionError(["api_key is missing", "url is none"])
    assert exc.problems == ("api_key is missing", "url is none")
    assert exc.message == str(exc) == "api_key is missing; url is none"


def test_error_has_seven_keys() -> None:
    exc = refused(404, "GROUP_NOT_FOUND", parameters=("x", 1))
    assert exc.as_dict() == {
        "status": 404, "code": "GROUP_NOT_FOUND", "detail": "Example detail.", "reason": "Example",
        "parameters": ["x", 1], "method": "GET", "url": "https://atlas.example.com/x",
    }  # fmt: skip
    assert set(errors.ApiError("x").as_dict()) == set(exc.as_dict())


@pytest.mark.parametrize(
    "status, code, kind",
    [
        (404, "INTEGRATION_NOT_CONFIGURED", errors.NotConfigured),
        (404, "GROUP_NOT_FOUND", errors.ApiError),
        (404, "INVALID_GROUP_ID", errors.ApiError),
        (400, "INTEGRATION_NOT_CONFIGURED", errors.ApiError),
        (409, "INTEGRATION_ALREADY_CONFIGURED", errors.AlreadyConfigured),
        (409, "MULTIPLE_GROUPS", errors.ApiError),
    ],
)
def test_only_two_codes_have_a_kind_of_their_own(status: int, code: str, kind: type) -> None:
    assert refused(status, code).__class__ is kind


@pytest.mark.parametrize(
    "status, code, words",
    [
        (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", "which is not the IP access list of the project"),
        (403, "access_denied", "limit of live tokens (100)"),
        (401, "NOT_IN_GROUP", "check project_id"),
        (409, "MULTIPLE_GROUPS", "set org_id"),
        (400, "WEBHOOK_NOTIFICATIONS_PRESENT", "alert configurations"),
        (400, "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED", "Atlas user interface"),
        (402, "ACCOUNT_SUSPENDED", "unpaid"),
        (410, "VERSION_GONE", "api_version"),
        (406, "UNEXPECTED_ERROR", "api_version"),
        (500, "UNEXPECTED_ERROR", "try again later"),
        (403, "FEATURE_UNSUPPORTED", "plan"),
    ],
)
def test_advice_by_code(status: int, code: str, words: str) -> None:
    assert words in refused(status, code).message


def test_unknown_code_shows_code_and_detail() -> None:
    assert refused(400, "BRAND_NEW").message == "Trying it failed: HTTP 400 BRAND_NEW: Example detail"


def test_wrong_credentials_name_their_options_or_variables() -> None:
    messages = [refused(401, "UNEXPECTED_ERROR", login=login).message for login in KINDS]
    for words, message in zip(
        (
            "public_key and private_key", "MONGODB_ATLAS_PUBLIC_API_KEY and", "client_id and client_secret",
            "MONGODB_ATLAS_CLIENT_ID and", "access_token is wrong", "MONGODB_ATLAS_ACCESS_TOKEN is wrong",
        ),
        messages,
    ):  # fmt: skip
        assert words in message
    assert "service account" in refused(401, "UNEXPECTED_ERROR", login=errors.Login(swapped=True)).message


def test_all_advice_can_be_filled_in() -> None:
    for code in errors.ADVICE:
        for login in KINDS:
            text = errors.advice(400, code, login)
            assert text and "{" not in text and not text.endswith("."), code


def test_settings_errors_show_what_parameters_add() -> None:
    message = refused(
        400, "INVALID_INTEGRATION_SETTINGS", "Invalid.", parameters=("DATADOG", "apiKey is bad", 3)
    ).message
    assert "(DATADOG, apiKey is bad)" in message


def test_long_and_wild_texts_become_one_short_line() -> None:
    assert errors.tidy("  a\n\tb\x00\x1b[31mc\x9b ") == "a b [31mc"
    assert len(errors.tidy("x" * 10**6)) == errors.MAX_DETAIL
    assert errors.tidy("x" + " " * 10**4 + "y") == "x..."
    assert "\n" not in refused(400, "X", "two\nlines").message
