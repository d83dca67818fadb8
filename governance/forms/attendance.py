"""Who takes part: one choice for each seat, all on one page; and the answer for one's own seat."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Attendance, Meeting
from governance.presence import Part, Place, places_at
from governance.services.attendance import Answer

State = Attendance.State
DEPUTY = "deputy-"
OPEN = ("", gettext_lazy("offen"))


def answer_of(place: Place) -> str:
    """What the form shows as chosen: a state, or the deputy who was there."""
    row = place.attendance
    if row is None:
        return ""
    return f"{DEPUTY}{row.deputy_id}" if row.deputy_id else row.state


class AttendanceForm(forms.Form):
    """What the editor left as they read it (the hidden initial value) is not written.

    Attributes:
        places: the meeting's seats, in the order of the page.
    """

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting, self.places = meeting, places_at(meeting)
        for place in self.places:
            self._add(place)

    def _add(self, place: Place) -> None:
        key, row = place.seat.pk, place.attendance
        self.fields[f"seat-{key}"] = forms.ChoiceField(
            label=place.seat.function,
            choices=self._choices(place),
            widget=forms.RadioSelect,
            required=False,
            initial=answer_of(place),
            show_hidden_initial=True,
        )
        self.fields[f"note-{key}"] = forms.CharField(
            label=_("Anmerkung"),
            max_length=160,
            required=False,
            initial=row.note if row else "",
            show_hidden_initial=True,
        )
        self.fields[f"version-{key}"] = forms.IntegerField(
            required=False, min_value=1, widget=forms.HiddenInput, initial=row.version if row else None
        )

    def _choices(self, place: Place) -> list[tuple[str, Any]]:
        states = [State.PRESENT, State.EXCUSED, State.ABSENT]
        if not self.meeting.has_come:
            return [*((str(state.value), state.label) for state in (State.ACCEPTED, State.EXCUSED)), OPEN]
        choices: list[tuple[str, Any]] = [(str(state.value), state.label) for state in states]
        choices += [
            (f"{DEPUTY}{deputy.pk}", _("vertreten durch %s") % deputy.function) for deputy in place.deputies
        ]
        if answer_of(place) == State.ACCEPTED:
            return [*choices, (str(State.ACCEPTED.value), State.ACCEPTED.label)]
        return [*choices, OPEN]

    def rows(self) -> Iterator[tuple[Place, BoundField, BoundField, BoundField]]:
        for place in self.places:
            key = place.seat.pk
            yield place, self[f"seat-{key}"], self[f"note-{key}"], self[f"version-{key}"]

    def answers(self, *, rest_present: bool = False) -> list[Answer]:
        """What the editor wants to change.

        Args:
            rest_present: everybody of whom nothing else is known was there, or the deputy who offered it.
        """
        found = []
        for place in self.places:
            key = place.seat.pk
            choice = self.cleaned_data[f"seat-{key}"]
            is_changed = not {f"seat-{key}", f"note-{key}"}.isdisjoint(self.changed_data)
            if rest_present and place.stand_in and choice in {"", State.EXCUSED}:
                choice, is_changed = f"{DEPUTY}{place.stand_in.pk}", True
            elif rest_present and choice in {"", State.ACCEPTED}:
                choice, is_changed = str(State.PRESENT), True
            if is_changed:
                found.append(self._answer(place, choice))
        return found

    def _answer(self, place: Place, choice: str) -> Answer:
        key = place.seat.pk
        deputies = {f"{DEPUTY}{deputy.pk}": deputy for deputy in place.deputies}
        deputy = deputies.get(choice)
        return Answer(
            seat=place.seat,
            version=self.cleaned_data[f"version-{key}"],
            state=State.PRESENT if deputy else choice,
            deputy=deputy,
            note=self.cleaned_data[f"note-{key}"],
        )

    def merged_data(self) -> Any:
        """What was sent, over the stored rows: what the editor left alone takes the stored value."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for place in places_at(self.meeting):
            key, row = place.seat.pk, place.attendance
            data[f"version-{key}"] = str(row.version) if row else ""
            for name, stored in ((f"seat-{key}", answer_of(place)), (f"note-{key}", row.note if row else "")):
                data[self.add_initial_prefix(name)] = stored
                if name not in self.changed_data:
                    data[name] = stored
        return data


class AnswerForm(forms.Form):
    """A member's answer for the own seat, or a deputy's, whether they would step in."""

    state = forms.ChoiceField(
        label=gettext_lazy("Kommen Sie?"),
        choices=[
            (State.ACCEPTED, gettext_lazy("Ich komme")),
            (State.EXCUSED, gettext_lazy("Ich bin verhindert")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Anmerkung"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Liest nur die Koordinierungsstelle, zum Beispiel wer Sie vertritt."),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        row = part.answer
        known = {"state": row.state, "note": row.note, "version": row.version} if row else {}
        super().__init__(*args, **{**kwargs, "initial": known, "prefix": f"sitz-{part.seat.pk}"})
        self.part = part
        if part.deputises:
            self.fields["state"].label = _("Kommen Sie als Vertretung?")
            self.fields["note"].help_text = _("Liest nur die Koordinierungsstelle.")

    def answer(self) -> Answer:
        return Answer(seat=self.part.seat, **self.cleaned_data)
