"""Drafts: what an account types into a form is kept until it is saved, discarded or 30 days old.

The form's own address keeps its draft (`?entwurf=speichern`), so that whoever may not open the form cannot
keep one, and only what the form knows is kept. A draft is read by its account alone.

A form sends along which draft it goes on with (`KNOWN`, the moment of its saving); it replaces no other one.
"""

import json
from http import HTTPStatus
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import cached_property
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.generic.edit import ModelFormMixin, UpdateView

from smartregion.base.models import Draft

WISH, KNOWN = "entwurf", "entwurf_stand"
KEEP, RESUME, DISCARD = "speichern", "weiterschreiben", "verwerfen"


class DraftedForm:
    """Of a page with a form, before its generic view among the bases; the page writes with POST."""

    keeps_drafts = True
    request: HttpRequest
    object: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wish = request.GET.get(WISH, "")
        if not self.keeps_drafts or wish not in {KEEP, DISCARD}:
            response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
            if self.keeps_drafts and response.status_code == HTTPStatus.FOUND:
                self._own_drafts().delete()
            return response
        if isinstance(self, ModelFormMixin):
            self.object = self.get_object() if isinstance(self, UpdateView) else None
        return self._keep() if wish == KEEP else self._discard()

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]
        if self._is_resumed and not form.is_bound:
            form.initial.update(_read(form, self.draft.texts))  # type: ignore[union-attr]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.keeps_drafts:
            kwargs = self._draft_context() | kwargs
        return super().get_context_data(**kwargs)  # type: ignore[misc]

    def _draft_context(self) -> dict[str, Any]:
        """While a draft is offered, neither resumed nor discarded, no other one is kept."""
        is_offered = self.draft is not None and _stand(self.draft) != self._known
        is_told = is_offered or self.request.method == "GET"
        return {
            "draft": self.draft if is_told else None,
            "draft_resumed": self._is_resumed and not is_offered,
            "draft_known": self._known,
            "draft_keep_url": "" if is_offered else self._address(KEEP),
            "draft_resume_url": self._address(RESUME),
            "draft_discard_url": self._address(DISCARD),
        }

    @cached_property
    def draft(self) -> Draft | None:
        return self._own_drafts().first()

    @property
    def _is_resumed(self) -> bool:
        wanted = self.keeps_drafts and self.request.GET.get(WISH) == RESUME
        return bool(wanted and self.draft)

    @property
    def _known(self) -> str:
        """The draft that stands in the form; "" for none."""
        if self.request.method == "POST":
            return self.request.POST.get(KNOWN, "")
        return _stand(self.draft) if self._is_resumed else ""

    def _own_drafts(self) -> Any:
        user = self.request.user
        own = Draft.objects.filter(address=self.request.path)
        return own.filter(user=user) if user.is_authenticated else own.none()

    def _address(self, wish: str) -> str:
        query = self.request.GET.copy()
        query.pop(WISH, None)
        if wish:
            query[WISH] = wish
        return f"{self.request.path}?{query.urlencode()}"

    def _keep(self) -> HttpResponse:
        texts = _typed(self.get_form(), self.request.POST)
        if len(json.dumps(texts, ensure_ascii=False)) > Draft.MOST_CHARACTERS:
            return _said(
                _("Entwurf nicht gespeichert: Der Text ist zu lang."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        with transaction.atomic():
            stored = self._own_drafts().select_for_update().first()
            if stored and _stand(stored) != self._known:
                return _said(
                    _("Entwurf nicht gespeichert: Ein anderes Fenster schreibt am selben Formular."),
                    HTTPStatus.CONFLICT,
                )
            draft, _created = self._own_drafts().update_or_create(
                user_id=self.request.user.pk,
                address=self.request.path,
                defaults={"texts": texts, "saved_at": now()},
            )
        answer = _said(_("Entwurf gespeichert %s") % f"{localtime(draft.saved_at):%H:%M}")
        answer["Draft-Known"] = _stand(draft)
        return answer

    def _discard(self) -> HttpResponse:
        self._own_drafts().delete()
        return HttpResponseRedirect(self._address(""))


def _stand(draft: Draft | None) -> str:
    return draft.saved_at.isoformat() if draft else ""


def _said(sentence: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status)


def _is_kept(field: forms.Field) -> bool:
    return not isinstance(field, forms.FileField) and not isinstance(field.widget, forms.PasswordInput)


def _typed(form: Any, sent: QueryDict) -> dict[str, list[str]]:
    """What was sent for the form's own fields; files and passwords are left out."""
    names = {form.add_prefix(name) for name, field in form.fields.items() if _is_kept(field)}
    return {name: [text.replace("\0", "") for text in sent.getlist(name)] for name in names & set(sent)}


def _read(form: Any, texts: dict[str, list[str]]) -> dict[str, Any]:
    """The draft as the form's first values, with the version that it was begun on."""
    data = QueryDict(mutable=True)
    for name, values in texts.items():
        data.setlist(name, values)
    found = {}
    for name, field in form.fields.items():
        sent_as = form.add_prefix(name)
        if _is_kept(field) and not field.widget.value_omitted_from_data(data, {}, sent_as):
            found[name] = field.widget.value_from_datadict(data, {}, sent_as)
    return found
