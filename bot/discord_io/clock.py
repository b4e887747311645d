"""The present, with a second opinion: Discord's answers carry the time at which they were made.

A machine's clock may leap (a wrong battery, a virtual machine that was restored, an admin's slip), and a leap of forty
days would write five weekly prompts off as missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

log = logging.getLogger(__name__)

LEAP = timedelta(minutes=1)
"""From when on this machine's clock counts as wrong. At 0 the second that Discord's time is rounded to is a leap; at an
hour a clock that was set back leaves a claim open for an hour."""


class CheckedClock:
    """Tells the present: this machine's clock while it agrees with Discord's, else Discord's.

    `clock` returns an aware datetime; `monotonic` seconds that never go back, and count suspended time.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._heard: tuple[datetime, float] | None = None
        self._agreed = True

    def hear(self, date: str) -> None:
        """Note the `Date` of an answer of Discord's (RFC 9110); what is no date is ignored."""
        try:
            self._heard = parsedate_to_datetime(date), self._monotonic()
        except ValueError:
            return

    def __call__(self) -> datetime:
        """The present as an aware datetime."""
        now = self._clock()
        if self._heard is None:
            return now
        heard, at = self._heard
        present = heard + timedelta(seconds=self._monotonic() - at)
        agrees = abs(now - present) < LEAP
        if agrees != self._agreed:
            self._agreed = agrees
            log.warning(
                "This machine's clock is right again"
                if agrees
                else "This machine's clock is off by %s: set it right. Until then Discord's is used",
                *(() if agrees else (now - present,)),
            )
        return now if agrees else present
