"""The administrators' pages of accounts: who there is, and how to help or to shut somebody out."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, TemplateView

from network.account_forms import AccountFilterForm, AccountForm, ReasonForm
from network.account_services import (
    CHANGED,
    change_account,
    end_all_sessions,
    reset_second_factor,
    set_active,
)
from network.devices import signed_in
from network.models import Role, User
from network.own_account import APP
from network.second_factor import factors_of
from smartregion.base.access import RuledView
from smartregion.base.changes import changes_of
from smartregion.base.history import recorded

ADMINISTER = "network.administer"
PER_PAGE = 50


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Konten"), reverse("accounts") if further else ""), *further]


class AccountListView(RuledView, TemplateView):
    permission = ADMINISTER
    template_name = "account/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = AccountFilterForm(self.request.GET)
        # A value that cannot be counts as none.
        chosen = (
            {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        )
        page = Paginator(found(chosen), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            crumbs=crumbs(), form=form, page_obj=page, page_query=urlencode(chosen), **kwargs
        )


def found(chosen: dict[str, str]) -> QuerySet[Any]:
    accounts: QuerySet[Any] = User.objects.with_sign_in().order_by("name", "email")
    if words := chosen.get("q"):
        accounts = accounts.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if role := chosen.get("role"):
        accounts = accounts.filter(role=role)
    match chosen.get("show"):
        case "without":
            return accounts.filter(has_second_factor=False, is_active=True)
        case "never":
            return accounts.filter(last_login=None, is_active=True)
        case "inactive":
            return accounts.filter(is_active=False)
    return accounts


class AccountDetailView(RuledView, DetailView[User]):
    """With its history and what it is signed in with; the secret of a factor is nowhere."""

    permission = ADMINISTER
    queryset = User.objects.with_sign_in()
    template_name = "account/account.html"
    context_object_name = "account"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((self.object.name, "")),
            factors=factors_of(self.object),
            sessions=len(signed_in(self.object, None)),
            changes=changes_of(self.object),
            is_own=self.object.pk == self.request.user.pk,
            **kwargs,
        )


class _AccountVerbView(RuledView, FormView[Any]):
    """Asks for a reason. Done by people alone who have just proved who they are."""

    permission = ADMINISTER
    writes = ("post",)
    form_class: type[Any] = ReasonForm
    template_name = "account/account_verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.has_perm(ADMINISTER):
            raise_if_reauthentication_required(request, app=APP)
        return super().dispatch(request, *args, **kwargs)

    @property
    def account(self) -> User:
        return get_object_or_404(User.objects.of_people(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.account
        return super().get_context_data(
            crumbs=crumbs((account.name, reverse("account", args=[account.pk])), (self.words()[0], "")),
            account=account,
            title=self.words()[0],
            question=self.words()[1],
            cancel_url=reverse("account", args=[account.pk]),
            **kwargs,
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        account = self.account
        try:
            self.act(account, **form.cleaned_data)
        except ValidationError as refusal:
            self.refused(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.words()[2])
        return redirect("account", pk=account.pk)

    def refused(self, form: Any, refusal: ValidationError) -> None:
        form.add_error(None, refusal)

    def words(self) -> tuple[str, str, str]:
        """Title, what it means, and what to say when it is done."""
        raise NotImplementedError

    def act(self, account: User, reason: str, **values: Any) -> None:
        raise NotImplementedError


class ChangeView(_AccountVerbView):
    form_class = AccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.account, "roles": list(Role)}

    def words(self) -> tuple[str, str, str]:
        return (
            _("Name, Rolle und Kommune ändern"),
            _(
                "Mit einer anderen Rolle oder Kommune wird die Person überall abgemeldet. Ihre Zugänge für "
                "Programme, ihre Kalenderadresse und eine Adresse, die noch nicht bestätigt ist, gelten dann "
                "nicht mehr; ihre offenen Einladungen nur, soweit auch die neue Rolle sie aussprechen darf. "
                "Sie bekommt eine E-Mail, in der die neue Rolle steht. Ein anderer Name beendet nichts."
            ),
            _("Das Konto ist geändert."),
        )

    def act(self, account: User, reason: str, **values: Any) -> None:
        change_account(user=account, by=self.request.user, reason=reason, **values)

    def refused(self, form: Any, refusal: ValidationError) -> None:
        super().refused(form, refusal)
        if refusal.code == CHANGED:
            form.show_anew(self.account.state)


class FactorResetView(_AccountVerbView):
    def words(self) -> tuple[str, str, str]:
        return (
            _("Zweiten Faktor zurücksetzen"),
            _(
                "Authenticator-App, Passkeys und Ersatzcodes dieses Kontos gelten dann nicht mehr, ebenso "
                "Zugänge für Programme und Kalenderadresse, und es wird überall abgemeldet. Bei der nächsten "
                "Anmeldung richtet die Person einen neuen zweiten Faktor ein. Prüfen Sie vorher, dass "
                "wirklich sie Sie darum bittet."
            ),
            _("Der zweite Faktor ist zurückgesetzt."),
        )

    def act(self, account: User, reason: str, **values: Any) -> None:
        reset_second_factor(user=account, by=self.request.user, reason=reason)


class LockView(_AccountVerbView):
    def words(self) -> tuple[str, str, str]:
        return (
            _("Konto abschalten"),
            _(
                "Die Person wird überall abgemeldet und kommt nicht mehr hinein. Ihre Zugänge für Programme "
                "und ihre Einladungen gelten nicht mehr. Was sie getan hat, bleibt."
            ),
            _("Das Konto ist abgeschaltet."),
        )

    def act(self, account: User, reason: str, **values: Any) -> None:
        set_active(user=account, active=False, by=self.request.user, reason=reason)


class UnlockView(_AccountVerbView):
    def words(self) -> tuple[str, str, str]:
        return (
            _("Konto wieder anschalten"),
            _("Die Person kann sich wieder anmelden, mit derselben Rolle wie zuvor."),
            _("Das Konto ist wieder angeschaltet."),
        )

    def act(self, account: User, reason: str, **values: Any) -> None:
        set_active(user=account, active=True, by=self.request.user, reason=reason)


class SignOutView(_AccountVerbView):
    def words(self) -> tuple[str, str, str]:
        return (
            _("Überall abmelden"),
            _(
                "Alle Sitzungen dieses Kontos enden sofort, zum Beispiel weil ein Gerät verloren ging. Auch "
                "seine Zugänge für Programme, seine Kalenderadresse und eine Adresse, die noch nicht "
                "bestätigt ist, gelten dann nicht mehr."
            ),
            _("Das Konto ist überall abgemeldet."),
        )

    def act(self, account: User, reason: str, **values: Any) -> None:
        with recorded(by=self.request.user, reason=reason):
            end_all_sessions(user=account, by=self.request.user)
