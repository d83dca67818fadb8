"""The form of what a municipality has learnt with a measure."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Document, Experience, Visibility
from measures.models.experience import MOST_LINKS
from smartregion.base.editing import VersionedModelForm
from smartregion.base.history import recorded
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import MarkdownInput

NOTHING = gettext_lazy("Leer heißt „keine Angabe“, nicht 0.")


class ExperienceForm(VersionedModelForm):
    documents = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Dokumente zum Nachnutzen"),
        help_text=gettext_lazy("Aus den Unterlagen der Maßnahme. Jeder sieht davon nur, was er darf."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Experience
        fields = [
            *["supplier", "person_days", "cost_once", "cost_yearly", "lessons"],
            *["transferability", "transferability_reason", "documents", "links", "is_public"],
        ]
        widgets = {"lessons": MarkdownInput, "links": forms.Textarea(attrs={"rows": 3})}
        localized_fields = ["person_days"]
        help_texts = {
            "supplier": gettext_lazy("Wer liefert oder betreibt die Lösung bei Ihnen?"),
            "person_days": NOTHING,
            "cost_once": NOTHING,
            "cost_yearly": NOTHING,
            "lessons": gettext_lazy("Was würden Sie heute anders machen?"),
            "transferability": gettext_lazy("Wie weit können andere Ihre Lösung übernehmen?"),
            "links": gettext_lazy(
                "Eine Zeile je Verweis, höchstens %d: Titel und Adresse, die mit https:// beginnt."
            )
            % MOST_LINKS,
            "is_public": gettext_lazy(
                "Ohne Haken lesen nur Konten diese Erfahrung, mit Haken alle. Nur die Kommune setzt ihn."
            ),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cell = self.instance.cell
        visible = Document.objects.visible_to(user).filter(measure=cell.measure)
        offered = [(each.pk, each.title) for each in visible.exclude(visibility=Visibility.DRAFT)]
        levels: Any = self.fields["transferability"]
        levels.choices = [("", _("keine Angabe")), *Experience.Transferability.choices]
        if offered:
            self.fields["documents"].choices = offered  # type: ignore[attr-defined]
        else:
            del self.fields["documents"]
        self.fields["is_public"].disabled = not user.has_perm("measures.publish_experience", cell)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        missing = values.get("transferability") and not values.get("transferability_reason")
        if missing and "transferability_reason" not in self.errors:
            self.add_error("transferability_reason", _("Bitte nennen Sie den Grund für die Einstufung."))
        return values

    def save_over_read_version(self, *, by: Any) -> Versioned:
        """The first saving makes the row; who saves first at the same time is met as an editor of it."""
        with recorded(by=by):
            stored, is_new = Experience.objects.get_or_create(cell=self.instance.cell)
            self.instance.pk = stored.pk
            if is_new:
                self.cleaned_data["version"] = stored.version
            return super().save_over_read_version(by=by)
