"""`python -m django apitoken create NAME [--union U]`, `... list`, `... revoke PREFIX`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.api.models import ApiToken


class Command(BaseCommand):
    help = "Make, list and revoke the tokens with which other programs read /api/v1/."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a token and print its secret, once")
        create.add_argument("name")
        create.add_argument("--union", default="", help="slug: read this union's site only")
        verbs.add_parser("list", help="what tokens there are")
        revoke = verbs.add_parser("revoke", help="stop a token by the beginning that `list` shows")
        revoke.add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["verb"])(options)

    def create(self, options: dict[str, Any]) -> None:
        _, secret = ApiToken.objects.issue(options["name"], union=options["union"])
        self.stdout.write(secret)

    def list(self, options: dict[str, Any]) -> None:
        for token in ApiToken.objects.all():
            state = "active" if token.active else "revoked"
            self.stdout.write(f"{token.prefix}\t{state}\t{token.union or '*'}\t{token.name}")

    def revoke(self, options: dict[str, Any]) -> None:
        prefix = options["prefix"]
        found = ApiToken.objects.filter(prefix=prefix)
        if len(found) != 1:
            raise CommandError(f"not one token but {len(found)} begin with {prefix}: see `apitoken list`")
        found.update(active=False)
