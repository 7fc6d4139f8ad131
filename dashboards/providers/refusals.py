"""Why somebody was not signed in through a provider."""

from enum import StrEnum


class Refusal(StrEnum):
    """What happened, as pages, logs and figures call it."""

    CANCELLED = "cancelled"  # by whoever wanted to sign in
    REFUSED = "refused"  # by the provider, for another reason
    UNREACHABLE = "unreachable"  # no answer in time
    BUSY = "busy"  # too many wait for its answer already
    NONSENSE = "nonsense"  # an answer that cannot be used or believed
    CLOCK = "clock"  # an answer of another time
    LEVEL = "level"  # a sign-in of too low a level
    OVER = "over"  # begun too long ago, or in another browser
    UNKNOWN = "unknown"  # an identity that belongs to no account
    ELSEWHERE = "elsewhere"  # an account that this provider may not sign in
    TAKEN = "taken"  # an identity that belongs to another account
    INVITATION = "invitation"  # one that cannot be used any more
    ANOTHER = "another"  # an account that has another identity of this provider


class ProviderError(Exception):
    """A sign-in through a provider came to nothing. `detail` says what is wrong without a word of the person."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(detail or refusal.value)
        self.refusal = refusal
        self.detail = detail
