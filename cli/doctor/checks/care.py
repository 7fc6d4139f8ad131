"""Whether people would be helped: gateways heard, alerts told to somebody, somebody on duty."""

from collections.abc import Iterator
from datetime import timedelta

import registry.reads
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.recipients import Place
from alerts.policies.trial import moments
from alerts.policy import Rules
from alerts.settings import AlertSettings
from alerts.shifts.calendar import duties
from alerts.shifts.repository import rotas_of
from alerts.surroundings import home_facts
from cli.doctor import reads
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import PREFIX, Surroundings
from devices.gateways.reads import gateway_figures
from ingest.reads import gateways_in_trouble
from registry.rules import CANARY_KEY

SILENT_AFTER = timedelta(hours=1)
REJECTS_OF = timedelta(days=1)
MANY_REJECTS = 100
CONFIRMED_WITHIN = timedelta(minutes=10)
GAPS_OF = timedelta(days=14)
# Who is told is asked for each home; in a large installation not for all of them each time.
ASKED_FOR_S = 15.0
TELLINGS = 3
NAMED = 3


def gateways(found: Surroundings) -> Iterator[Finding]:
    """Tell which gateways are silent, cannot keep what comes, or do not follow their configuration."""
    with found.asking() as connection:
        there = reads.gateways(connection)
        trouble = gateways_in_trouble(connection)
        unconfirmed = gateway_figures(connection, found.now - CONFIRMED_WITHIN).unconfirmed
    never = [each.key for each in there if each.heard_at is None]
    silent = [each.key for each in there if each.heard_at is not None and found.now - each.heard_at > SILENT_AFTER]
    if silent:
        yield error(
            f"{len(silent)} gateways were not heard for an hour: {_some(silent)}. Those homes are not watched over.",
            "look at power and line there (docs/operations/gateways.md); what they hold comes when they are back",
        )
    if never:
        yield warning(
            f"{len(never)} gateways were never heard: {_some(never)}.",
            "install them, or take those that are not used away with `vicino gateway revoke`",
        )
    unsure = [each.key for each in there if each.online and each.clock not in {None, "synced"}]
    if unsure:
        yield warning(
            f"{len(unsure)} gateways do not know the time: {_some(unsure)}.",
            "let them reach a time server: until then they hold back all but calls for help",
        )
    for kind, count in trouble.items():
        yield error(f"{count} gateways have trouble: {kind}.", "see `vicino gateway list`, and docs/operations/edge.md")
    if unconfirmed:
        yield warning(f"{unconfirmed} gateways do not follow their configuration.", "see `vicino gateway list`")


def rejects(found: Surroundings) -> Iterator[Finding]:
    """Tell whether much of what comes cannot be stored."""
    with found.asking() as connection:
        said = reads.rejected(connection, found.now - REJECTS_OF)
    total = sum(said.values())
    if total >= MANY_REJECTS:
        by_reason = ", ".join(f"{reason} {count:,}" for reason, count in list(said.items())[:NAMED])
        yield warning(
            f"{total:,} readings of the last day could not be stored ({by_reason}).",
            "vicino rejects list says of which gateways and what to do",
        )


def recipients(found: Surroundings) -> Iterator[Finding]:
    """Tell in how many homes nobody would be told of a call for help now."""
    begun = found.clock.monotonic()
    nobody, asked = [], 0
    with found.asking() as connection:
        organisations = {each.organisation_id: each.key for each in registry.reads.organisations(connection)}
        homes = [each for each in registry.reads.homes(connection) if organisations[each.organisation_id] != CANARY_KEY]
        for home in homes:
            if found.clock.monotonic() - begun > ASKED_FOR_S:
                break
            asked += 1
            plan = policies.nearest(connection, home.organisation_id, Family.SAFETY, "") or _standard(found)
            facts = home_facts(connection, home.home_id)
            place = Place(home.organisation_id, home.home_id, facts.only_person, Family.SAFETY)
            said = moments(connection, plan, Family.SAFETY, place, facts.zone, found.now, 1.0, TELLINGS)
            if not any(each.people for each in said):
                nobody.append(home.key)
        if homes and not reads.people(connection).accounts:
            yield error("Nobody has an account with a role.", "vicino account add, then vicino account password")
    if nobody:
        yield error(
            f"In {len(nobody)} homes nobody would be told of a call for help: {_some(nobody)}.",
            "give their organisation operators, or a policy whose recipients exist (vicino policies try --home KEY)",
        )
    if asked < len(homes):
        yield warning(
            f"Who is told was asked for {asked:,} of {len(homes):,} homes only, for want of time.",
            "vicino policies try --home KEY says it of one",
        )


def duty(found: Surroundings) -> Iterator[Finding]:
    """Tell of hours in the coming two weeks in which nobody is on duty."""
    with found.asking() as connection:
        held = rotas_of(connection)
    for each in held:
        empty = [duty for duty in duties(each.rota, found.now, found.now + GAPS_OF) if not duty.people]
        if empty:
            first = empty[0].start.astimezone(each.rota.zone)
            yield warning(
                f"Nobody is on duty in {len(empty)} stretches of the next 14 days by {each.rota.key} of"
                f" {each.organisation}, first on {first:%a %d %b at %H:%M}.",
                "vicino shifts gaps lists them, vicino shifts load fills them",
            )


def _standard(found: Surroundings) -> Rules:
    """Return what the settings of the alert worker say of standard policies."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in found.settings("alerts").items()}
    fields = {name: given[name] for name in ("safety_repeat_s", "safety_times", "safety_then_every_s") if name in given}
    settings = AlertSettings.model_validate({"database_url": "postgresql:", **fields})
    return Rules(settings.safety_repeat_s, settings.safety_times, settings.safety_then_every_s)


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:NAMED]) + (" …" if len(keys) > NAMED else "")
