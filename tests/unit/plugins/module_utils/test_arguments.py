# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AtlasModule and run_module as a module uses them: one JSON document out, whatever comes in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as core_warnings

from ansible_collections.atlasops.integrations.plugins.module_utils import _argspec, _arguments
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import ApiError, AtlasOpsError
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import MASK, STARS
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import connection_problems

KEY = "0123456789abcdef0123456789abcdef"
PAIR = {"public_key": "public-1", "private_key": "private-secret-1"}
SPEC = {
    **_argspec.integration_spec(),
    "integrations": {"type": "list", "elements": "dict", "options": _argspec.wish_options(defaults=False)},
}
# From 2.21 on the controller has to ask for invocation, and older cores do not know the question.
ASKS_FOR_INVOCATION = "_ansible_inject_invocation" in Path(basic.__file__).read_text("utf-8")


@pytest.fixture(name="module")
def fixture_module(monkeypatch, capsys):
    """Return a function that runs a module as a process would, and returns what it prints and its exit status."""
    for name in list(_arguments.os.environ):
        if name.startswith("MONGODB_ATLAS_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(_arguments, "HAS_REQUESTS", True)
    monkeypatch.setattr(sys, "argv", ["module"])
    for store in ("_global_warnings", "_global_deprecations"):
        value = getattr(core_warnings, store)
        monkeypatch.setattr(core_warnings, store, type(value)())

    def call(
        params, run=lambda *a, **k: {"changed": False}, checks=None, spec=None, env=None, unknown=None, **internal
    ):
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        internals = {f"_ansible_{name}": value for name, value in internal.items()}
        if ASKS_FOR_INVOCATION:
            internals["_ansible_inject_invocation"] = True
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**params, **internals}}).encode()
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", arguments)
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        with pytest.raises(SystemExit) as ended:
            _arguments.run_module(spec or SPEC, run, checks=checks, unknown=unknown)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return json.loads(out), ended.value.code, out

    return call


def test_success(module):
    seen = {}

    def run(options, env, check_mode, *, diff_mode):
        seen.update(options=options, env=env, check_mode=check_mode, diff_mode=diff_mode)
        return {"changed": True, "api_calls": 1, "integration": None}

    given = {**PAIR, "type": "SLACK", "timeout": "", "user_name": "x", "update_secrets": True}
    result, status, unused = module(given, run, env={"SOME": "thing"}, check_mode=True, diff=True)
    assert (status, result["changed"], result["api_calls"], result["integration"]) == (0, True, 1, None)
    assert seen["check_mode"] is True and seen["diff_mode"] is True and seen["env"]["SOME"] == "thing"
    assert seen["options"]["timeout"] == 30.0
    assert seen["options"]["username"] == "x"
    assert seen["options"]["update_secrets"] == "always"
    assert result["invocation"]["module_args"]["private_key"] == MASK
    assert result["invocation"]["module_args"]["public_key"] == "public-1"


def test_everything_wrong_in_one_message(module):
    given = {
        "type": "HIP_CHAT",
        "api_kee": KEY,
        "region": "XX",
        "enabled": "maybe",
        "timeout": "x",
        "private_key": "s3cr",
    }

    def checks(options):
        assert options["type"] == "HIP_CHAT"
        return ["type HIP_CHAT is not managed here", *connection_problems(options, {})]

    result, status, out = module(given, checks=checks)
    assert status == 1 and result["failed"] is True
    for word in (
        "type HIP_CHAT is not",
        "api_kee (did you mean api_key?)",
        "region must",
        "enabled must",
        "timeout must",
    ):
        assert word in result["msg"]
    assert "public_key" in result["msg"]
    assert KEY not in out and "s3cr" not in out
    assert result["invocation"]["module_args"]["api_kee"] == MASK
    assert "_ansible" not in result["msg"]


def test_checks_alone_fail_too_and_run_is_not_reached(module):
    def run(*unused, **unused_too):
        raise AssertionError

    result, status, unused = module({"type": "SLACK"}, run, checks=lambda options: ["one", "two"])
    assert (status, result["msg"]) == (1, "one; two")
    assert result["invocation"]["module_args"]["type"] == "SLACK"


def test_secrets_show_nowhere(module):
    given = {
        "type": "WEBHOOK",
        "apiPassword": "first-secret-1",
        "private_key": "private-secret-1",
        "public_key": "public-1",
        "secret": "tiny",
        "url": "https://example.com/x/secret-path",
        "headers_template": {"Authorization": "Bearer inner-secret"},
        "replaces": {"secret": "old-secret-1"},
        "integrations": [{"type": "SLACK", "api_token": "nested-secret", "replaces": {"api_token": "older-secret"}}],
    }
    secrets = [
        "first-secret-1", "private-secret-1", "tiny", "x/secret-path", "inner-secret", "old-secret-1", "nested-secret",
        "older-secret", "environment-secret",
    ]  # fmt: skip
    echo = " ".join(["https://example.com/x/secret-path", "Bearer inner-secret", *secrets])

    def run(*unused, **unused_too):
        return {
            "failed": True,
            "msg": echo,
            "error": {"detail": echo, "parameters": [echo]},
            "projects": [{"error": {"detail": echo}}],
            "warnings": [echo],
            "deprecations": [{"msg": echo, "version": None, "collection_name": "atlasops.integrations"}],
        }

    result, status, out = module(given, run, env={"MONGODB_ATLAS_CLIENT_SECRET": "environment-secret"}, verbosity=5)
    assert status == 1
    assert [s for s in secrets if s in out] == []
    assert "warnings" in result and "deprecations" in result


def test_long_secrets_are_replaced_in_the_whole_result(module):
    def run(*unused, **unused_too):
        return {
            "changed": False,
            "a": {"b": ["x private-secret-1 x", "live-token-1"]},
            "live_secrets": ["live-token-1"],
        }

    result, unused, out = module({**PAIR, "type": "SLACK"}, run, env={"MONGODB_ATLAS_ACCESS_TOKEN": "env-token-1"})
    assert "private-secret-1" not in out and "live-token-1" not in out
    assert "live_secrets" not in result and STARS in result["a"]["b"][0]


def test_short_secrets_spoil_nothing(module):
    def run(*unused, **unused_too):
        return {"changed": False, "api_calls": 1, "status": "STATUS of US", "error": {"status": 111}}

    given = {**PAIR, "type": "SLACK", "api_token": "US", "password": "1", "secret": "STATUS"}
    result, unused, unused_too = module(given, run)
    assert (result["api_calls"], result["status"]) == (1, "STATUS of US")
    assert result["error"] == {"status": 111}
    assert result["invocation"]["module_args"]["api_token"] == MASK
    assert result["invocation"]["module_args"]["type"] == "SLACK"


def test_absent_ignores_wrong_options_and_still_masks_them(module):
    given = {**PAIR, "type": "PROMETHEUS", "state": "absent", "enabled": "maybe", "password": "ignored-secret"}

    def run(options, *unused, **unused_too):
        return {"changed": False, "enabled": options["enabled"], "echo": "x ignored-secret"}

    result, status, out = module(given, run)
    assert (status, result["enabled"]) == (0, None)
    assert "ignored-secret" not in out
    assert result["invocation"]["module_args"]["password"] == MASK
    assert result["invocation"]["module_args"]["enabled"] == "maybe"


@pytest.mark.parametrize(
    "name", ["project_name", "routing_key", "api_key", "body_template", "replaces", "un\udcffknown"]
)
def test_bytes_that_are_no_text_are_refused_by_name(module, name):
    value = {"api_key": "no\udcfftext"} if name == "replaces" else "no\udcfftext"
    result, status, unused = module({"type": "SLACK", name: value})
    assert status == 1
    assert f"{name} holds bytes or characters that are no valid UTF-8".replace("\udcff", "\ufffd") in result["msg"]


def test_bytes_that_are_no_text_in_the_environment(module):
    env = {"MONGODB_ATLAS_PUBLIC_API_KEY": "public-1", "MONGODB_ATLAS_PRIVATE_API_KEY": "pri\udcffvate-secret"}
    result, status, out = module({"type": "SLACK"}, checks=lambda options: connection_problems(options, env), env=env)
    assert status == 1 and "MONGODB_ATLAS_PRIVATE_API_KEY" in result["msg"] and "vate-secret" not in out


def test_a_failure_has_every_key_even_where_nothing_is_known(module):
    unknown = {"changed": False, "integration": None, "error": None}
    for given in ({"type": "NONE"}, {"type": "SLACK"}):
        result, status, unused = module(given, lambda *a, **k: 1 / 0, unknown=unknown)
        assert status == 1 and {name: result[name] for name in unknown} == unknown


def test_expected_failures_become_messages(module):
    def fail(exc):
        def run(*unused, **unused_too):
            raise exc

        return run

    result, status, unused = module({"type": "SLACK"}, fail(AtlasOpsError("plain")))
    assert (status, result["msg"]) == (1, "plain")
    error = ApiError("no", status=403, code="NO", method="GET", url="https://example.com")
    result, status, unused = module({"type": "SLACK"}, fail(error))
    assert (status, result["msg"], result["error"]["code"]) == (1, "no", "NO")


def test_a_mistake_of_ours_is_reported_without_values(module):
    def run(options, *unused, **unused_too):
        raise KeyError(options["private_key"])

    result, status, out = module({**PAIR, "type": "SLACK"}, run, verbosity=5, debug=True)
    assert status == 1
    assert "internal error" in result["msg"] and "KeyError" in result["msg"] and "test_arguments.py" in result["msg"]
    assert "report" in result["msg"]
    assert "private-secret-1" not in out and "exception" not in result

    def checks(options):
        raise IndexError(options["private_key"])

    result, status, out = module({**PAIR, "type": "SLACK"}, checks=checks)
    assert "internal error" in result["msg"] and "private-secret-1" not in out


def test_a_message_is_given_even_where_run_forgot_it(module):
    result, status, unused = module({"type": "SLACK"}, lambda *a, **k: {"failed": True, "action": "none"})
    assert (status, result["msg"], result["action"]) == (1, "failed", "none")
    result, status, unused = module({"type": "SLACK"}, lambda *a, **k: {"failed": False, "msg": "kept"})
    assert (status, result["msg"]) == (0, "kept")
    assert not result.get("failed")


def test_missing_requests(module, monkeypatch):
    monkeypatch.setattr(_arguments, "HAS_REQUESTS", False)
    result, status, unused = module({"type": "SLACK"})
    assert status == 1 and "requests" in result["msg"] and "exception" not in result
    result, status, unused = module({"type": "SLACK", "region": "XX"})
    assert "region must be" in result["msg"] and "requests" not in result["msg"]


def test_what_is_logged_is_masked(module, monkeypatch):
    logged = []
    monkeypatch.setattr(_arguments.AtlasModule, "log", lambda self, msg, log_args=None: logged.append((msg, log_args)))
    module({**PAIR, "type": "SLACK", "integrations": [{"type": "SLACK", "api_token": "abc"}]})
    assert "type=SLACK" in logged[0][0]
    assert "abc" not in str(logged) and "private-secret-1" not in str(logged)


@pytest.mark.parametrize(
    "value", ["text", 5, ["x"], [["x"]], [{"type": ["x"]}], {"a": 1}, [{"replaces": 5}], [{"clear": {}}]]
)
@pytest.mark.parametrize(
    "name", ["integrations", "type", "replaces", "clear", "body_template", "timeout", "update_secrets"]
)
def test_no_traceback_for_any_shape_of_input(module, name, value):
    result, status, unused = module({"type": "SLACK", name: value})
    assert status in (0, 1)
    assert "internal error" not in result.get("msg", "")


def test_what_a_failure_is_made_of_stays_readable(module):
    """Templates and passwords may hold the very words of which a result is made."""
    error = ApiError("Creating the WEBHOOK failed: no", status=400, detail="status and WEBHOOK and something else")

    def run(*args, **kwargs):
        return {"failed": True, "msg": error.message, "error": error.as_dict(), "type": "PROMETHEUS"}

    template = {"event": "status", "text": "detail", "x": "WEBHOOK", "more": "something else"}
    params = {**PAIR, "type": "WEBHOOK", "body_template": template, "secret": "reason", "password": "PROMETHEUS"}
    result = module(params, run)[0]
    assert set(result["error"]) == set(error.as_dict()) and result["type"] == "PROMETHEUS"
    assert (result["msg"], result["error"]["detail"]) == (error.message, f"status and WEBHOOK and {STARS}")


@pytest.mark.parametrize("name", ["timeout", "rate_limit_retry_timeout"])
def test_numbers_beyond_all_measure(module, name):
    result = module({**PAIR, "type": "DATADOG", name: 10**400}, checks=lambda o: connection_problems(o, {}))[0]
    assert result["msg"] == f"{name} must be a number of seconds, {'more than 0' if name == 'timeout' else '0 or more'}"


def test_templates_given_as_dictionaries_keep_their_characters(module):
    seen = {}
    module({**PAIR, "type": "WEBHOOK", "body_template": {"text": "日本"}}, lambda o, *a, **k: seen.update(o) or {})
    assert seen["body_template"] == '{"text": "日本"}'
