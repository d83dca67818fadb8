"""An account's page of tokens for programs."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from monitoring.forms.tokens import TokenForm
from monitoring.models import ApiToken, Indicator
from monitoring.services.tokens import create_token, revoke_token
from network.models import User
from smartregion.base.access import RuledView

MAKE = "monitoring.make_tokens"


class TokenListView(RuledView, FormView[TokenForm]):
    """All that the account looks after, and the form for a new one, whose secret is shown once."""

    permission = MAKE
    writes = ("post",)
    form_class = TokenForm
    template_name = "monitoring/tokens.html"
    title = gettext_lazy("Zugänge für Programme")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tokens = ApiToken.objects.kept_by(self.request.user)
        return super().get_context_data(
            title=self.title,
            tokens=tokens.select_related("municipality").prefetch_related(
                Prefetch("indicators", Indicator.objects.visible_to(self.request.user))
            ),
            address=f"{settings.PORTAL_URL}{reverse('api_values', args=['KUERZEL'])}",
            crumbs=[(self.title, "")],
            **kwargs,
        )

    def form_valid(self, form: TokenForm) -> HttpResponse:
        account = get_object_or_404(User, pk=self.request.user.pk)
        token, secret = create_token(**form.cleaned_data, by=account)
        blank = self.form_class(user=self.request.user)
        response = self.render_to_response(self.get_context_data(form=blank, secret=secret, created=token))
        response["Cache-Control"] = "no-store"
        return response


class TokenRevokeView(RuledView):
    permission = MAKE
    writes = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = get_object_or_404(ApiToken.objects.kept_by(request.user), pk=pk)
        revoke_token(token=token, by=get_object_or_404(User, pk=request.user.pk))
        messages.success(request, _("Der Zugang „%s“ ist zurückgezogen und öffnet nichts mehr.") % token)
        return HttpResponseRedirect(token.get_absolute_url())
