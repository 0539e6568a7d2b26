# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options and environment to a connection and a project: one message, before any request, without values."""

from __future__ import annotations

import pytest

from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._options import (
    CONNECTION_SETTINGS,
    PROJECT_SETTINGS,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._settings import (
    ProjectRef,
    connection_problems,
    is_loopback,
    project_problems,
    resolve_api_version,
    resolve_connection,
    resolve_project,
)

PAIR = {"public_key": "public-1", "private_key": "private-1"}
ACCOUNT = {"client_id": "client-1", "client_secret": "secret-1"}
TOKEN = {"access_token": "token-1"}
ENV_PAIR = {"MONGODB_ATLAS_PUBLIC_API_KEY": "env-public", "MONGODB_ATLAS_PRIVATE_API_KEY": "env-private"}
ENV_ACCOUNT = {"MONGODB_ATLAS_CLIENT_ID": "env-client", "MONGODB_ATLAS_CLIENT_SECRET": "env-secret"}
ENV_TOKEN = {"MONGODB_ATLAS_ACCESS_TOKEN": "env-token"}
ID = "0123456789abcdef01234567"


def credentials(options, env=None, **more):
    """Return (kind, identifier, secret, source) of what is resolved."""
    found = resolve_connection(options, env or {}, **more).connection.credentials
    return found.kind, found.identifier, found.secret, found.source


def one_problem(options, env=None, **more):
    """Return the only problem."""
    problems = connection_problems(options, env or {}, **more)
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("options", "env", "expected"),
    [
        (PAIR, {}, ("key_pair", "public-1", "private-1", "task")),
        (ACCOUNT, {}, ("service_account", "client-1", "secret-1", "task")),
        (TOKEN, {}, ("token", "", "token-1", "task")),
        ({}, ENV_PAIR, ("key_pair", "env-public", "env-private", "environment")),
        ({}, ENV_ACCOUNT, ("service_account", "env-client", "env-secret", "environment")),
        ({}, ENV_TOKEN, ("token", "", "env-token", "environment")),
        (PAIR, {**ENV_TOKEN, **ENV_ACCOUNT}, ("key_pair", "public-1", "private-1", "task")),
        ({"apiUsername": "a", "api_password": "b"}, {}, ("key_pair", "a", "b", "task")),
        ({"api_username": "a", "apiPassword": "b"}, {}, ("key_pair", "a", "b", "task")),
        ({"service_account_id": "a", "service_account_secret": "b"}, {}, ("service_account", "a", "b", "task")),
    ],
)
def test_credentials_of_each_kind_from_each_source(options, env, expected):
    assert credentials(options, env) == expected


@pytest.mark.parametrize("empty", ["", None])
def test_empty_is_never_a_value(empty):
    blanks = {name: empty for s in CONNECTION_SETTINGS for name in (s.name, *s.aliases)}
    connection = resolve_connection({**blanks, "api_username": "a", "apiPassword": "b"}, {}).connection
    assert (connection.credentials.identifier, connection.credentials.secret) == ("a", "b")
    assert (connection.base_url, connection.api_version) == ("https://cloud.mongodb.com", "v2")
    assert (connection.validate_certs, connection.use_proxy, connection.ca_path) == (True, True, None)
    assert (connection.timeout, connection.rate_limit_retry_timeout) == (30.0, 120.0)


def test_an_empty_variable_is_no_value_and_the_next_one_counts():
    env = {
        "MONGODB_ATLAS_PUBLIC_API_KEY": "",
        "MONGODB_ATLAS_PUBLIC_KEY": "second",
        "MONGODB_ATLAS_PRIVATE_API_KEY": "",
        "MONGODB_ATLAS_PRIVATE_KEY": "other",
        "MONGODB_ATLAS_CLIENT_ID": "",
        "MONGODB_ATLAS_ACCESS_TOKEN": "",
        "MONGODB_ATLAS_BASE_URL": "",
        "MONGODB_ATLAS_API_VERSION": "",
    }
    found = resolve_connection({}, env)
    assert (found.connection.credentials.identifier, found.connection.credentials.secret) == ("second", "other")
    assert found.warnings == ()


def test_the_first_variable_wins():
    env = {**ENV_PAIR, "MONGODB_ATLAS_PUBLIC_KEY": "late", "MONGODB_ATLAS_PRIVATE_KEY": "late"}
    assert credentials({}, env)[1:3] == ("env-public", "env-private")


@pytest.mark.parametrize(
    ("options", "env", "named"),
    [
        ({"public_key": "x"}, {}, ["public_key", "private_key", "MONGODB_ATLAS_PRIVATE_API_KEY"]),
        ({"private_key": "x"}, {}, ["public_key", "private_key", "MONGODB_ATLAS_PUBLIC_API_KEY"]),
        ({"client_id": "x"}, {}, ["client_id", "client_secret", "MONGODB_ATLAS_CLIENT_SECRET"]),
        ({"client_secret": "x", "client_id": ""}, {}, ["client_id", "client_secret", "MONGODB_ATLAS_CLIENT_ID"]),
        ({}, {"MONGODB_ATLAS_PUBLIC_KEY": "x"}, ["public_key", "private_key", "MONGODB_ATLAS_PRIVATE_API_KEY"]),
        ({}, {"MONGODB_ATLAS_CLIENT_SECRET": "x"}, ["client_id", "client_secret", "MONGODB_ATLAS_CLIENT_ID"]),
    ],
)
def test_half_a_pair_names_options_and_variables(options, env, named):
    problem = one_problem(options, env)
    assert all(name in problem for name in named)


def test_half_a_pair_is_never_completed_from_the_other_source():
    assert "private_key" in one_problem({"public_key": "x"}, ENV_PAIR)
    assert "client_id" in one_problem({"client_secret": "x"}, {**ENV_ACCOUNT, **ENV_PAIR})


def test_no_credentials_names_every_option_and_variable():
    problem = one_problem({})
    for name in ("public_key", "private_key", "client_id", "client_secret", "access_token"):
        assert name in problem
    for variable in (*ENV_PAIR, *ENV_ACCOUNT, *ENV_TOKEN):
        assert variable in problem


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({**PAIR, **TOKEN}, ["access_token", "public_key", "private_key"]),
        ({**ACCOUNT, **TOKEN}, ["access_token", "client_id", "client_secret"]),
        ({**PAIR, **ACCOUNT}, ["public_key", "client_id"]),
        ({"public_key": "x", **TOKEN}, ["public_key", "access_token"]),
    ],
)
def test_two_kinds_in_the_task_name_both_and_module_defaults(options, named):
    problem = one_problem(options)
    assert all(name in problem for name in (*named, "module_defaults"))


def test_an_empty_text_in_the_task_undoes_module_defaults():
    assert credentials({**PAIR, "access_token": ""})[0] == "key_pair"


@pytest.mark.parametrize(
    ("env", "kind"),
    [
        ({**ENV_TOKEN, **ENV_ACCOUNT, **ENV_PAIR}, "token"),
        ({**ENV_ACCOUNT, **ENV_PAIR}, "service_account"),
        ({**ENV_TOKEN, **ENV_PAIR}, "token"),
        ({**ENV_TOKEN, "MONGODB_ATLAS_PUBLIC_KEY": "half"}, "token"),
    ],
)
def test_two_kinds_in_the_environment_are_ranked_with_a_warning(env, kind):
    found = resolve_connection({}, env)
    assert found.connection.credentials.kind == kind
    assert len(found.warnings) == 1
    assert all(variable in found.warnings[0] for variable in env)
    assert not any(value in found.warnings[0] for value in env.values())


def test_no_warning_where_the_task_decides():
    assert resolve_connection(PAIR, {**ENV_TOKEN, **ENV_ACCOUNT}).warnings == ()


def test_a_token_to_revoke_goes_with_its_account():
    assert credentials({**TOKEN, **ACCOUNT}, token_with_account=True)[0] == "service_account"
    assert credentials(TOKEN, {**ENV_ACCOUNT, **ENV_TOKEN}, token_with_account=True)[0] == "service_account"
    problem = one_problem(TOKEN, ENV_TOKEN, token_with_account=True)
    assert "client_id" in problem and "access_token" not in problem


@pytest.mark.parametrize("value", ["x y", "ab\n", "\tab", "kéy", "ab\x00", "a\udce9"])
def test_a_credential_with_impossible_characters(value):
    problem = one_problem({"access_token": value})
    assert "access_token" in problem and value not in problem
    assert "MONGODB_ATLAS_ACCESS_TOKEN" in one_problem({}, {"MONGODB_ATLAS_ACCESS_TOKEN": value})


def test_a_service_account_given_as_a_key_pair_gets_a_hint():
    problems = connection_problems({"public_key": "mdb_sa_id_1", "private_key": "mdb_sa_sk_1"}, {})
    assert len(problems) == 2
    assert all("client_id" in p and "client_secret" in p and "mdb_sa_id_1" not in p for p in problems)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://cloud.mongodbgov.com", "https://cloud.mongodbgov.com"),
        ("https://cloud.mongodb.com/", "https://cloud.mongodb.com"),
        ("https://cloud.mongodb.com///", "https://cloud.mongodb.com"),
        ("https://cloud.mongodb.com/api/atlas", "https://cloud.mongodb.com"),
        ("https://cloud.mongodb.com/api/atlas/v2", "https://cloud.mongodb.com"),
        ("https://cloud.mongodb.com/api/atlas/v2/", "https://cloud.mongodb.com"),
        ("https://proxy.example.com:8443/mongodb/api/atlas/v2", "https://proxy.example.com:8443/mongodb"),
        ("https://proxy.example.com/api/atlasts", "https://proxy.example.com/api/atlasts"),
        ("HTTPS://Cloud.example.com", "https://Cloud.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST", "http://LOCALHOST"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.9.8.7", "http://127.9.8.7"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_a_good_address(given, expected):
    found = resolve_connection({**PAIR, "base_url": given}, {"MONGODB_ATLAS_BASE_URL": "https://other.example.com"})
    assert found.connection.base_url == expected
    assert found.warnings == ()


@pytest.mark.parametrize(
    "given",
    [
        "http://cloud.mongodb.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://[::2]",
        "http://[::ffff:10.0.0.1]",
        "http://user@localhost",
        "http://localhost@example.com",
        "http://example.com\\@localhost",
        "https://user:hunter22@cloud.mongodb.com",
        "https://cloud.mongodb.com?x=1",
        "https://cloud.mongodb.com/?",
        "https://cloud.mongodb.com/#top",
        "https://cloud.mongodb.com /",
        "https://cloud.mongodb.com\n",
        "https://",
        "https://:443",
        "https://[::1",
        "https://cloud.mongodb.com:99999",
        "https://cloud.mongodb.com:0",
        "https://cloud.mongodb.com:port",
        "cloud.mongodb.com",
        "//cloud.mongodb.com",
        "ftp://cloud.mongodb.com",
        "file:///etc/passwd",
        "https://clöud.example.com",
    ],
)
def test_a_bad_address_is_refused_by_name_and_without_its_value(given):
    for options, env, name in (
        ({**PAIR, "base_url": given}, {}, "base_url"),
        ({**PAIR, "api_url": given}, {}, "base_url"),
        (PAIR, {"MONGODB_ATLAS_BASE_URL": given}, "MONGODB_ATLAS_BASE_URL"),
    ):
        problem = one_problem(options, env)
        assert problem.startswith(name)
        assert "hunter22" not in problem


def test_another_version_in_the_address_is_warned_of():
    given = {**PAIR, "base_url": "https://cloud.mongodb.com/api/atlas/v1.0"}
    found = resolve_connection(given, {})
    assert found.connection.base_url == "https://cloud.mongodb.com"
    assert found.connection.api_version == "v2"
    assert "base_url" in found.warnings[0] and "api_version" in found.warnings[0]
    assert resolve_connection({**given, "api_version": "v1.0"}, {}).warnings == ()


@pytest.mark.parametrize("service", ["cloudgov", "CLOUDGOV", " cloudgov "])
def test_the_government_service_needs_an_address(service):
    env = {"MONGODB_ATLAS_SERVICE": service}
    problem = one_problem(PAIR, env)
    assert "MONGODB_ATLAS_SERVICE" in problem and "base_url" in problem and "mongodbgov" in problem
    gov = "https://cloud.mongodbgov.com"
    assert resolve_connection({**PAIR, "base_url": gov}, env).connection.base_url == gov
    assert resolve_connection(PAIR, {**env, "MONGODB_ATLAS_BASE_URL": gov}).connection.base_url == gov
    assert "cloudgov" in one_problem({**PAIR, "base_url": ""}, {**env, "MONGODB_ATLAS_BASE_URL": ""})


@pytest.mark.parametrize("service", ["", "cloud"])
def test_the_commercial_service_is_the_default(service):
    assert resolve_connection(PAIR, {"MONGODB_ATLAS_SERVICE": service}).connection.base_url.endswith("mongodb.com")


def test_api_version():
    env = {"MONGODB_ATLAS_API_VERSION": "v1.0"}
    assert resolve_connection(PAIR, env).connection.api_version == "v1.0"
    assert resolve_connection({**PAIR, "api_version": "v2"}, env).connection.api_version == "v2"
    assert one_problem({**PAIR, "api_version": "v3"}).startswith("api_version must be one of v2, v1.0")
    assert one_problem(PAIR, {"MONGODB_ATLAS_API_VERSION": "2"}).startswith("MONGODB_ATLAS_API_VERSION")


def test_api_version_for_other_checks_needs_no_connection():
    assert resolve_api_version({}, {"MONGODB_ATLAS_API_VERSION": "v1.0"}) == "v1.0"
    assert resolve_api_version({"api_version": "v9"}, {}) == "v2"


@pytest.mark.parametrize("value", [0, -1, "0", "abc", float("nan"), float("inf"), [], {}])
def test_timeout_must_be_more_than_0(value):
    assert one_problem({**PAIR, "timeout": value}).startswith("timeout must be")


@pytest.mark.parametrize("value", [-1, -0.5, "abc", float("nan")])
def test_rate_limit_retry_timeout_must_not_be_negative(value):
    assert one_problem({**PAIR, "rate_limit_retry_timeout": value}).startswith("rate_limit_retry_timeout must be")


def test_numbers_and_flags_arrive():
    given = {
        "timeout": 0.5,
        "rate_limit_retry_timeout": 0,
        "validate_certs": False,
        "use_proxy": False,
        "ca_path": "/ca",
    }
    found = resolve_connection({**PAIR, **given}, {}).connection
    assert {name: getattr(found, name) for name in given} == given


def test_everything_wrong_in_one_message():
    wrong = {"public_key": "x", "base_url": "http://example.com", "api_version": "v0", "timeout": 0}
    with pytest.raises(OptionError) as caught:
        resolve_connection({**wrong, "rate_limit_retry_timeout": -1}, {})
    assert len(caught.value.problems) == 5
    for name in ("private_key", "base_url", "api_version", "timeout", "rate_limit_retry_timeout"):
        assert name in caught.value.message


def test_no_secret_in_the_representation():
    assert "private-1" not in repr(resolve_connection(PAIR, {}))


def test_loopback():
    assert [is_loopback(h) for h in ("localhost", "127.0.0.1", "::1", "10.0.0.1", "", None)] == [True] * 3 + [False] * 3


def test_project_by_id_or_name():
    assert resolve_project({"project_id": ID}, {}, from_environment=True) == ProjectRef(id=ID)
    assert resolve_project({"project_id": "", "groupId": ID}, {}, from_environment=False) == ProjectRef(id=ID)
    named = {"project_name": "prod: eu", "org_id": ID, "group_id": ""}
    assert resolve_project(named, {}, from_environment=False) == ProjectRef(name="prod: eu", org_id=ID)


def test_the_project_of_the_environment_counts_where_it_may_and_the_task_names_none():
    env = {"MONGODB_ATLAS_PROJECT_ID": ID, "MONGODB_ATLAS_ORG_ID": "f" * 24}
    assert resolve_project({}, env, from_environment=True) == ProjectRef(id=ID)
    assert resolve_project({"project_id": "", "project_name": None}, env, from_environment=True).id == ID
    assert resolve_project({"project_name": "x"}, env, from_environment=True) == ProjectRef(name="x", org_id="f" * 24)
    assert resolve_project({"project_id": "a" * 24}, env, from_environment=True).id == "a" * 24
    (problem,) = project_problems({}, env, from_environment=False)
    assert "project_id" in problem and "project_name" in problem and "MONGODB_ATLAS_PROJECT_ID" not in problem


def test_an_organization_of_the_environment_matters_to_a_name_only():
    env = {"MONGODB_ATLAS_ORG_ID": "none of mine"}
    assert resolve_project({"project_id": ID}, env, from_environment=True) == ProjectRef(id=ID)
    assert project_problems({"project_name": "x"}, env, from_environment=True)
    assert project_problems({"project_id": ID, "org_id": "wrong"}, {}, from_environment=True)


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        ({}, {}, ["project_id", "project_name", "MONGODB_ATLAS_PROJECT_ID"]),
        ({}, {"MONGODB_ATLAS_PROJECT_ID": ""}, ["no project"]),
        ({"project_id": ID, "project_name": "x"}, {}, ["project_id and project_name", "one of them"]),
        ({"project_id": ID.upper()}, {}, ["project_id", "lower case"]),
        ({"project_id": ID[1:]}, {}, ["project_id", "24"]),
        ({"project_id": ID + "\n"}, {}, ["project_id", "24"]),
        ({"project_id": "../" + ID}, {}, ["project_id", "24"]),
        ({"project_id": 1234}, {}, ["project_id", "24"]),
        ({}, {"MONGODB_ATLAS_PROJECT_ID": "xyz"}, ["MONGODB_ATLAS_PROJECT_ID", "24"]),
        ({"project_name": "x", "org_id": "1"}, {}, ["org_id", "24"]),
        ({"project_name": "x"}, {"MONGODB_ATLAS_ORG_ID": "F" * 24}, ["MONGODB_ATLAS_ORG_ID", "lower case"]),
    ],
)
def test_a_wrong_project(options, env, words):
    problems = project_problems(options, env, from_environment=True)
    assert len(problems) == 1
    assert all(word in problems[0] for word in words)


def test_no_default_hides_the_environment():
    assert not [s.name for s in (*CONNECTION_SETTINGS, *PROJECT_SETTINGS) if s.variables and s.default is not None]


@pytest.mark.parametrize(
    "options, env, names",
    [
        ({"client_id": "mdb_sa_sk_made-up", "client_secret": "mdb_sa_id_made-up"}, {}, "client_id and client_secret"),
        (
            {"public_key": "00000000-aaaa-bbbb-cccc-000000000000", "private_key": "abcdefgh"},
            {},
            "public_key and private_key",
        ),
        (
            {},
            {"MONGODB_ATLAS_CLIENT_ID": "mdb_sa_sk_made-up", "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_id_made-up"},
            "MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET",
        ),
    ],
)
def test_the_halves_of_credentials_are_exchanged(options, env, names):
    (problem,) = connection_problems(options, env)
    assert f"exchange the values of {names}" in problem and "made-up" not in problem and "aaaa" not in problem
