"""Copies meetings and papers of a foreign OParl endpoint."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_lazy as _

from governance.models import Committee, Mirror
from governance.oparl.source import SourceError
from governance.services.mirror import Walk, link, run_to_go_on_with
from smartregion.base.history import recorded


class Command(BaseCommand):
    help = str(_("Spiegelt Sitzungen und Vorlagen eines Ratsinformationssystems über OParl."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help=str(_("Adresse des System-Objekts")))
        parser.add_argument(
            "--body", default="", help=str(_("Adresse der Körperschaft, wenn es mehrere gibt"))
        )
        parser.add_argument("--name", default="", help=str(_("Name der Quelle, wie ihn die Seiten zeigen")))
        parser.add_argument(
            "--link",
            action="append",
            default=[],
            metavar="GREMIUM=ADRESSE",
            help=str(_("Gremium des Portals und sein Gegenstück in der Quelle")),
        )
        parser.add_argument(
            "--internal", action="store_true", help=str(_("die Quelle liegt im eigenen Netz und darf das"))
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"] or urlsplit(options["url"]).hostname or options["url"]
        with recorded(by=None):
            mirror, _is_new = Mirror.objects.get_or_create(
                endpoint=options["url"],
                body=options["body"],
                defaults={"name": name[:120], "is_internal": options["internal"]},
            )
        for pair in options["link"]:
            self._link(mirror, pair)
        try:
            run = run_to_go_on_with(mirror)
            Walk(run).go(lambda step, label: self.stdout.write(label))
        except SourceError as error:
            raise CommandError(str(error)) from error
        run.refresh_from_db()
        self.stdout.write(
            str(_("%(pages)d Seiten gelesen, %(changed)d Objekte neu oder geändert."))
            % {"pages": run.pages, "changed": run.changed}
        )

    def _link(self, mirror: Mirror, pair: str) -> None:
        slug, _equals, organization = pair.partition("=")
        committee = Committee.objects.filter(slug=slug).first()
        if committee is None or not organization:
            raise CommandError(str(_("„%s“ nennt kein Gremium dieses Portals.")) % pair)
        link(mirror=mirror, committee=committee, organization=organization, by=None)
