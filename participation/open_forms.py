"""Forms for people without an account: no cookie, no third party, no riddle.

Three signs tell a person from a program: a field that no person sees stays empty; the form was shown at least
some seconds ago and at most a day; and from one network address not too many come within an hour. The address
is never stored, only counted under a keyed hash that is another one each day. Whatever is refused, the form
is shown again with all that was typed.

There is no CSRF check: it would need a cookie, and such a form can do nothing that any visitor could not. So
it never acts with the rights of the account that may be signed in (docs/decisions/0018).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from network.accounts import client_address
from smartregion.base.access import PUBLIC, RuledView

SOONEST: Final = timedelta(seconds=3)
LATEST: Final = timedelta(days=1)
HOUR: Final = 3600
STAMPS: Final = signing.TimestampSigner(salt="participation.open-form")


class OpenForm(forms.Form):
    """The two fields that people do not see; `participation/_open_fields.html` shows them."""

    homepage = forms.CharField(label=gettext_lazy("Bitte leer lassen"), required=False, max_length=200)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(_("Bitte lassen Sie dieses Feld leer."))
        return ""

    def clean(self) -> dict[str, Any]:
        stamp = self.data.get("stamp", "")
        try:
            STAMPS.unsign(stamp, max_age=LATEST)
        except signing.BadSignature:
            raise ValidationError(
                _("Das Formular war zu lange offen. Bitte senden Sie es noch einmal ab.")
            ) from None
        if not _is_older(stamp, SOONEST):
            raise ValidationError(_("Das ging sehr schnell. Bitte senden Sie das Formular noch einmal ab."))
        return super().clean() or self.cleaned_data


def new_stamp() -> str:
    return STAMPS.sign("form")


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
        stamp = stamp_of(form.data.get("stamp", "")) if form else new_stamp()
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
        return self.form_valid(form)


def is_too_often(request: HttpRequest, purpose: str, most: int) -> bool:
    """Take one of the address's places, each of which is free again after an hour; True where none is left.

    `cache.incr` would not do: in the database it neither counts two at once nor keeps the hour.
    """
    address = client_address(request) or ""
    who = salted_hmac(f"participation.{purpose}.{localdate()}", address).hexdigest()
    places = [f"open-form:{purpose}:{who}:{number}" for number in range(most)]
    taken = cache.get_many(places)
    return not any(cache.add(place, True, HOUR) for place in places if place not in taken)
