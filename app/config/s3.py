"""The settings of a store that speaks S3."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.config.values import WrongSetting, choice, shaped

BUCKET = shaped(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "my-bucket")
ADDRESS = shaped(r"https?://[A-Za-z0-9.:\[\]-]+/?", "https://account.r2.example.com")
REGION = shaped(r"[a-z0-9-]{2,30}", "eu-central-1")
KEY = shaped(r"\S{3,200}", "one word")
PREFIX = shaped(r"[A-Za-z0-9][A-Za-z0-9/_-]{0,200}", "guestbook/")
HERE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:|$)")


@dataclass(frozen=True)
class S3:
    """Where the store is; without an endpoint Amazon's, without keys those that boto3 finds."""

    bucket: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    prefix: str


def read_s3(get: Callable[[str, str, Callable[[str, str], Any]], Any], mode: str) -> S3 | None:
    """The store, or None where files lie in the home folder."""
    prefix = get("S3_PREFIX", "guestbook/", PREFIX).strip("/")
    read = S3(
        bucket=get("S3_BUCKET", "", BUCKET),
        endpoint=get("S3_ENDPOINT", "", ADDRESS).rstrip("/"),
        region=get("S3_REGION", "auto", REGION),
        access_key=get("S3_ACCESS_KEY", "", KEY),
        secret_key=get("S3_SECRET_KEY", "", KEY),
        prefix=f"{prefix}/",
    )
    if get("FILES", "local", choice("local", "s3")) == "local":
        return None
    _check(read, mode)
    return read


def _check(s3: S3, mode: str) -> None:
    if not s3.bucket:
        raise WrongSetting("S3_BUCKET is missing: FILES=s3 needs the name of a bucket.")
    if not s3.endpoint and s3.region == "auto":
        raise WrongSetting("S3_REGION is missing: without S3_ENDPOINT it says where the bucket is.")
    if bool(s3.access_key) != bool(s3.secret_key):
        raise WrongSetting("S3_ACCESS_KEY and S3_SECRET_KEY go together; one of them is missing.")
    if mode == "production" and s3.endpoint.startswith("http:") and not HERE.match(s3.endpoint):
        raise WrongSetting("S3_ENDPOINT must be an https:// address in production.")
