"""Forms for people without an account: no cookie, no third party, no riddle.

Three signs tell a person from a program: a field that no person sees stays empty; the form was shown at least
some seconds ago and at most a day; and from one line not too many come within an hour. Its network address is
never stored, only counted under a keyed hash that is another one each day. Whatever is refused, the form is
shown again with all that was typed.

A form acts once: its stamp holds a number, which the database takes a single time. The same sent again, as by
a second click, is answered as the first time.

There is no CSRF check: it would need a cookie, and such a form can do nothing that any visitor could not. So
it never acts with the rights of the account that may be signed in (docs/decisions/0018).
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from network.accounts import counted_address
from participation.models import SentForm
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.fields import in_one_line

SOONEST: Final = timedelta(seconds=3)
LATEST: Final = timedelta(days=1)
HOUR: Final = 3600
STAMPS: Final = signing.TimestampSigner(salt="participation.open-form")


class OpenForm(forms.Form):
    """The two fields that people do not see; `participation/_open_fields.html` shows them."""

    is_used = False
    """Its number was taken with other words, so it needs a new one."""

    homepage = forms.CharField(label=gettext_lazy("Bitte leer lassen"), required=False, max_length=200)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(_("Bitte lassen Sie dieses Feld leer."))
        return ""

    def clean(self) -> dict[str, Any]:
        stamp = self.data.get("stamp", "")
        try:
            UUID(STAMPS.unsign(stamp, max_age=LATEST))
        except (signing.BadSignature, ValueError):
            raise ValidationError(
                _("Das Formular war zu lange offen. Bitte senden Sie es noch einmal ab.")
            ) from None
        if not _is_older(stamp, SOONEST):
            raise ValidationError(_("Das ging sehr schnell. Bitte senden Sie das Formular noch einmal ab."))
        return in_one_line(self, super().clean() or self.cleaned_data)

    @property
    def number(self) -> UUID:
        """Of a valid form: which of all that were shown it is."""
        return UUID(STAMPS.unsign(self.data["stamp"]))

    @property
    def digest(self) -> str:
        """Another one for everything else that could have been sent."""
        typed = json.dumps(sorted(dict(self.data).items()), default=str)
        return salted_hmac("participation.sent-form", typed, algorithm="sha256").hexdigest()


def new_stamp() -> str:
    return STAMPS.sign(uuid4().hex)


def stamp_of(sent: str) -> str:
    """What a form carries that is shown again: its first stamp as long as that is good, so that nobody has to
    wait a second time."""
    try:
        STAMPS.unsign(sent, max_age=LATEST)
    except signing.BadSignature:
        return new_stamp()
    return sent


def _is_older(stamp: str, age: timedelta) -> bool:
    try:
        STAMPS.unsign(stamp, max_age=age)
    except signing.SignatureExpired:
        return True
    return False


class OpenFormView(RuledView, FormView[Any]):
    """A page with an open form. A subclass acts in `form_valid`, as a visitor, and redirects to a page that
    says what happened: a message would need a cookie.

    Attributes:
        purpose: what is counted together.
        most_per_hour: so many from one address.
    """

    permission = PUBLIC
    writes = ("post",)
    is_kept = False  # the stamp says when the form was shown
    purpose: str
    most_per_hour = 10

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Exempt here: as a mark of `dispatch` it would be lost where a subclass has its own."""
        return csrf_exempt(super().as_view(**initkwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        stamp = new_stamp() if form is None or form.is_used else stamp_of(form.data.get("stamp", ""))
        return super().get_context_data(stamp=stamp, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        if is_too_often(request, self.purpose, self.most_per_hour):
            form.add_error(
                None,
                _("Von Ihrem Anschluss kamen sehr viele Formulare. Bitte versuchen Sie es in einer Stunde."),
            )
            return self.form_invalid(form)
        return self.act_once(form)

    @transaction.atomic
    def act_once(self, form: OpenForm) -> HttpResponse:
        """A second click waits for the first and is answered alike. What is refused may be sent again."""
        if not self.is_final():
            return self.form_valid(form)
        kept = {"digest": form.digest}
        sent, is_first = SentForm.objects.get_or_create(number=form.number, defaults=kept)
        if is_first:
            response: HttpResponse = self.form_valid(form)
            if form.errors:
                transaction.set_rollback(True)
            return response
        if sent.digest == form.digest:
            return self.sent_again(sent)
        form.is_used = True
        form.add_error(
            None, _("Dieses Formular ist schon gesendet. Für etwas Neues senden Sie es noch einmal.")
        )
        return self.form_invalid(form)

    def is_final(self) -> bool:
        """Whether this step acts."""
        return True

    def sent_url(self) -> str:
        """The page that says what happened."""
        raise NotImplementedError

    def sent_again(self, sent: SentForm) -> HttpResponse:
        return HttpResponseRedirect(self.sent_url())


def line_of(request: HttpRequest, purpose: str) -> str:
    """Tells lines apart for this purpose, for a day; nobody can read the network address from it."""
    return salted_hmac(f"participation.{purpose}.{localdate()}", counted_address(request)).hexdigest()


def is_too_often(request: HttpRequest, purpose: str, most: int) -> bool:
    """Take one of the line's places, each of which is free again after an hour; True where none is left.

    `cache.incr` would not do: in the database it neither counts two at once nor keeps the hour.
    """
    who = line_of(request, purpose)
    places = [f"open-form:{purpose}:{who}:{number}" for number in range(most)]
    taken = cache.get_many(places)
    return not any(cache.add(place, True, HOUR) for place in places if place not in taken)
