# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection; it may change in any release.

"""Everything that is wrong with arguments, in sentences of one kind and without the value of a secret.

ansible-core validates; its messages are put into our words, because they print values, list the
spellings of booleans in random order, and do not say which element of a list they mean. Needs no
AnsibleModule.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.atlasops.integrations.plugins.module_utils._answers import whole_characters
from ansible_collections.atlasops.integrations.plugins.module_utils._argspec import ArgumentSpec, prepare
from ansible_collections.atlasops.integrations.plugins.module_utils._errors import OptionError
from ansible_collections.atlasops.integrations.plugins.module_utils._redaction import Spec, find_option

Checks = Callable[[Mapping[str, Any]], Iterable[str]]

_WORDS = {
    "bool": "a boolean (true or false)",
    "int": "a whole number",
    "float": "a number",
    "dict": "a dictionary",
    "list": "a list",
    "json": "a text or a dictionary",
    "path": "a path",
    "str": "a text",
}

_CHOICE = re.compile(r"value of (?P<name>\w+) must be one")
_TYPE = re.compile(r"argument '(?P<name>\w+)' is of type")
_ELEMENTS = re.compile(r"Elements value for option '(?P<name>\w+)'")
_REQUIRED = re.compile(r"missing required arguments: (?P<names>\w+(?:, \w+)*)")


@dataclass(frozen=True)
class CoreProblem:
    """One thing that ansible-core refuses. subject: the option, with its path, "" where it is not about one."""

    text: str
    subject: str = ""

    def told_by(self, text: str) -> bool:
        """Tell whether a sentence is about the same option."""
        return bool(self.subject) and re.match(re.escape(self.subject) + r"(?!\w)", text) is not None


@dataclass(frozen=True)
class Checked:
    """Arguments after validation. problems: all that is wrong with them, one clause each, () where nothing is."""

    options: dict[str, Any]
    problems: tuple[str, ...]


def check_arguments(params: Mapping[str, Any], spec: ArgumentSpec, checks: Optional[Checks] = None) -> Checked:
    """Validate arguments as a module does, without AnsibleModule."""
    given = prepare(params, spec)
    result = ArgumentSpecValidator(spec).validate(given)
    options = dict(result.validated_parameters)
    return Checked(options, tuple(all_problems(refused(given, spec, bool(result.error_messages)), options, checks)))


def refused(given: Mapping[str, Any], spec: ArgumentSpec, by_core: bool) -> list[CoreProblem]:
    """Return what is wrong with prepared arguments whatever their meaning. by_core: ansible-core refused them."""
    return [*_half_characters(given), *(core_problems(given, spec) if by_core else [])]


def _half_characters(given: Mapping[str, Any]) -> Iterator[CoreProblem]:
    """Find texts that can't be sent, logged or shown; bytes that are no UTF-8 arrive as such."""
    for name, value in given.items():
        if not name.startswith("_ansible_") and whole_characters(value) != value:
            yield CoreProblem(f"{name} holds bytes or characters that are no valid UTF-8; correct its encoding", name)


def all_problems(core: Sequence[CoreProblem], options: Mapping[str, Any], checks: Optional[Checks] = None) -> list[str]:
    """Join what ansible-core refuses with what checks say about the validated options.

    Where a check has a sentence of its own that begins with the same option, that one is kept: it
    knows more, for example where a type is managed instead.
    """
    own = _own_problems(options, checks, tolerant=bool(core))
    kept = [problem.text for problem in core if not any(problem.told_by(text) for text in own)]
    return list(dict.fromkeys([*kept, *own]))


def _own_problems(options: Mapping[str, Any], checks: Optional[Checks], *, tolerant: bool) -> list[str]:
    if checks is None:
        return []
    try:
        return list(checks(options))
    except OptionError as exc:
        return list(exc.problems)
    except Exception:
        # A value of a type that ansible-core has refused already may upset a check.
        if tolerant:
            return []
        raise


def core_problems(given: Mapping[str, Any], spec: ArgumentSpec, path: str = "") -> list[CoreProblem]:
    """Return all that ansible-core refuses in prepared arguments, elements of lists by their place from 0."""
    flat = {name: {k: v for k, v in entry.items() if k != "options"} for name, entry in spec.items()}
    result = ArgumentSpecValidator(flat).validate(dict(given))
    unknown = sorted(str(name) for name in result.unsupported_parameters)
    problems = [p for text in result.error_messages for p in _in_our_words(text, result, spec, path)]
    if unknown:
        problems.append(_unsupported(unknown, spec, path))
    for name, entry in spec.items():
        value = result.validated_parameters.get(name)
        if entry.get("options"):
            for place, element in _elements(value, path + name):
                problems += core_problems(element, entry["options"], place + ".")
    return problems


def _elements(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield path, value
    elif isinstance(value, list):
        yield from ((f"{path}[{n}]", v) for n, v in enumerate(value) if isinstance(v, Mapping))


def _in_our_words(text: str, result: Any, spec: Spec, path: str) -> Iterator[CoreProblem]:
    """Put one message of ansible-core into our words; one that is not known is kept."""
    required = _REQUIRED.match(text)
    if required:
        for name in required.group("names").split(", "):
            yield CoreProblem(f"{path}{name} is missing; set it{_choices(spec, name, ' to one of ')}", path + name)
        return
    for pattern in (_CHOICE, _TYPE, _ELEMENTS):
        found = pattern.match(text)
        if found:
            name = found.group("name")
            yield CoreProblem(f"{path}{name} {_must(pattern, name, result, spec)}", path + name)
            return
    if not result.unsupported_parameters or ". Supported parameters include" not in text:
        yield CoreProblem(path + text.strip().rstrip("."))


def _must(pattern: re.Pattern[str], name: str, result: Any, spec: Spec) -> str:
    entry = find_option(spec, name) or {}
    if pattern is _CHOICE:
        value = result.validated_parameters.get(name)
        shown = "" if entry.get("no_log") else f", not {value!r}"
        return f"must be{_choices(spec, name, ' one of ')}{shown}"
    if pattern is _ELEMENTS:
        element = entry.get("elements", "str")
        return f"must be a list in which each element is {_WORDS.get(element, element)}"
    wanted = entry.get("type", "str")
    return f"must be {_WORDS.get(wanted, wanted)}"


def _choices(spec: Spec, name: str, before: str) -> str:
    choices = (find_option(spec, name) or {}).get("choices")
    return before + ", ".join(str(c) for c in choices) if choices else ""


def _unsupported(unknown: Iterable[str], spec: Spec, path: str) -> CoreProblem:
    return CoreProblem(f"Unsupported parameters: {unknown_options(unknown, spec, path)}")


def unknown_options(unknown: Iterable[str], spec: Spec, path: str = "") -> str:
    """Name options that do not exist, those that may have been meant, and what to do.

    spec: the options that exist, each with its aliases where it has any. path: where they stand.
    """
    known = [name for option, entry in spec.items() for name in (option, *(entry.get("aliases") or ()))]
    said = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1)
        said.append(f"{path}{name} (did you mean {near[0]}?)" if near else path + name)
    return f"{', '.join(said)}; correct the name or leave it out"
