"""Pages behind a secret in a mail, for people without an account.

The secret in the address is the whole permission. A forged form of another site can do nothing that its
author could not do by the address itself; and `no-referrer` makes browsers send forms with `Origin: null`,
which Django's check would refuse. Hence no CSRF check here. Where the session counts beside the secret, as
it decides who takes the seat of an invitation, the form carries a value signed for that account
(`InvitationView`).
"""

from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from smartregion.base.access import PUBLIC, RuledView

PRIVATE: Final = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


@method_decorator(csrf_exempt, name="dispatch")
class SecretPage(RuledView):
    """A forged, revoked, used or expired link, and one for something else: all get the same answer, 404.

    The address is told to no other page, and the answer is kept by nobody.

    Attributes:
        invalid: what says, beside `Http404`, that the link opens nothing.
    """

    permission = PUBLIC
    is_kept = False
    invalid_template = "404.html"
    invalid: ClassVar[tuple[type[Exception], ...]] = (Http404,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            response = super().dispatch(request, *args, **kwargs)
        except self.invalid:
            response = render(request, self.invalid_template, status=HTTPStatus.NOT_FOUND)
        for name, value in PRIVATE.items():
            response[name] = value
        return response

    @property
    def token(self) -> str:
        return str(self.kwargs["token"])
