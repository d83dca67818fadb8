"""Forms of a committee and its seats."""

from typing import Any

from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import Committee, Seat
from network.models import User


class CommitteeForm(RecordForm):
    class Meta:
        model = Committee
        fields = ["name", "task", "rhythm", "host", "source", "visibility"]


class SeatForm(RecordForm):
    class Meta:
        model = Seat
        fields = ["group", "function", "organisation", "is_chair", "user"]
        help_texts = {
            "function": gettext_lazy("Die Funktion, nicht der Name einer Person."),
            "user": gettext_lazy("Wer hier ein Konto hat, liest auch die internen Unterlagen des Gremiums."),
        }

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.committee = committee
        self.fields["user"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The constraints of a seat speak of its committee, which the address gives."""
        return super()._get_validation_exclusions() - {"committee", "ends_on"}  # type: ignore[misc]
