"""Objects of an S3-compatible store: AWS, MinIO, Ceph, OpenStack Swift's s3api and others, through boto3.

Keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), boto3's own files or the machine's
role. An object is replaced whole; many at once never are, so files are sent in the order of `travel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from site_builder.deploy.addresses import Address
from site_builder.deploy.headers import caching, typed
from site_builder.deploy.port import Cut, DeployError, Port, Refused, Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

AT_ONCE = 16
"""Requests under way."""
DELETED_AT_ONCE = 1000
"""The most that one DeleteObjects may name (Amazon S3 API Reference)."""
MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
EXISTS = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
BUSY = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "500", "503"})


class S3Port(Port):
    """The objects of a bucket whose keys begin with the address's path."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._bucket = address.host
        self._prefix = f"{address.path}/" if address.path else ""
        self._opened: S3Client | None = None

    def open(self) -> None:
        # Other stores than Amazon's know no checksums in trailers, which newer boto3 sends of its own accord.
        settings = Config(
            retries={"mode": "standard", "max_attempts": 5},
            max_pool_connections=AT_ONCE,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        try:
            self._opened = boto3.session.Session().client(
                "s3",
                endpoint_url=self._address.options.get("endpoint"),
                region_name=self._address.options.get("region"),
                config=settings,
            )
        except (BotoCoreError, ValueError) as error:
            raise self._explained(error) from error

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    @property
    def _client(self) -> S3Client:
        assert self._opened is not None, "open comes first"
        return self._opened

    def read(self, path: str) -> bytes | None:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=self._key(path))["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if _code(error) in MISSING:
                return None
            raise self._explained(error) from error

    def write(self, path: str, data: bytes) -> None:
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(path),
                Body=data,
                ContentType="application/json",
                CacheControl="no-store",
            )
        except (ClientError, BotoCoreError) as error:
            raise self._explained(error) from error

    def create(self, path: str, data: bytes) -> bool:
        key = self._key(path)
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, IfNoneMatch="*", CacheControl="no-store"
            )
        except (ClientError, BotoCoreError) as error:
            if _code(error) in EXISTS:
                return False
            raise self._explained(error) from error
        # A store that knows no conditional writes took it anyway: then the last of two wins, and sees it.
        return self.read(path) == data

    def put(self, files: Sequence[Upload]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for _ in pool.map(self._put_one, files):
                    pass
            except (ClientError, BotoCoreError, OSError) as error:
                pool.shutdown(cancel_futures=True)
                raise self._explained(error) from error

    def _put_one(self, file: Upload) -> None:
        with file.source.open("rb") as body:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(file.path),
                Body=body,
                ContentType=typed(file.name),
                CacheControl=caching(file.name),
            )

    def remove(self, paths: Iterable[str]) -> None:
        keys = [self._key(path) for path in paths]
        for start in range(0, len(keys), DELETED_AT_ONCE):
            some = keys[start : start + DELETED_AT_ONCE]
            try:
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
            except (ClientError, BotoCoreError) as error:
                raise self._explained(error) from error
            if errors := answer.get("Errors"):
                raise Refused(
                    f"s3://{self._bucket}/{errors[0].get('Key')}: {errors[0].get('Message')}",
                    "Allow s3:DeleteObject for these keys",
                )

    def differing(self, files: Sequence[Upload]) -> list[str]:
        tags: dict[str, str] = {}
        try:
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for item in page.get("Contents", []):
                    tags[item["Key"]] = item["ETag"].strip('"')
        except (ClientError, BotoCoreError) as error:
            raise self._explained(error) from error
        # The ETag is the MD5 of an object sent in one piece, as all are here, unless the store encrypts by a
        # key of its own: then everything differs and is sent again, which is slow but right.
        return [file.path for file in files if tags.get(self._key(file.path)) != _md5(file)]

    def _key(self, path: str) -> str:
        return f"{self._prefix}{path}"

    def _explained(self, error: Exception) -> DeployError:
        where = self._address.options.get("endpoint") or "S3"
        code = _code(error)
        if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
            return Refused(
                "there are no keys for the object store",
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment of whoever deploys",
            )
        if isinstance(error, (ConnectionError, HTTPClientError)) or code in BUSY:
            return Cut(f"{where} cannot be reached: {error}", "Run it again: it goes on where it stopped")
        if code == "NoSuchBucket":
            return Refused(
                f"there is no bucket {self._bucket} at {where}", "Create it, or correct the target"
            )
        if isinstance(error, ClientError):
            return Refused(
                f"{where} refuses {error.operation_name} in {self._bucket}: {code}",
                "Give the key the rights ListBucket, GetObject, PutObject and DeleteObject",
            )
        return DeployError(f"{where}: {error}", "Correct the target or the settings of boto3")


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _md5(file: Upload) -> str:
    return md5(file.source.read_bytes(), usedforsecurity=False).hexdigest()
