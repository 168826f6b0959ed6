"""Settings: everything wrong is named at once with its meaning, and what is right arrives unspoilt."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import MEANING, BadSettings, Settings, keys_for, read
from storage.vault import new_master_key, parse_master_keys

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
WRONG = {
    "SLACK_BOT_TOKEN": ["", "xoxp-not-a-bot"],
    "SLACK_APP_TOKEN": ["", "xoxb-no-app-token"],
    "SLACK_API_URL": ["slack.com/api", "ftp://slack.com/"],
    "SLACK_COMMAND": ["msp", "/", "/m s p", "/" + "x" * 32],
    "DATABASE_URL": ["not an address", "mysql://host/name", "oracle://x"],
    "GANGWAY_KEYS": ["short", "a,b"],
    "PUBLIC_URL": [
        "gangway.example", "//gangway.example", "https://gangway.example/path?x=1", "https://gangway.example/#top", "https://gangway.example?",
        "https://gangway.example:port", "https://[gangway.example", "https://", "https://:443", "https://gangway.example/a b",
    ],
    "LISTEN": ["8730", "host:", "host:port", "127.0.0.1:99999"],
    "SMTP_URL": ["mail.example", "http://mail.example", "smtp://user@mail.example"],
    "MAIL_FROM": ["gangway"],
    "TIMEZONE": ["Europe/Vienn", "America", "CEST!"],
    "AUTOTASK_API_URL": ["webservices.autotask.net"],
    "ITGLUE_API_URL": ["api.itglue.com"],
    "CONNECTWISE_API_URL": ["cw"],
    "CREDENTIALS_IN_SLACK": ["yes", "1"],
    "LOG_LEVEL": ["verbose"],
    "LOG_FORMAT": ["xml"],
}


def problems(given_: dict[str, str], folder: Path) -> list[str]:
    try:
        read(given_, folder)
    except BadSettings as error:
        return error.problems
    return []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_malformed_setting_is_named_with_its_meaning(tmp_path: Path, name: str, value: str) -> None:
    found = problems(GOOD | {"MAIL_FROM": "a@b.example"} | {name: value}, tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{name} ({MEANING[name]})")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems({name: values[-1] for name, values in WRONG.items()}, tmp_path)
    assert {line.split(" ")[0] for line in found} == set(WRONG)


def test_nothing_given_names_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    assert [line.split(" ")[0] for line in problems({}, tmp_path)] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


def test_the_two_tokens_are_enough(tmp_path: Path) -> None:
    made = read(GOOD, tmp_path)
    assert (made.command, made.listen_host, made.listen_port) == ("/msp", "127.0.0.1", 8730)
    assert made.database_url == f"sqlite:///{tmp_path / '.gangway' / 'gangway.db'}"
    assert made.credentials_in_slack
    assert not any(tmp_path.iterdir()), "reading makes nothing"


def test_a_signing_secret_stands_in_for_the_app_token(tmp_path: Path) -> None:
    made = read({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, tmp_path)
    assert (made.app_token, made.signing_secret) == ("", "s")


def test_links_are_put_behind_the_public_address_so_a_query_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (said,) = problems(GOOD | {"PUBLIC_URL": "http://a.example/path?x=1"}, tmp_path)
    assert said.endswith("must end before the ? or #: paths are put behind it. Take off what begins there.")
    assert read(GOOD | {"PUBLIC_URL": "http://a.example/path/"}, tmp_path).public_url == "http://a.example/path"


def test_what_is_wrong_with_the_mail_server_names_its_setting_once(tmp_path: Path) -> None:
    (said,) = problems(GOOD | {"SMTP_URL": "http://mail.example", "MAIL_FROM": "a@b.example"}, tmp_path)
    assert said.count("SMTP_URL") == 1
    assert said.endswith("): has to start with smtp://, smtps:// or smtp+starttls://.")


def test_mail_needs_a_sender(tmp_path: Path) -> None:
    (said,) = problems(GOOD | {"SMTP_URL": "smtp://mail.example"}, tmp_path)
    assert said.startswith("MAIL_FROM")


def test_the_env_file_is_read_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\nLOG_FORMAT=json\n")
    made = read({"SLACK_BOT_TOKEN": "xoxb-environment"}, tmp_path)
    assert (made.bot_token, made.app_token, made.log_format) == ("xoxb-environment", "xapp-file", "json")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("ab1$#{}%&= @!~*^\\`"), min_size=1, max_size=30).map(lambda text: f"x{text}x"))
def test_signs_in_a_secret_survive_the_env_file(tmp_path: Path, secret: str) -> None:
    escaped = secret.replace("\\", "\\\\").replace("'", "\\'")
    lines = ["SLACK_BOT_TOKEN=xoxb-1", f"SLACK_SIGNING_SECRET='{escaped}'", "a=b", "x=y"]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert read({}, tmp_path).signing_secret == secret


@pytest.mark.parametrize("secret", ["p$HOME", "a${SLACK_BOT_TOKEN}b", "a#b", "$1$2"])
def test_an_unquoted_secret_is_not_expanded_and_not_cut(tmp_path: Path, secret: str) -> None:
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET={secret}\n")
    assert read({}, tmp_path).signing_secret == secret


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    key = new_master_key()
    given_ = GOOD | {
        "SLACK_BOT_TOKEN": "xoxb-CANARY", "SLACK_APP_TOKEN": "xapp-CANARY", "SLACK_SIGNING_SECRET": "CANARY", "GANGWAY_KEYS": key,
        "SMTP_URL": "smtp://user:CANARY@mail.example", "MAIL_FROM": "a@b.example", "AUTOTASK_INTEGRATION_CODE": "CANARY",
        "DATABASE_URL": "postgresql://user:CANARY@host/name",
    }  # fmt: skip
    shown = repr(read(given_, tmp_path))
    assert "CANARY" not in shown
    assert key not in shown


@pytest.mark.parametrize("name", ["SMTP_URL", "DATABASE_URL", "GANGWAY_KEYS", "SLACK_BOT_TOKEN"])
def test_a_refusal_does_not_repeat_what_may_be_a_secret(tmp_path: Path, name: str) -> None:
    found = problems(GOOD | {"MAIL_FROM": "a@b.example"} | {name: "wrong://user:CANARY@x:y:z"}, tmp_path)
    assert found
    assert "CANARY" not in "\n".join(found)


# --- the key file ------------------------------------------------------------------------------------------------


def with_home(tmp_path: Path) -> Settings:
    return read(GOOD | {"GANGWAY_HOME": str(tmp_path / "home")}, tmp_path)


def test_a_master_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    made = with_home(tmp_path)
    first = keys_for(made)
    file = made.home / "master.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.home.stat().st_mode) == 0o700
    assert keys_for(made) == first


def test_an_operators_keys_go_before_the_file(tmp_path: Path) -> None:
    given_ = parse_master_keys(new_master_key())
    made = replace(with_home(tmp_path), keys=given_)
    assert keys_for(made) == given_
    assert not made.home.exists()
