"""What a token may be used for. It never does more than its account may."""

from enum import StrEnum


class Scope(StrEnum):
    """A kind of data and whether it is read or changed."""

    HOMES_READ = "homes:read"
    PERSONS_READ = "persons:read"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    ANALYSIS_READ = "analysis:read"
    CONTEXTS_READ = "contexts:read"
    CONTEXTS_WRITE = "contexts:write"
    READINGS_READ = "readings:read"
    STATISTICS_READ = "statistics:read"
    RESEARCH_READ = "research:read"
    ADMINISTRATION_READ = "administration:read"
    ADMINISTRATION_WRITE = "administration:write"
    SHARING_READ = "sharing:read"
    SHARING_WRITE = "sharing:write"
    INVITATIONS_WRITE = "invitations:write"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"


MEANINGS: dict[Scope, str] = {
    Scope.HOMES_READ: "Homes, their rooms and devices, and what is silent in them.",
    Scope.PERSONS_READ: "Who lives there, and whom to call.",
    Scope.ALERTS_READ: "Alerts, their history and who was told; hand-overs of shifts; the stream of changes.",
    Scope.ALERTS_WRITE: "Taking charge of alerts, giving them back, resolving and reopening, notes; hand-overs.",
    Scope.ANALYSIS_READ: "How days stand, indicators, episodes and findings.",
    Scope.CONTEXTS_READ: "What is going on in homes: hospital, holiday, visit.",
    Scope.CONTEXTS_WRITE: "Entering contexts, answering proposals, ending and taking back.",
    Scope.READINGS_READ: "Readings as the sensors sent them.",
    Scope.STATISTICS_READ: "How alerts were answered: counts and times of organisations, of nobody in particular.",
    Scope.RESEARCH_READ: "Figures for research: sums of homes all of whose residents agree, none of fewer than five.",
    Scope.ADMINISTRATION_READ: "Organisations, homes, persons, contacts, accounts, caseloads; what was changed.",
    Scope.ADMINISTRATION_WRITE: "Making and changing those, and undoing changes.",
    Scope.SHARING_READ: "Consents, who may see what of a person, pauses, open invitations, and who has looked.",
    Scope.SHARING_WRITE: "Recording and taking back consents, changing who may see what, pauses.",
    Scope.INVITATIONS_WRITE: "Inviting somebody close to a person, which gives them a way in; taking that back.",
    Scope.RULES_READ: "What rules and detectors are set to, and what other settings would have told.",
    Scope.RULES_WRITE: "Trying out other settings of rules, and saving them.",
}
