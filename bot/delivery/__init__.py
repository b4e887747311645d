"""Delivering what is due: each weekly prompt and each reminder once, at its time, whatever happened before."""

from bot.delivery.courier import BATCH, Report, deliver_due, deliver_now, finish_interrupted, upcoming_prompt
from bot.delivery.errand import GRACE, NONCE_WINDOW
from bot.delivery.letters import Nudge, Poster, Prompt, Recap, Sent

__all__ = [
    "BATCH",
    "GRACE",
    "NONCE_WINDOW",
    "Nudge",
    "Poster",
    "Prompt",
    "Recap",
    "Report",
    "Sent",
    "deliver_due",
    "deliver_now",
    "finish_interrupted",
    "upcoming_prompt",
]
