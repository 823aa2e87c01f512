"""A clock that a test moves; everything else that tests need is real."""


class ManualClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: int = 1_700_000_000_000) -> None:
        self.at = at

    def now_ms(self) -> int:
        return self.at

    def advance(self, *, seconds: float) -> None:
        self.at += int(seconds * 1000)
