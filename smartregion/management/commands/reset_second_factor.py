"""`manage.py reset_second_factor ADDRESS --reason …`: for the last administrator, whom nobody can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.account_services import reset_second_factor
from network.models import User


class Command(BaseCommand):
    help = "Nimmt einem Konto den zweiten Faktor und beendet seine Sitzungen. Das Protokoll hält es fest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="E-Mail-Adresse des Kontos")
        parser.add_argument("--reason", required=True, help="steht im Verlauf, zum Beispiel „Gerät verloren“")

    def handle(self, *args: Any, address: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=address.strip()).first()
        if user is None:
            raise CommandError(f"Zu {address} gibt es kein Konto.")
        reset_second_factor(user=user, by=None, reason=reason)
        self.stdout.write("Zurückgesetzt. Bei der nächsten Anmeldung wird ein neuer eingerichtet.")
