"""Errors that tell a person what happened, what was kept and what to do."""


class VicinoError(Exception):
    """Base of every error that is meant for a person.

    The message says what happened. `kept` says what is safe all the same, and `advice` what to do next.
    """

    def __init__(self, message: str, *, kept: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.kept = kept
        self.advice = advice

    def __str__(self) -> str:
        parts = [
            self.args[0],
            self.kept and f"Kept: {self.kept}",
            self.advice and f"What to do: {self.advice}",
        ]
        return " ".join(part for part in parts if part)
