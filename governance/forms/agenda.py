"""Forms of an agenda."""

from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.forms.papers import PaperChoice
from governance.models import AgendaItem, Paper


class AgendaItemForm(RecordForm):
    paper = PaperChoice(
        Paper.objects.select_related("committee"), label=gettext_lazy("Vorlage"), required=False
    )

    class Meta:
        model = AgendaItem
        fields = ["title", "text", "paper", "visibility"]
