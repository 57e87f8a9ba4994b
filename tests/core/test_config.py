"""Settings: working defaults, one sentence for a wrong value, no start without own keys."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import WrongSetting, new_key, read_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_an_empty_environment_works_and_keeps_its_keys(tmp_path):
    env = {"GUESTBOOK_HOME": str(tmp_path)}
    one, two = read_settings(env), read_settings(env)
    assert one == two
    assert one.keys_generated
    assert stat.S_IMODE((tmp_path / "generated-keys").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUESTBOOK_MODE", "prod"), ("DATABASE_URL", "mysql://x"), ("PROPERTY_TIMEZONE", "Hanoi"),
        ("PROPERTY_TIMEZONE", "../etc/passwd"), ("PROPERTY_CURRENCY", "DONG"),
        ("PROPERTY_COUNTRY", "Vietnam"), ("PROPERTY_LANGUAGE", "xx"), ("DATE_ORDER", "ddmm"),
        ("LOCK_MINUTES", "0"), ("LOCK_MINUTES", "-5"), ("LOCK_MINUTES", "²"),
        ("SESSION_HOURS", "1e9"), ("SECRET_KEY", "short"), ("MASTER_KEYS", "nope"),
        ("MASTER_KEYS", "a:AAAA"), ("INDEX_KEY", "!!"), ("BASE_URL", "javascript:alert(1)"),
        ("TRUSTED_PROXIES", "many"), ("SECOND_FACTOR_ROLES", "boss"), ("LOG_LEVEL", "LOUD"),
        ("UPLOAD_MEGABYTES", ""), ("PROPERTY_NAME", "a\nb"),
        ("DATABASE_URL", "sqlite://"), ("DATABASE_URL", "sqlite:///"),
        ("KEYSTORE_URL", "sqlite:///:memory:"), ("DATABASE_URL", "postgresql://host"),
        ("FILES", "ftp"), ("FILES", "s3"), ("S3_BUCKET", "Über"), ("S3_PREFIX", "../up"),
        ("S3_ENDPOINT", "store.example.com"), ("S3_REGION", "US East"), ("S3_SECRET_KEY", "a b"),
        ("DATABASE_URL", "postgresql://host:port/x"), ("KEYSTORE_URL", "postgresql://[::1/x"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_one_sentence_that_names_it(tmp_path, name, value):
    env = {"GUESTBOOK_HOME": str(tmp_path), name: value}
    if value == "":
        read_settings(env)  # empty means the default
        return
    with pytest.raises(WrongSetting) as refused:
        read_settings(env)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("home", ["/proc/none/such", __file__, f"{__file__}/inside"])
def test_a_home_that_cannot_be_made_is_refused_in_one_sentence(home):
    with pytest.raises(WrongSetting, match="GUESTBOOK_HOME"):
        read_settings({"GUESTBOOK_HOME": home})


def test_a_new_home_is_nobody_else_s_to_read(tmp_path):
    read_settings({"GUESTBOOK_HOME": str(tmp_path / "home")})
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


@pytest.mark.parametrize("missing", ["SECRET_KEY", "MASTER_KEYS", "INDEX_KEY"])
def test_production_does_not_start_without_its_own_keys(tmp_path, missing):
    env = {
        "GUESTBOOK_MODE": "production", "GUESTBOOK_HOME": str(tmp_path), "SECRET_KEY": new_key(),
        "MASTER_KEYS": f"k:{new_key()}", "INDEX_KEY": new_key(),
    }  # fmt: skip
    assert read_settings(env).secure_cookies
    del env[missing]
    with pytest.raises(WrongSetting, match=missing):
        read_settings(env)
    assert not (tmp_path / "generated-keys").exists()


@pytest.mark.parametrize(
    ("more", "wrong"),
    [({}, "S3_REGION"), ({"S3_REGION": "eu-west-1", "S3_ACCESS_KEY": "key"}, "S3_SECRET_KEY"),
     ({"S3_ENDPOINT": "http://store.example.com"}, "S3_ENDPOINT"),
     ({"S3_ENDPOINT": "http://localhost.example.com"}, "S3_ENDPOINT"),
     ({"S3_ENDPOINT": "http://127.0.0.1:9000/", "S3_PREFIX": "/a/b/"}, "S3_PREFIX"),
     ({"S3_ENDPOINT": "http://127.0.0.1:9000/", "S3_PREFIX": "a/b/"}, None),
     ({"S3_REGION": "eu-west-1"}, None)],
)  # fmt: skip
def test_production_takes_a_store_that_it_can_reach_and_trust(tmp_path, more, wrong):
    keys = {"SECRET_KEY": new_key(), "MASTER_KEYS": f"k:{new_key()}", "INDEX_KEY": new_key()}
    env = {"GUESTBOOK_MODE": "production", "GUESTBOOK_HOME": str(tmp_path), "FILES": "s3"}
    if wrong:
        with pytest.raises(WrongSetting, match=wrong):
            read_settings(env | keys | {"S3_BUCKET": "papers"} | more)
        return
    read = read_settings(env | keys | {"S3_BUCKET": "papers", "S3_SECRET_KEY": ""} | more).s3
    assert (read.bucket, read.prefix) == ("papers", more.get("S3_PREFIX", "guestbook/"))
    assert "secret" not in repr(read)


@pytest.mark.parametrize(
    ("guests", "keys"),
    [("sqlite:////srv/one.db", "sqlite:////srv/one.db"),
     ("postgresql://a:b@db/guests", "postgresql://c:d@db/guests")],
)  # fmt: skip
def test_the_keys_lie_in_another_database_than_the_guests(tmp_path, guests, keys):
    env = {"GUESTBOOK_HOME": str(tmp_path), "DATABASE_URL": guests, "KEYSTORE_URL": keys}
    with pytest.raises(WrongSetting, match="another database"):
        read_settings(env)
    assert read_settings(env | {"KEYSTORE_URL": keys + "-keys"})


def test_what_a_server_writes_is_nobody_else_s_to_read(tmp_path):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
    tmp_path.chmod(0o755)
    env = os.environ | {"GUESTBOOK_HOME": str(tmp_path), "GUESTBOOK_MODE": "development"}
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    written = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"guestbook.db", "keystore.db", "generated-keys"} <= set(written)
    assert not any(mode & 0o077 for mode in written.values()), written


def test_the_readme_lists_every_variable_that_is_read(tmp_path):
    seen: set[str] = set()

    class Env(dict):
        def get(self, name, default=None):
            seen.add(name)
            return super().get(name, default)

    read_settings(Env(GUESTBOOK_HOME=str(tmp_path)))
    missing = sorted(name for name in seen if f"`{name}`" not in README)
    assert not missing
