"""What people say about an event afterwards: an open form, and its figures once they are published."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from participation.forms.registrations import FeedbackForm
from participation.models import Feedback
from participation.open_forms import OpenFormView
from participation.services.events import publish_feedback
from participation.views.events import KEEP, OfEvent
from smartregion.base.access import PUBLIC
from smartregion.base.versioned import EditConflict, version_in


class FeedbackPage(OfEvent, OpenFormView):
    permission = PUBLIC
    purpose = "feedback"
    most_per_hour = 30
    """A school class or an office may sit behind one address."""
    form_class = FeedbackForm
    template_name = "participation/feedback.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            event=self.event, crumbs=self.crumbs((_("Rückmeldung"), "")), **kwargs
        )

    def form_valid(self, form: FeedbackForm) -> HttpResponse:
        if not self.event.takes_feedback:
            form.add_error(None, _("Zu dieser Veranstaltung nehmen wir gerade keine Rückmeldungen an."))
            return self.form_invalid(form)
        values = form.cleaned_data
        names = ("overall", "content", "access", "comment")
        Feedback.objects.create(event=self.event, **{name: values[name] for name in names})
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("feedback_thanks", args=[self.event.pk])


class FeedbackThanksPage(OfEvent, TemplateView):
    permission = PUBLIC
    template_name = "participation/feedback_thanks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(event=self.event, crumbs=self.crumbs((_("Danke"), "")), **kwargs)


class FeedbackPublishPage(OfEvent):
    permission = KEEP
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = version_in(request.POST.get("version", ""))
        back = f"{self.event.get_absolute_url()}#rueckmeldungen"
        try:
            saved = publish_feedback(event=self.event, version=version, by=request.user)
        except EditConflict:
            messages.warning(
                request, _("Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach.")
            )
            return HttpResponseRedirect(back)
        undo = f"{reverse('event_undo', args=[saved.pk])}?version={saved.version}"
        messages.success(request, _("Die Zahlen stehen jetzt für alle da."), extra_tags=f"undo {undo}")
        return HttpResponseRedirect(back)
