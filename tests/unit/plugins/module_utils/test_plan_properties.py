# Copyright (c) 2026, atlasops maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for any wish and any project: no secret shown, no mask sent, foreseen is what comes, done is done."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.atlasops.integrations.plugins.module_utils._apply import Outcome
from ansible_collections.atlasops.integrations.plugins.module_utils._integration import empty_result, report
from ansible_collections.atlasops.integrations.plugins.module_utils._masking import is_mask
from ansible_collections.atlasops.integrations.plugins.module_utils._services import (
    HEX_32,
    SERVICES,
    Field,
    Kind,
    Mask,
    Service,
)
from ansible_collections.atlasops.integrations.plugins.module_utils._wish import read_wish
from ansible_collections.atlasops.integrations.tests.unit.plugins.module_utils.atlas_model import (
    ROWS,
    FakeClient,
    Model,
    apply,
)

many = settings(
    max_examples=120,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
# Long enough, and of letters that nothing else has, so that a secret is recognised wherever it turns up.
Case = tuple[Service, str, dict[str, Any], Model]
LETTERS = "ΑΒΓΔΕΖΗΘΙΚΛΜ"
marked = st.text(LETTERS, min_size=9, max_size=40)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return values of a field that a user may give; secrets are distinctive."""
    if field.kind is Kind.FLAG:
        return st.booleans()
    if field.choices:
        return st.sampled_from(field.choices)
    if field.form is HEX_32:
        return st.text("abcdef", min_size=32, max_size=32)
    if field.url:
        return marked.map(lambda text: f"https://hooks.example.com/{text}")
    if field.kind is Kind.TEMPLATE:
        return marked.map(lambda text: json.dumps({"text": text}, ensure_ascii=False))
    return marked if field.secret else st.text("abc xyz-'\"é{}", min_size=1, max_size=12)


def some(service: Service, version: str, chosen: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return options of a service: all that are required, some of the others, and perhaps how to treat secrets."""
    needed = {f.option: values(f) for f in service.writable if version in f.required}
    rest = {f.option: values(f) for f in service.writable if version not in f.required}
    modes = {"update_secrets": st.sampled_from(["auto", "always", "on_create"])} if chosen else {}
    return st.fixed_dictionaries({"type": st.just(service.type), **needed}, optional={**rest, **modes})


def wishes(service: Service, version: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return options as some() does, at times with clear and with replaces."""
    clearable = [f.option for f in service.writable if f.clearable(version)]
    clear = st.sets(st.sampled_from(clearable), max_size=2) if clearable else st.just(set())
    replaces = st.none() | st.sampled_from(service.secrets).flatmap(
        lambda f: st.fixed_dictionaries({f.option: values(f)})
    )
    return st.builds(_wishes, some(service, version, True), clear, replaces)


def _wishes(options: dict[str, Any], clear: set[str], replaces: Any) -> dict[str, Any]:
    options = {**options, "clear": sorted(clear - set(options))}
    if replaces and set(replaces) <= set(options) and options.get("update_secrets") != "on_create":
        options["replaces"] = replaces
    return options


def anything(service: Service, version: str) -> st.SearchStrategy[Case]:
    """Return options, and a project which holds nothing, the same, or something else, with unknown things beside."""
    model = st.builds(
        Model,
        merges=st.booleans(),
        new_ids=st.booleans(),
        templates=st.sampled_from([str, lambda text: "****", lambda text: "*" * (len(text) - 4) + text[-4:]]),
    )
    other = some(service, version, False)
    held = st.sampled_from(["nothing", "other", "other", "the same", "the old", "the old"])
    return st.builds(_case, st.just((service, version)), wishes(service, version), model, held, other, st.booleans())


def _case(
    row: tuple[Service, str], options: dict[str, Any], model: Model, what: str, held: dict[str, Any], unknown: bool
) -> Case:
    model.held["SOMETHING_NEW"] = {"id": "5", "apiToken": "Ω" * 12, "name": "kept", "deep": [{"someUrl": "Ω" * 12}]}
    if what == "the same":
        held = options
    elif what == "the old":
        # The other way to be configured, and what a rotation looks for.
        held = {**held, **options, **options.get("replaces", {})}
    if what != "nothing":
        model.put(held, **({"newThing": {"a": [1]}, "newNumber": 0} if unknown else {}))
    return (*row, options, model)


CASES = st.one_of([anything(*row) for row in ROWS])


def result_of(outcome: Outcome) -> dict[str, Any]:
    result = empty_result()
    report(result, outcome, True)
    return result


def secrets_in(options: dict[str, Any], model: Model) -> list[str]:
    """Return every piece of a secret that must not show: all but its last four characters, hosts apart."""
    found = ["Ω" * 5]
    for holder in (options, options.get("replaces") or {}, *model.held.values()):
        service = SERVICES.get(options["type"])
        assert service is not None
        for field in service.secrets:
            value = holder.get(field.option) or holder.get(field.api)
            if isinstance(value, str):
                found.append(value.rpartition("/")[2][:-4] if field.url else value.strip('{}" ')[-16:-4])
    return [piece for piece in found if len(piece) > 4]


@many
@given(CASES)
def test_check_mode_foresees_what_a_real_run_shows(case: Case) -> None:
    service, version, options, model = case
    # A template's mask is the one thing of which no form was ever recorded.
    templates = [f.option for f in service.secrets if f.mask is Mask.TEXT]
    client = FakeClient(model)
    foreseen = result_of(apply(client, options, version, check_mode=True))
    assert client.journal == ["GET"]
    real = result_of(apply(client, options, version))
    if "failed" in real:
        assert foreseen["missing"] or "is not the one that Atlas holds" in real["msg"]
        assert not real["changed"]
        assert client.writes == []
        return
    assert "failed" not in foreseen
    assert real["verified"] is (True if real["changed"] else None)
    for shown in (foreseen, real):
        for integration in shown["integrations"]:
            integration["id"] = None if shown["changed"] and integration["type"] == service.type else integration["id"]
            for name in templates if shown["changed"] else ():
                integration[name] = bool(integration.get(name))
        del shown["verified"], shown["previous_id"], shown["integration"]
        for name in templates:
            shown["diff"]["after"][name] = None
    assert foreseen == real


@many
@given(CASES)
def test_after_its_own_result_a_plan_is_empty(case: Case) -> None:
    service, version, options, model = case
    assume(options.get("update_secrets") != "always")
    client = FakeClient(model)
    first = apply(client, options, version)
    again = apply(client, options, version)
    assert (again.changed, again.not_applied) == (False, ())
    assert client.writes == ([] if first.error or not first.changed else client.writes[:1])
    if first.changed:
        held = model.held[service.type]
        for field in service.writable:
            if field.option in options:
                assert held[field.api] == options[field.option]
            elif field.option in options["clear"]:
                assert held.get(field.api) in (None, field.default)
        assert again.plan.differences == ()


@many
@given(CASES, st.booleans())
def test_no_secret_shows_anywhere(case: Case, in_clear: bool) -> None:
    service, version, options, model = case
    if in_clear:
        # As Atlas did years ago: everything in clear.
        model.show = lambda kind: {"type": kind, **model.held[kind]}  # type: ignore[method-assign]
    wishes: list[dict[str, Any]] = [options, {**options, "state": "absent"}]
    client = FakeClient(model)
    hidden = secrets_in(options, model)
    for check_mode in (True, False):
        for wish in wishes:
            outcome = apply(client, wish, version, check_mode=check_mode)
            shown = json.dumps(result_of(outcome), ensure_ascii=False) + repr(outcome) + repr(outcome.plan)
            assert [piece for piece in hidden if piece in shown] == []


@many
@given(CASES)
def test_a_body_holds_the_fields_of_its_type_and_no_mask(case: Case) -> None:
    service, version, options, model = case
    unknown = set(model.held.get(service.type, {})) - {f.api for f in service.fields} - {"id"}
    client = FakeClient(model)
    apply(client, options, version)
    known = {f.api: f for f in service.writable}
    for body in client.bodies:
        assert set(body) <= {"type", *known, *unknown}
        assert unknown <= set(body)
        for api, field in known.items():
            assert field.option not in options or body[api] == options[field.option]
            assert not (isinstance(body.get(api), str) and is_mask(field, body[api]))


@many
@given(CASES)
def test_nothing_is_ever_lost_by_an_update(case: Case) -> None:
    service, version, options, model = case
    before = json.loads(json.dumps(model.held))
    client = FakeClient(model)
    apply(client, options, version)
    given_fields = {f.api for f in service.writable if f.option in options or f.option in options["clear"]}
    for kind, held in before.items():
        for api, value in held.items():
            if kind != service.type or (api not in given_fields and api != "id"):
                assert model.held[kind][api] == value


@many
@given(st.dictionaries(st.sampled_from(sorted(SERVICES.options)), st.text(max_size=30), max_size=8), st.data())
def test_reading_options_never_raises_and_shows_no_secret(texts: dict[str, str], data: st.DataObject) -> None:
    secret = {n: v + "Ω" * 9 for n, v in texts.items() if SERVICES.options[n].field.secret}
    more = data.draw(
        st.fixed_dictionaries({}, optional={
            "clear": st.lists(st.text(max_size=9), max_size=3),
            "replaces": st.dictionaries(st.sampled_from(sorted(SERVICES.options)), st.just("Ω" * 9), max_size=2),
            "state": st.sampled_from(["present", "absent"]),
            "update_secrets": st.sampled_from(["auto", "always", "on_create"]),
        })
    )  # fmt: skip
    for kind in SERVICES.types:
        reading = read_wish({"type": kind, **texts, **secret, **more}, "v2")
        assert (reading.wish is None) == bool(reading.problems)
        assert "Ω" * 5 not in repr(reading)
