"""Forms of wishes: to make one, and to note what became of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import RolloutCell, Wish
from measures.models.ladder import Stage, Step
from measures.neighbours import cells_with_it
from network.models import Municipality
from smartregion.base.editing import VersionedModelForm
from smartregion.base.versioned import Versioned


class WishForm(forms.ModelForm[Wish]):
    """`cell_version` is the state that the municipality has read, should it change the stage too."""

    cell_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    with_stage = forms.BooleanField(
        label=gettext_lazy("Auch unseren Stand auf „Interesse bekundet“ setzen"),
        help_text=gettext_lazy("Ohne Haken bleibt der Stand, wie er ist."),
        required=False,
    )

    class Meta:
        model = Wish
        fields = ["message", "asked"]
        widgets = {"message": forms.Textarea(attrs={"rows": 4}), "asked": forms.RadioSelect}
        help_texts = {
            "message": gettext_lazy(
                "Lesen die Koordinierungsstelle und die Kommune, die Sie ansprechen. Sagen Sie, wie man Sie "
                "erreicht."
            ),
            "asked": gettext_lazy("Sie bekommt eine Mail; ihre Adresse bleibt verborgen."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cell: RolloutCell = self.instance.cell
        self.initial["cell_version"] = cell.version
        others = [each.municipality_id for each in cells_with_it(cell.measure) if each.pk != cell.pk]
        asked: Any = self.fields["asked"]
        asked.queryset = Municipality.objects.filter(pk__in=others).defer("boundary")
        asked.empty_label = _("niemandem, nur der Koordinierungsstelle")
        asked.label = _("Wem möchten Sie außerdem Ihren Wunsch sagen?")
        if not others:
            del self.fields["asked"]
        if cell.stage == Stage.INTERESTED or not Step(Stage(cell.stage), Stage.INTERESTED).is_allowed:
            del self.fields["with_stage"]


class HandleWishForm(VersionedModelForm):
    """Saving it settles the wish."""

    reason_for_change = None  # type: ignore[assignment]

    class Meta:
        model = Wish
        fields = ["note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"note": gettext_lazy("Was ist daraus geworden? Die Kommune liest es.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].error_messages["required"] = _(
            "Bitte sagen Sie, was aus dem Wunsch geworden ist."
        )

    def save_over_read_version(self, *, by: Any) -> Versioned:
        self.instance.state = Wish.State.HANDLED
        self.cleaned_data["reason_for_change"] = _("Wunsch erledigt")
        return super().save_over_read_version(by=by)
