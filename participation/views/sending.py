"""What visitors send about ideas: a new one, support, and what its author does by the private link."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from network.often import CountedView
from participation.forms.ideas import IdeaForm, OwnIdeaForm, SupportForm
from participation.links import row_of, secret_of
from participation.models import Idea, IdeaAuthor, SentForm, Support
from participation.open_forms import OpenFormView
from participation.place_map import place_map
from participation.services.ideas import CONFIRM as CONFIRM_AUTHOR
from participation.services.ideas import OWN, confirm_author, reply, submit_idea, withdraw_idea
from participation.services.support import CONFIRM, ask_for_support, confirm_support, withdraw_support
from participation.way import way_of
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.languages import German
from smartregion.base.secret_pages import SecretPage

LONGEST_COMPARED = 500


class IdeaAddPage(OpenFormView):
    """First the form, then what it will look like beside those that say the same, then the sending."""

    form_class = IdeaForm
    template_name = "participation/idea_form.html"
    purpose = "idea"
    most_per_hour = 20
    """Each idea is sent twice: to be looked at, and for good."""

    def get_initial(self) -> dict[str, Any]:
        """A field's or a municipality's page leads here with its slug."""
        names = ("field", "municipality")
        chosen = {name: self.request.GET.get(name, "").replace("\0", "")[:90] for name in names}
        choices = {name: IdeaForm.base_fields[name].queryset for name in names}  # type: ignore[attr-defined]
        return {name: choices[name].filter(slug=slug).first() for name, slug in chosen.items() if slug}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("step") == "edit":
            return self.form_invalid(self.get_form())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: IdeaForm) -> HttpResponse:
        values = form.cleaned_data
        if self.request.POST.get("step") != "send":
            return self.preview(form)
        idea = submit_idea(idea=form.instance, email=values["email"], wants_news=values["wants_news"])
        SentForm.objects.filter(number=form.number).update(idea=idea)
        return HttpResponseRedirect(_new_page_of(idea))

    def is_final(self) -> bool:
        return self.request.POST.get("step") == "send"

    def sent_again(self, sent: SentForm) -> HttpResponse:
        """Who clicks twice sees the second answer only, and needs the private link."""
        return HttpResponseRedirect(_new_page_of(sent.idea) if sent.idea else reverse("ideas"))

    def preview(self, form: IdeaForm) -> HttpResponse:
        context = self.get_context_data(form=form)
        context |= {
            "idea": form.instance,
            "alike": _alike(form.instance.title, form.instance.text),
        }
        return render(self.request, "participation/idea_preview.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [(_("Ideen"), reverse("ideas")), (_("Idee einreichen"), "")]
        form = kwargs.get("form")
        point = _point(form.data) if form else None
        return super().get_context_data(crumbs=crumbs, map=place_map(point), **kwargs)


def _new_page_of(idea: Idea) -> str:
    return f"{reverse('idea_own', args=[secret_of(idea, OWN)])}?neu"


def _point(values: Any) -> tuple[float, float] | None:
    try:
        return float(values.get("longitude", "")), float(values.get("latitude", ""))
    except (TypeError, ValueError):
        return None


def _alike(title: str, text: str) -> list[Idea]:
    return list(Idea.objects.alike(title.strip(), text[:LONGEST_COMPARED])) if title.strip() else []


@method_decorator(csrf_exempt, name="dispatch")
class AlikeView(CountedView):
    """The published ideas that seem to say what is being typed. It stores nothing, so it needs no stamp."""

    permission = PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        title, text = (
            request.POST.get(name, "").replace("\0", "")[:LONGEST_COMPARED] for name in ("title", "text")
        )
        alike = _alike(title, text) if len(title) > 3 else []
        return render(request, "participation/_alike.html", {"alike": alike})


class OfIdea(RuledView):
    """A page about supporting a published idea."""

    permission = PUBLIC

    @cached_property
    def idea(self) -> Idea:
        return get_object_or_404(Idea.objects.published(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        idea = self.idea
        crumbs = [
            (_("Ideen"), reverse("ideas")),
            (German(idea.title), idea.get_absolute_url()),
            (_("Unterstützen"), ""),
        ]
        return super().get_context_data(idea=idea, crumbs=crumbs, **kwargs)  # type: ignore[misc]


class SupportPage(OfIdea, OpenFormView):
    form_class = SupportForm
    template_name = "participation/support.html"
    purpose = "support"
    most_per_hour = 20

    def form_valid(self, form: SupportForm) -> HttpResponse:
        ask_for_support(idea=self.idea, email=form.cleaned_data["email"])
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("support_sent", args=[self.idea.pk])


class SupportSentPage(OfIdea, TemplateView):
    """Says the same whatever the address has done before."""

    template_name = "participation/support_sent.html"


class PrivatePage(SecretPage):
    """Behind a signed link. What reads mails opens links too, so only its buttons change anything."""

    writes = ("post",)
    invalid_template = "participation/link_invalid.html"


class SupportConfirmPage(PrivatePage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "participation/support_confirm.html", {"voice": self.voice})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if request.POST.get("action") == "withdraw":
            withdraw_support(voice=self.voice)
            return HttpResponseRedirect(self.voice.idea.get_absolute_url())
        confirm_support(voice=self.voice)
        return HttpResponseRedirect(request.path)

    @cached_property
    def voice(self) -> Support:
        """Where the idea was merged it stands for the one that is left."""
        voice = row_of(Support.objects.standing().select_related("idea"), self.token, CONFIRM)
        if not voice.idea.end().is_published:
            raise Http404
        return voice


class AuthorConfirmPage(PrivatePage):
    """Behind the link of the first mail, which alone shows that the address is the author's."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.author.confirmed_at:
            return HttpResponseRedirect(self.own_url)
        crumbs = [(_("Ideen"), reverse("ideas")), (_("Adresse bestätigen"), "")]
        return render(request, "participation/author_confirm.html", {"author": self.author, "crumbs": crumbs})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        confirm_author(author=self.author)
        return HttpResponseRedirect(self.own_url)

    @property
    def own_url(self) -> str:
        return reverse("idea_own", args=[secret_of(self.author.idea, OWN)])

    @cached_property
    def author(self) -> IdeaAuthor:
        return row_of(IdeaAuthor.objects.select_related("idea"), self.token, CONFIRM_AUTHOR)


class OwnIdeaPage(PrivatePage):
    """How the author's idea fares, and what the author can still do with it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(OwnIdeaForm(instance=self.idea))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        action = request.POST.get("action")
        if action == "reply":
            return self.reply()
        if action == "withdraw":
            withdraw_idea(idea=self.idea)
        elif action == "news":
            wanted = "wants_news" in request.POST
            IdeaAuthor.objects.filter(idea=self.idea).update(wants_news=wanted)
        return HttpResponseRedirect(request.path)

    def reply(self) -> HttpResponse:
        form = OwnIdeaForm(self.request.POST, instance=Idea.objects.get(pk=self.idea.pk))
        if form.is_valid():
            try:
                reply(idea=self.idea, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, ValidationError(refusal.messages))
            else:
                return HttpResponseRedirect(self.request.path)
        return self.show(form)

    def show(self, form: OwnIdeaForm) -> HttpResponse:
        idea = self.idea
        context = {
            "idea": idea,
            "form": form,
            "end": idea.end(),
            "author": IdeaAuthor.objects.filter(idea=idea).first(),
            "is_new": "neu" in self.request.GET,
            "address": self.request.build_absolute_uri(self.request.path),
            "stations": way_of(idea, self.request.user) if idea.is_published else [],
            "crumbs": [(_("Ideen"), reverse("ideas")), (_("Ihre Idee"), "")],
        }
        return render(self.request, "participation/idea_own.html", context)

    @cached_property
    def idea(self) -> Idea:
        ideas = Idea.objects.with_names().select_related("merged_into")
        return row_of(ideas, self.token, OWN)
