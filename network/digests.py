"""How an account decides about its reminders: on a page of its own, and by the link in each of the mails.

The link names the account and is signed, so it needs no session; it can do nothing but switch the mails off.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, UpdateView

from network.models import DigestRhythm, User
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.history import recorded
from smartregion.base.secret_pages import SecretPage
from smartregion.base.worklist import reminding_kinds

SALT = "network.digests"


def unsubscribe_path(user: User) -> str:
    return reverse("unsubscribe", args=[signing.Signer(salt=SALT).sign(str(user.pk))])


class DigestForm(forms.ModelForm[User]):
    """How often, and a box for each kind that can concern the account.

    `offered` names the boxes that were shown: a kind that began to concern the account meanwhile is not taken
    for one that it does not want.
    """

    offered = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    class Meta:
        model = User
        fields = ["digest"]
        widgets = {"digest": forms.RadioSelect}
        help_texts = {
            "digest": gettext_lazy(
                "Eine Mail am Morgen fasst alles zusammen; dieselbe Sache kommt frühestens nach einer Woche "
                "wieder, es sei denn, sie ist dringender geworden."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = reminding_kinds(self.instance)
        kinds = {key: label for kinds in self.subjects.values() for key, label in kinds.items()}
        for key, label in kinds.items():
            wanted = key not in self.instance.digest_muted
            self.fields[_box(key)] = forms.BooleanField(label=label, required=False, initial=wanted)
        self.fields["offered"].choices = [(key, key) for key in kinds]  # type: ignore[attr-defined]
        self.initial["offered"] = list(kinds)

    @property
    def groups(self) -> list[dict[str, Any]]:
        boxes = [
            {"legend": _("Mails zu: %s") % subject, "fields": [self[_box(key)] for key in kinds]}
            for subject, kinds in self.subjects.items()
        ]
        return [{"legend": _("Wie oft"), "fields": [self["digest"]]}, *boxes]

    def muted(self) -> list[str]:
        """The kinds that shall not come by mail; what was not offered stays as it was."""
        offered = set(self.cleaned_data["offered"])
        refused = {key for key in offered if not self.cleaned_data[_box(key)]}
        return sorted((set(self.instance.digest_muted) - offered) | refused)


def _box(kind: str) -> str:
    return f"kind_{kind}"


class DigestView(RuledView, UpdateView[User, DigestForm]):
    permission = SIGNED_IN
    writes = ("post",)
    form_class = DigestForm
    template_name = "network/digest.html"

    def get_object(self, queryset: Any = None) -> User:
        return get_object_or_404(User, pk=self.request.user.pk)

    def form_valid(self, form: DigestForm) -> HttpResponse:
        with recorded(by=self.request.user):
            User.objects.filter(pk=self.object.pk).update(
                digest=form.cleaned_data["digest"], digest_muted=form.muted()
            )
        messages.success(self.request, _("Ihre Wahl ist gespeichert."))
        return redirect("digest")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=[(_("Benachrichtigungen"), "")], **kwargs)


class UnsubscribeView(SecretPage, TemplateView):
    """POST ends the mails, also by the mail program itself (RFC 8058); GET only asks."""

    only_german = True
    writes = ("post",)
    template_name = "network/unsubscribe.html"

    @cached_property
    def account(self) -> User:
        try:
            key = signing.Signer(salt=SALT).unsign(self.kwargs["token"])
        except signing.BadSignature:
            raise Http404 from None
        return get_object_or_404(User, pk=key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(ended=self.account.digest == DigestRhythm.NEVER, **kwargs)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        with recorded(by=self.account, reason=_("Über den Link in der Mail abbestellt")):
            User.objects.filter(pk=self.account.pk).update(digest=DigestRhythm.NEVER)
        self.account.digest = DigestRhythm.NEVER
        return self.render_to_response(self.get_context_data())
