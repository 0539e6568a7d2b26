# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""The only file that knows AnsibleModule: arguments in, result or failure out, secrets in neither.

What it relies on was tried on ansible-core 2.16, 2.19 and 2.21; what it overrides (_load_params,
_log_invocation, fail_json, exit_json) exists on all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Optional

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import whole_characters
from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import ArgumentSpec, prepare
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import AtlasOpsError, OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._masking import VERDICTS
from ansible_collections.atlasops.integrations.plugins.module_utils._mistakes import internal_error
from ansible_collections.atlasops.integrations.plugins.module_utils._options import CONNECTION_SETTINGS, blank
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import (
    long_enough,
    mask_arguments,
    scrub,
    secret_values,
    texts,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._services import SERVICES
from ansible_collections.atlasops.integrations.plugins.module_utils._validation import (
    Checks,
    all_problems,
    refused,
)

__all__ = ["AtlasModule", "run_module", "scrub"]

try:
    import requests  # noqa: F401, pylint: disable=unused-import
except Exception:  # an installation can be broken in other ways than by being absent
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

# What results are made of. A secret that is one of these is masked by its option alone.
OUR_WORDS = frozenset((*SERVICES.types, *SERVICES.options, *VERDICTS))

Run = Callable[..., Mapping[str, Any]]


class AtlasModule(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that says everything that is wrong at once and shows no secret.

    argument_spec: without relation keywords. checks: given the validated options, returns more
    problems; they are joined with those of ansible-core. Ends the module where anything is wrong.
    unknown: the keys of a failure of which nothing is known yet.
    """

    def __init__(
        self,
        argument_spec: ArgumentSpec,
        *,
        checks: Optional[Checks] = None,
        supports_check_mode: bool = True,
        unknown: Optional[Mapping[str, Any]] = None,
    ) -> None:
        self._checks = checks
        self._unknown = dict(unknown or {})
        self._building = True
        self._env = dict(os.environ)
        super().__init__(argument_spec=argument_spec, supports_check_mode=supports_check_mode)
        self._building = False
        self._settle_no_log()
        problem = self._wrong()
        if problem:
            self.fail_json(msg=problem)

    @property
    def env(self) -> dict[str, str]:
        """The environment of the module, as it was at its start."""
        return dict(self._env)

    @property
    def diff_mode(self) -> bool:
        """True where the user asked for differences."""
        return bool(self._diff)

    def secrets(self) -> set[str]:
        """Return every secret known at the start: options, their parts, and credentials from the environment."""
        return {*texts(self._given_secrets()), *self._environment_secrets()} - OUR_WORDS

    def exit_json(self, **kwargs: Any) -> NoReturn:
        """End with a result; invocation is masked by option name."""
        kwargs.setdefault("invocation", self._invocation())
        super().exit_json(**kwargs)
        raise SystemExit(0)

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """End with a failure. While the module is being built, msg becomes all that is wrong with its arguments."""
        if self._building:
            self._settle_no_log()
            if hasattr(self, "validation_result"):
                msg = self._wrong() or msg
        kwargs.setdefault("invocation", self._invocation())
        super().fail_json(msg=whole_characters(scrub(msg, self.secrets())), **{**self._unknown, **kwargs})
        raise SystemExit(1)

    def _load_params(self) -> None:
        super()._load_params()
        self._written = dict(self.params)
        self.params: dict[str, Any] = prepare(self.params, self.argument_spec)
        self._given = {name: value for name, value in self.params.items() if not name.startswith("_ansible_")}

    def _log_invocation(self) -> None:
        masked = {name: str(value) for name, value in self._invocation()["module_args"].items()}
        self.log("Invoked with " + " ".join(f"{name}={value}" for name, value in masked.items()), log_args=masked)

    def _invocation(self) -> dict[str, Any]:
        given = {name: value for name, value in self._written.items() if not blank(value)}
        shown = mask_arguments({**given, **_set(self.params, given)}, self.argument_spec)
        return {"module_args": whole_characters(shown)}

    def _given_secrets(self) -> Iterator[Any]:
        # As written and as validated: an option that is ignored holds a secret too, and types are converted.
        yield from secret_values(self._written, self.argument_spec)
        yield from secret_values(self.params, self.argument_spec)

    def _environment_secrets(self) -> Iterator[str]:
        names = (name for setting in CONNECTION_SETTINGS if setting.secret for name in setting.variables)
        return (self._env[name] for name in names if self._env.get(name))

    def _settle_no_log(self) -> None:
        """Let ansible-core replace long secrets only: it replaces inside of words, and numbers too."""
        whole = (str(value) for value in self._given_secrets() if isinstance(value, (str, int, float)))
        self.no_log_values = long_enough([*whole, *self._environment_secrets()]) - OUR_WORDS

    def _wrong(self) -> str:
        """Return one message with everything that is wrong with the arguments, "" where nothing is."""
        try:
            found = refused(self._given, self.argument_spec, bool(self.validation_result.error_messages))
            problems = all_problems(found, self.params, self._checks)
        except Exception as exc:
            problems = [internal_error(exc)]
        return OptionError(problems).message if problems else ""


def _set(params: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return validated params without the nulls of options that were given and then ignored."""
    return {name: value for name, value in params.items() if value is not None or name not in given}


def run_module(
    spec: ArgumentSpec,
    run: Run,
    *,
    checks: Optional[Checks] = None,
    supports_check_mode: bool = True,
    unknown: Optional[Mapping[str, Any]] = None,
) -> None:
    """Be the main function of a module: check arguments, run, and end with what run returned.

    run(options, env, check_mode, diff_mode=...) returns result keys and, apart from them, warnings
    (texts), deprecations (dictionaries: msg, version, collection_name), live_secrets (secrets that it
    obtained itself), and failed with msg where it failed with a part of the result known. unknown: the
    keys of a result of which nothing is known, for failures before or outside of run.
    """
    module = AtlasModule(spec, checks=checks, supports_check_mode=supports_check_mode, unknown=unknown)
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"))
    _finish(module, _outcome(module, run))


def _outcome(module: AtlasModule, run: Run) -> dict[str, Any]:
    # Nothing is ended in here: fail_json inside of an except block prints a traceback on some cores.
    try:
        return dict(run(module.params, module.env, module.check_mode, diff_mode=module.diff_mode))
    except AtlasOpsError as exc:
        failure: dict[str, Any] = {"failed": True, "msg": exc.message}
        as_dict = getattr(exc, "as_dict", None)
        if as_dict is not None:
            failure["error"] = as_dict()
        return failure
    except Exception as exc:
        return {"failed": True, "msg": internal_error(exc)}


def _finish(module: AtlasModule, data: dict[str, Any]) -> NoReturn:
    live = set(texts(data.pop("live_secrets", None) or ()))
    secrets = module.secrets() | live
    module.no_log_values |= long_enough(live)
    # Once for all of them: thousands of projects may each have secrets of their own.
    for text in scrub(list(data.pop("warnings", None) or ()), secrets):
        module.warn(text)
    for note in scrub(list(data.pop("deprecations", None) or ()), secrets):
        module.deprecate(**note)
    # A server may quote anything. The rest of a result is masked by name, and short secrets are common words.
    failed = [part for part in (data, *(data.get("projects") or ())) if part.get("error") is not None]
    # The names of the facts are ours.
    for part, facts in zip(failed, scrub([list(part["error"].values()) for part in failed], secrets)):
        part["error"] = dict(zip(part["error"], facts))
    if data.pop("failed", False):
        module.fail_json(msg=scrub(data.pop("msg", "failed"), secrets), **data)
    module.exit_json(**data)
