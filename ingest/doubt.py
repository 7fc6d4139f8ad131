"""How long messages from ahead of our clock stay with their gateways.

Where a gateway knows the time and says one that lies ahead of ours, one of the two clocks is wrong, and nobody can tell
which. If it is ours, it will be put right, most likely soon: until then the gateway keeps what it has, and sends it
again. If it is the gateway's, that must not hold up the rest of what it has for ever.
"""

from core.clock import Clock
from ingest.validate import Verdict

# A server that has found a time server sets its clock within minutes.
PATIENCE_S = 3600.0
# Gateways send again what was not stored every few minutes: so long without is another occasion.
FORGOTTEN_S = 3600.0


class Doubt:
    """Since when, and until when last, gateways were ahead of our clock, in seconds that never jump.

    Only those count that are registered and know the time, so that it remembers no more than there are gateways.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: dict[str, tuple[float, float]] = {}

    def keeps(self, verdict: Verdict) -> bool:
        """Tell whether a gateway shall keep this message, which stands among the rejects, and send it again.

        A call for help that was refused for its time has called people already: it is not to come in a second time.
        """
        if not verdict.is_ahead or verdict.gateway is None or verdict.batch is None:
            return False
        if verdict.batch.clock != "synced" or any(rejection.calls for rejection in verdict.rejections):
            return False
        now_s = self._clock.monotonic()
        since_s, last_s = self._ahead.get(verdict.gateway, (now_s, now_s))
        if now_s - last_s >= FORGOTTEN_S:
            since_s = now_s
        self._ahead[verdict.gateway] = (since_s, now_s)
        return now_s - since_s < PATIENCE_S
