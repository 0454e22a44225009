"""Tokens stay out of logs."""

import io
import logging

import pytest

from bot.slack.secrecy import Secrecy, redacted
from bot.slack.settings import HttpSettings, SlackSettings

SECRETS = ["xoxb-1-2-abc", "xoxe.xoxp-1-abc", "xapp-1-A1-99-deadbeef", "https://hooks.slack.com/commands/T1/2/abc"]


@pytest.mark.parametrize("secret", [*SECRETS, "wss://x/link/?ticket=abc-def"])
def test_what_looks_like_a_secret_is_cut_to_its_kind(secret: str) -> None:
    text = redacted(f"token={secret} end")
    assert secret not in text
    assert text.endswith(" end")
    assert "‹redacted›" in text


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach postgresql://bot:hunter2hunter2@db/bot",
        "sent Authorization: Bearer hunter2hunter2",
        "node token eyJhbGciOiJSUzI1NiJ9.hunter2hunter2.hunter2hunter2",
    ],
    ids=["database address", "bearer", "JWT"],
)
def test_other_systems_secrets_stay_out_too(text: str) -> None:
    assert "hunter2" not in redacted(text)


def test_messages_arguments_and_tracebacks_are_redacted() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Secrecy())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise ValueError(f"bad {SECRETS[0]}")
    except ValueError:
        logger.exception("calling with %s", SECRETS[2])
    assert "calling with xapp‹redacted›" in written.getvalue()
    assert "ValueError: bad xoxb‹redacted›" in written.getvalue()
    assert not any(secret in written.getvalue() for secret in SECRETS)


def test_settings_do_not_show_their_tokens() -> None:
    shown = repr(SlackSettings(bot_token=SECRETS[0], app_token=SECRETS[2], http=HttpSettings(signing_secret="s3cret")))
    assert not any(secret in shown for secret in [*SECRETS, "s3cret"])
