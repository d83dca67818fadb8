"""Pages behind a secret in a mail, for people without an account.

The secret in the address is the whole permission. A forged form of another site can do nothing that its
author could not do by the address itself; and `no-referrer` makes browsers send forms with `Origin: null`,
which Django's check would refuse. Hence no CSRF check here. Where the session counts beside the secret, as
it decides who takes the seat of an invitation, the form carries a value signed for that account
(`InvitationView`). A page that starts a session takes no form of another site: its author could otherwise
sign somebody in to an account of the author's.
"""

from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.conf import settings
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


def is_sent_by_this_site(request: HttpRequest) -> bool:
    """By what browsers say of a form's origin; what says nothing is no browser."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in {None, *own}


@method_decorator(csrf_exempt, name="dispatch")
class SecretPage(RuledView):
    """A forged, revoked, used or expired link, and one for something else: all get the same answer, 404.

    The address is told to no other page, and the answer is kept by nobody.

    Attributes:
        invalid: what says, beside `Http404`, that the link opens nothing.
        starts_session: takes forms of this site alone. Its browsers are told to name their site with them.
    """

    permission = PUBLIC
    is_kept = False
    invalid_template = "404.html"
    invalid: ClassVar[tuple[type[Exception], ...]] = (Http404,)
    starts_session = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            if self.starts_session and request.method == "POST" and not is_sent_by_this_site(request):
                return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
            response = super().dispatch(request, *args, **kwargs)
        except self.invalid:
            response = render(request, self.invalid_template, status=HTTPStatus.NOT_FOUND)
        for name, value in PRIVATE.items():
            response[name] = value
        if self.starts_session:
            response["Referrer-Policy"] = "strict-origin"
        return response

    @property
    def token(self) -> str:
        return str(self.kwargs["token"])
