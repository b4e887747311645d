"""The table of refusals: what each of Discord's codes means, whether it is tried again, what pauses, who is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord_io.refusals import (
    BY_CODE,
    BY_REASON,
    FEW,
    REFUSALS,
    Told,
    fix,
    means,
    refusal_of,
    sentence_of,
    why,
)
from bot.errors import CannotPost, PostFailed
from bot.outcomes import NOTIFIED_REASONS, Reason

ADMINS, HOST, BOTH, NOBODY = Told.ADMINS, Told.HOST, Told.ADMINS | Told.HOST, Told.NOBODY
EVER = None
TABLE: list[tuple[Reason, list[int], int | None, bool, Told]] = [
    (Reason.OUTAGE, [40333, 40003, 40004, 40006, 40058, 40062, 110000, 110001, 130000], EVER, False, ADMINS),
    (Reason.OUTAGE, [20016, 20022, 20028, 20029, 30046], EVER, False, ADMINS),
    (Reason.CHANNEL_GONE, [10003, 10004, 50055], 1, True, ADMINS),
    (Reason.MESSAGE_GONE, [10008], 1, False, ADMINS),
    (Reason.ACCOUNT_GONE, [50033, 10013, 10007], 1, False, NOBODY),
    (Reason.FORBIDDEN, [50001, 50013, 50009, 160002], 1, True, ADMINS),
    (Reason.TWO_FACTOR, [60003, 50017], 1, True, BOTH),
    (Reason.BOT_FLAGGED, [20026, 340015], 3, False, HOST),
    (Reason.DM_CLOSED, [50007, 50278, 20009], 1, False, NOBODY),
    (Reason.TAG_MISSING, [40066, 40067, 10087], 3, True, ADMINS),
    (Reason.THREADS_FULL, [160006, 160007], 3, False, ADMINS),
    (Reason.PINS_FULL, [30003, 30047], 3, False, ADMINS),
    (Reason.THREAD_CLOSED, [50083, 160005], 3, False, ADMINS),
    (Reason.WRONG_CHANNEL, [50008, 50024, 50068, 50003, 50019, 50021, 520002], 3, False, ADMINS),
    (Reason.BLOCKED, [200000, 200001, 240000, 20031], 3, False, ADMINS),
    (Reason.INVALID, [50035, 50006, 50109, 50028, 40005], 3, False, BOTH),
]
ROWS = [(code, reason, *rest) for reason, codes, *rest in TABLE for code in codes]


def answered(status: int, body: Any) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="No")
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(response, body)


def coded(code: int, status: int = 400, text: str = "no") -> discord.HTTPException:
    return answered(status, {"code": code, "message": text})


@pytest.mark.parametrize(("code", "reason", "tries", "pauses", "told"), ROWS)
def test_what_a_code_means(code: int, reason: Reason, tries: int | None, pauses: bool, told: Told) -> None:
    refusal = refusal_of(coded(code))
    assert (refusal.reason, refusal.tries, refusal.pauses, refusal.told) == (reason, tries, pauses, told)
    error = refusal.error("no")
    assert (error.reason, error.tries, error.pauses) == (reason, tries, pauses)
    assert isinstance(error, CannotPost if tries == 1 else PostFailed)


def test_every_code_of_the_table_is_expected_here_and_stands_in_one_row() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(BY_CODE)
    assert sum(len(refusal.codes) for refusal in REFUSALS) == len(BY_CODE)
    assert len(BY_REASON) == len(REFUSALS)


@pytest.mark.parametrize(
    "error",
    [
        answered(403, "<html>Access denied</html>"), answered(404, "<html>nginx</html>"), answered(403, {}),
        answered(404, {"message": "404: Not Found", "code": 0}), answered(400, "Bad Request"), answered(429, {}),
        answered(503, {"code": 50013, "message": "Missing Permissions"}), answered(502, ""), coded(40333, 403),
        aiohttp.ClientConnectionResetError("Cannot write to closing transport"), TimeoutError(), OSError("no route"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("private", [False, True])
def test_what_the_network_between_says_is_tried_again_and_pauses_nobody(error: Exception, private: bool) -> None:
    refusal = refusal_of(error, private=private)
    assert (refusal.reason, refusal.tries, refusal.pauses) == (Reason.OUTAGE, EVER, False)
    assert sentence_of(error)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_code_that_nobody_knows_is_tried_a_few_times_and_pauses_nobody(status: int) -> None:
    refusal = refusal_of(coded(987654, status))
    assert (refusal.reason, refusal.tries, refusal.pauses, refusal.told) == (Reason.REFUSED, FEW, False, BOTH)


def test_a_missing_permission_in_a_direct_message_is_a_closed_one_and_a_flagged_bot_is_not() -> None:
    assert refusal_of(coded(50013, 403), private=True).reason is Reason.DM_CLOSED
    assert refusal_of(coded(20026, 403), private=True).reason is Reason.BOT_FLAGGED
    assert means(coded(10008, 404), Reason.CHANNEL_GONE, Reason.MESSAGE_GONE)
    assert not means(answered(404, "<html></html>"), Reason.CHANNEL_GONE, Reason.MESSAGE_GONE)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert why(reason)[-1].isalnum()
    assert not fix(reason) or fix(reason)[-1] in ".*"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.reason)
def test_whoever_is_told_learns_what_to_do(refusal: Any) -> None:
    follow_ups_alone = {Reason.MESSAGE_GONE, Reason.PINS_FULL}
    if Told.ADMINS in refusal.told and refusal.reason not in follow_ups_alone:
        assert refusal.pauses or refusal.reason in NOTIFIED_REASONS
    if refusal.told and refusal.reason is not Reason.MESSAGE_GONE:
        assert fix(refusal.reason)


def test_discords_own_sentence_is_shown_where_it_helps_cut_and_harmless() -> None:
    text = "Invalid Form Body\nIn content: @everyone [see](https://evil.example/x) \u202e**bold** " + "x" * 400
    shown = why(Reason.INVALID, detail=sentence_of(coded(50035, text=text)))
    assert shown.startswith(
        "Discord calls it invalid, which is a bug in me (Discord says: “Invalid Form Body In content"
    )
    assert "evil.example" not in shown
    assert "@everyone" not in shown
    assert "**bold**" not in shown
    assert not {"\n", "\u202e"} & set(shown)
    assert len(shown) < 300
    assert "error 200000" in why(Reason.BLOCKED, detail=sentence_of(coded(200000, text="Blocked")))
    assert "Missing Permissions" not in why(
        Reason.FORBIDDEN, detail=sentence_of(coded(50013, text="Missing Permissions"))
    )
    assert "html" not in why(Reason.OUTAGE, detail=sentence_of(answered(403, "<html></html>")))
