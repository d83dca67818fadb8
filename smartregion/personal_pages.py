"""Personal data: what is stored and for how long, what about whom, and the erasure; own data of an account.

An address is sent as a form and never stands in an address, so that no log of a server keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from celery.schedules import maybe_schedule
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from network.models import Role
from network.own_account import ProvenView
from participation.views.access import file_of
from smartregion.base import audit
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.audit import Kind
from smartregion.base.erasure import LEAST_LETTERS, erase, occurrences, still_held
from smartregion.base.history import event_model
from smartregion.base.models import Erasure, RetentionRun
from smartregion.base.personal import DataType, Person, Stored, by_title, data_types, stored_about
from smartregion.base.wordings import Wordings, words_of
from smartregion.celery import app
from smartregion.operation import HALF_A_SECOND

ADMINISTER: Final = "network.administer"
TITLE: Final = gettext_lazy("Personenbezogene Daten")
OWN_ACCOUNT: Final = gettext_lazy(
    "Das ist Ihr eigenes Konto. Löschen kann es nur eine andere Administration."
)
CHANGED_SINCE: Final = gettext_lazy(
    "Seit der Anzeige hat sich etwas geändert. Bitte prüfen Sie die Stellen erneut."
)
SHOWN_ERASURES: Final = 20
SHOWN, SHOWN_FOR = "smartregion.person_erase", timedelta(minutes=30)
Found = list[list[Any]]
MOST_NAMES: Final = 10


@dataclass(frozen=True)
class Line:
    """A data type as the page shows it."""

    type: DataType
    count: int
    run: RetentionRun | None

    @property
    def has_period(self) -> bool:
        return self.type.outdated is not None


class PersonForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-Mail-Adresse der Person"), max_length=254)


class EraseForm(PersonForm):
    """Under which names texts hold the person, and why all of it goes."""

    email = forms.EmailField(widget=forms.HiddenInput, max_length=254)
    names = forms.CharField(
        label=gettext_lazy("Namen, die auch aus Texten entfernt werden"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Einer je Zeile, zum Beispiel „Vorname Nachname“. Auch „Nachname, Vorname“ wird gefunden. Bitte "
            "keine Funktionen: Sie bleiben."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Grund der Löschung"),
        max_length=300,
        help_text=gettext_lazy("Zum Beispiel „Antrag vom 12.03.“, ohne Namen."),
    )

    def clean_names(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(names) > MOST_NAMES:
            raise ValidationError(_("Höchstens %d Namen.") % MOST_NAMES)
        for name in names:
            if len("".join(words_of(name))) < LEAST_LETTERS:
                raise ValidationError(_("„%s“ ist zu kurz, um es überall zu suchen.") % name)
        return names


class PersonalDataView(RuledView, TemplateView):
    """What is stored of each data type, why and how long, and what was deleted."""

    permission = ADMINISTER
    template_name = "smartregion/personal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = RetentionRun.objects.in_bulk()
        return super().get_context_data(
            crumbs=[(str(TITLE), "")],
            lines=[Line(each, each.stored().count(), runs.get(each.key)) for each in by_title(data_types())],
            due_at=next_deletion(),
            form=PersonForm(),
            erasures=Erasure.objects.all()[:SHOWN_ERASURES],
            erased=Erasure.objects.aggregate(number=Count("pk"))["number"],
            **kwargs,
        )


def next_deletion() -> datetime:
    schedule: Any = maybe_schedule(app.conf.beat_schedule["delete-outdated"]["schedule"], app=app)
    return now() + schedule.remaining_estimate(now()) + HALF_A_SECOND


class _PersonView(RuledView):
    """Takes the address of a person by POST; whoever comes without one is led to the search."""

    permission = ADMINISTER
    writes = ("post",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("personal_data")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PersonForm(request.POST)
        if not form.is_valid():
            messages.warning(request, _("Bitte geben Sie eine vollständige E-Mail-Adresse an."))
            return redirect("personal_data")
        return self.answer(Person.of(form.cleaned_data["email"]))

    def answer(self, person: Person) -> HttpResponse:
        raise NotImplementedError


def _crumbs() -> list[tuple[str, str]]:
    return [(str(TITLE), reverse("personal_data")), (_("Person"), "")]


class PersonView(_PersonView):
    """What is stored about a person, with the ways to take it along and to erase it."""

    def answer(self, person: Person) -> HttpResponse:
        initial = {"email": person.email, "names": "\n".join(_names_of(person))}
        return render(
            self.request,
            "smartregion/person.html",
            _person_context(self.request, person) | {"form": EraseForm(initial=initial)},
        )


def _person_context(request: HttpRequest, person: Person) -> dict[str, Any]:
    return {
        "crumbs": _crumbs(),
        "person": person,
        "stored": stored_about(person),
        "is_own": person.account is not None and person.account.pk == request.user.pk,
    }


def _names_of(person: Person) -> Iterator[str]:
    """The names that the account has and had, but for those that say its role."""
    if person.account is None:
        return
    events = event_model(type(person.account))._base_manager.filter(pgh_obj_id=person.account.pk)
    labels = [str(label).lower() for label in Role.labels]
    for name in sorted({*events.values_list("name", flat=True), person.account.name}):
        if len(words_of(name)) > 1 and not any(label in name.lower() for label in labels):
            yield name


class PersonFileView(_PersonView):
    def post(self, request: HttpRequest, file_format: str) -> HttpResponse:  # type: ignore[override]
        self.file_format = file_format
        return super().post(request)

    def get(self, request: HttpRequest, file_format: str) -> HttpResponse:  # type: ignore[override]
        return super().get(request)

    def answer(self, person: Person) -> HttpResponse:
        audit.note(Kind.PERSONAL_EXPORT, by=self.request.user, about=person.account, what="person")
        return file_of(self.request, stored_about(person), person.email, self.file_format)


class PersonEraseView(ProvenView):
    """POST first shows in how many places what will go; sent again with what was shown, it erases."""

    permission = ADMINISTER
    writes = ("post",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("personal_data")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EraseForm(request.POST)
        if not form.is_valid():
            return self.again(form)
        person = Person.of(form.cleaned_data["email"])
        if person.account is not None and person.account.pk == request.user.pk:
            form.add_error(None, str(OWN_ACCOUNT))
            return self.again(form)
        found = _found(person, form.cleaned_data["names"])
        if not _was_shown(found, request.POST.get("shown", "")):
            return self.preview(form, person, found)
        erase(
            person=person,
            names=form.cleaned_data["names"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            office=str(Role.ADMINISTRATION.label),
        )
        messages.success(request, _("Die Person ist gelöscht, auch aus dem Verlauf."))
        return redirect("personal_data")

    def again(self, form: EraseForm) -> HttpResponse:
        email = form.data.get("email", "")
        if "email" in form.errors:
            return redirect("personal_data")
        context = _person_context(self.request, Person.of(email)) | {"form": form}
        return render(self.request, "smartregion/person.html", context)

    def preview(self, form: EraseForm, person: Person, found: Found) -> HttpResponse:
        names = form.cleaned_data["names"]
        if "shown" in self.request.POST:
            messages.warning(
                self.request,
                _("Seit der Anzeige hat sich etwas geändert. Bitte prüfen Sie die Stellen erneut."),
            )
        context = {
            "crumbs": _crumbs(),
            "form": form,
            "person": person,
            "stored": stored_about(person),
            "found": found,
            "shown": signing.dumps(found, salt=SHOWN),
            "names": "\n".join(names),
            "left": still_held(Wordings(person.addresses, tuple(names))),
        }
        return render(self.request, "smartregion/person_erase.html", context)


def _found(person: Person, names: list[str]) -> Found:
    """Each address that is looked for and each name, with the number of places where it stands."""
    wordings = [Wordings((address,)) for address in person.addresses]
    wordings += [Wordings((), (name,)) for name in names]
    counts = [sum(occurrences(each).values()) for each in wordings]
    return [list(each) for each in zip([*person.addresses, *names], counts, strict=True)]


def _was_shown(found: Found, shown: str) -> bool:
    """Whether the page before, not long ago, said the very same of the very same words."""
    try:
        return bool(signing.loads(shown, salt=SHOWN, max_age=SHOWN_FOR) == found)
    except signing.BadSignature:
        return False


class OwnDataView(RuledView, TemplateView):
    """What is stored about the account that looks."""

    permission = SIGNED_IN
    template_name = "smartregion/own_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=[(_("Meine Daten"), "")], stored=_own(self.request), **kwargs)


class OwnFileView(RuledView):
    permission = SIGNED_IN

    def get(self, request: HttpRequest, file_format: str) -> HttpResponse:
        audit.note(Kind.PERSONAL_EXPORT, by=request.user, about=request.user, what="own_data")
        return file_of(request, _own(request), request.user.email, file_format)  # type: ignore[union-attr]


def _own(request: HttpRequest) -> list[Stored]:
    user: Any = request.user
    return stored_about(Person(user.email.lower(), user))
