"""The verbs of ideas: send, moderate, link, merge. Each tells the author, where there is an address."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from governance.models import Topic
from measures.models import Measure
from measures.services.measures import create_measure
from participation.links import link_to
from participation.mails import Letter, send, send_asked
from participation.models import ForgottenIdea, Idea, IdeaAuthor, Support
from participation.services.support import take_back_brought
from smartregion.base.history import event_model, recorded
from smartregion.base.languages import SOURCE, in_language
from smartregion.base.personal import forget
from smartregion.base.undo import UNDO_REASON, undo_last_change
from smartregion.base.versioned import EditConflict, Versioned

OWN, CONFIRM = "own", "confirm"
"""What the author's private link is for, and what the one in the first mail is for."""
FINISHED: Final = _("Diese Idee ist zurückgezogen oder zusammengeführt.")
TAKEN_BACK: Final = _("Das hat getan, wer die Idee eingereicht hat.")
DECIDABLE = (Idea.State.WAITING, Idea.State.ASKED, Idea.State.PUBLISHED, Idea.State.REJECTED)


def public_office() -> Promise:
    """Who acted, in the history: nobody knows more of who sends an idea."""
    return _("Öffentlichkeit")


def translated(words: Promise) -> str:
    """As the history keeps it, whatever the language of the page."""
    with in_language(SOURCE):
        return str(words)


def submit_idea(*, idea: Idea, email: str = "", wants_news: bool = False) -> Idea:
    """Store a new idea for the coordinator to look at, and send its author the private link."""
    with recorded(by=None, office=public_office(), reason=_("Idee eingereicht")):
        idea.state = Idea.State.WAITING
        idea.save()
        if email:
            author = IdeaAuthor.objects.create(idea=idea, email=email, wants_news=wants_news)
            send_asked(_please_confirm(author))
    return idea


def confirm_author(*, author: IdeaAuthor) -> None:
    """The address is theirs: from now on they are written to. Confirming twice is confirming once."""
    IdeaAuthor.objects.filter(pk=author.pk, confirmed_at=None).update(confirmed_at=now())


def decide(*, idea: Idea, version: int | None, state: str, note: str, by: Any, reason: str = "") -> Idea:
    """Publish, ask back or reject, over the version that was read.

    Raises:
        EditConflict: someone changed the idea meanwhile.
        ValidationError: it was merged or taken back, so there is nothing to decide.
    """
    stored = Idea.objects.get(pk=idea.pk)
    if stored.state not in DECIDABLE:
        raise ValidationError(FINISHED)
    with recorded(by=by, reason=reason or str(Idea.State(state).label)):
        idea.state, idea.note, idea.decided_at = state, note, now()
        if state == Idea.State.PUBLISHED:
            idea.published_at = stored.published_at or now()
        idea.save_over(version)
        tell_author(idea, "participation/mails/idea_decided.txt", _("Neues zu Ihrer Idee"))
    return idea


def edit_idea(*, idea: Idea, version: int | None, by: Any, reason: str = "") -> Idea:
    """Save what the coordinator wrote; a new answer or measure is told to an author who wants news.

    Raises:
        EditConflict: someone changed the idea meanwhile.
    """
    before = Idea.objects.get(pk=idea.pk)
    with recorded(by=by, reason=reason):
        if idea.answer != before.answer:
            idea.answered_at = now() if idea.answer else None
        idea.save_over(version)
        is_answered = idea.answer != before.answer and bool(idea.answer)
        if is_answered or (idea.measure_id and idea.measure_id != before.measure_id):
            tell_news(idea, is_answered=is_answered)
    return idea


def reply(*, idea: Idea, title: str, text: str) -> Idea:
    """The author answers what the coordinator asked back; the idea waits again.

    Raises:
        ValidationError: nothing is asked (any more).
    """
    with recorded(by=None, office=public_office(), reason=_("Rückfrage beantwortet")):
        stored = Idea.objects.select_for_update().get(pk=idea.pk)
        if stored.state != Idea.State.ASKED:
            raise ValidationError(_("Zu dieser Idee ist keine Frage offen."))
        stored.title, stored.text = title, text
        stored.state, stored.waiting_since = Idea.State.WAITING, now()
        stored.save_over(stored.version)
    return stored


def withdraw_idea(*, idea: Idea) -> Idea:
    """The author takes the idea back; it is nowhere to be read any more."""
    with recorded(by=None, office=public_office(), reason=_("Zurückgezogen")):
        stored = Idea.objects.select_for_update().get(pk=idea.pk)
        if stored.state not in (Idea.State.WITHDRAWN, Idea.State.MERGED):
            stored.state, stored.decided_at = Idea.State.WITHDRAWN, now()
            stored.save_over(stored.version)
    return stored


def merge_idea(*, source: Idea, target: Idea, version: int | None, by: Any) -> Idea:
    """Let an idea go up in a published one that says the same; its supporters come along, each once.

    Raises:
        EditConflict: someone changed the source meanwhile.
        ValidationError: the target is not published, or is the source itself; or the source is withdrawn.
    """
    with recorded(by=by, reason=_("Zusammengeführt mit „%s“") % target.title):
        target = Idea.objects.select_for_update().get(pk=target.pk)
        if Idea.objects.get(pk=source.pk).state not in DECIDABLE:
            raise ValidationError(FINISHED)
        if not target.is_published or target.pk == source.pk:
            raise ValidationError(_("Eine Idee geht nur in einer anderen auf, die veröffentlicht ist."))
        source.state, source.merged_into, source.decided_at = Idea.State.MERGED, target, now()
        source.save_over(version)
        there = target.voices.exclude(who=None).values("who")
        Support.objects.bulk_create(
            Support(
                idea=target,
                who=voice.who,
                made_at=voice.made_at,
                confirmed_at=voice.confirmed_at,
                came_with=source,
            )
            for voice in source.voices.confirmed().exclude(who__in=there)
        )
        tell_author(source, "participation/mails/idea_decided.txt", _("Neues zu Ihrer Idee"))
    return source


def undo_idea(*, idea: Idea, version: int | None, by: Any) -> Versioned:
    """Take back what the office did last; the voices that came along by a merge leave the other idea again.

    Raises:
        EditConflict: someone changed the idea meanwhile.
        ValidationError: the last change was the author's.
    """
    with recorded(by=by, reason=UNDO_REASON):
        last = event_model(Idea)._base_manager.filter(pgh_obj_id=idea.pk).order_by("-pgh_id").first()
        context = getattr(last, "pgh_context", None)
        if context and context.metadata.get("office") == translated(public_office()):
            raise ValidationError(TAKEN_BACK)
        restored = undo_last_change(idea, version=version, by=by)
        if isinstance(restored, Idea) and restored.state != Idea.State.MERGED:
            take_back_brought(restored)
    return restored


def make_measure_of(
    *, idea: Idea, measure: Measure, guidelines: Any, version: int | None, by: Any
) -> Measure:
    """Store a new measure and link the idea to it.

    Raises:
        EditConflict: someone changed the idea meanwhile; then there is no measure either.
    """
    with recorded(by=by, reason=_("Maßnahme aus Idee")):
        if Idea.objects.select_for_update().get(pk=idea.pk).version != version:
            raise EditConflict(Idea.objects.get(pk=idea.pk))
        created = create_measure(measure=measure, by=by, guidelines=guidelines)
        idea.measure = created
        idea.save_over(version)
        tell_news(idea)
    return created


def propose_topic(*, idea: Idea, topic: Topic, version: int | None, by: Any) -> Topic:
    """Put the idea into a committee's backlog.

    Raises:
        EditConflict: someone changed the idea meanwhile.
    """
    with recorded(by=by, reason=_("Thema aus Idee")):
        topic.save()
        idea.topic = topic
        idea.save_over(version)
    return topic


def forget_ideas(rows: QuerySet[Idea]) -> int:
    """Delete the ideas with their history; that so many were received stays known. Returns how many."""
    with transaction.atomic():
        keys = list(rows.order_by().values_list("pk", flat=True))
        events = event_model(Idea)._base_manager.filter(pgh_obj_id__in=keys).order_by()
        known = events.values("pgh_obj_id").annotate(recorded_at=Min("pgh_created_at"), sent=Min("sent_at"))
        ForgottenIdea.objects.bulk_create(
            ForgottenIdea(sent_at=row["sent"], recorded_at=row["recorded_at"]) for row in known
        )
        return forget(Idea.objects.filter(pk__in=keys))


def own_link(idea: Idea) -> str:
    return link_to("idea_own", idea, OWN)


def tell_author(idea: Idea, template: str, subject: Promise) -> None:
    """A mail with the private link, if the author has left an address."""
    author = IdeaAuthor.objects.confirmed().filter(idea=idea).first()
    if author:
        send([_letter(author, idea, template, subject)])


def tell_news(idea: Idea, *, is_answered: bool = False) -> None:
    """Only to an author who wants to know more than whether the idea appears, and while it can be read.

    Args:
        is_answered: the answer is what is new.
    """
    author = IdeaAuthor.objects.confirmed().filter(idea=idea, wants_news=True).first()
    if author and idea.is_published:
        IdeaAuthor.objects.filter(pk=author.pk).update(told_until=now())
        if is_answered:
            template, subject = "participation/mails/idea_answered.txt", _("Antwort auf Ihre Idee")
        else:
            template, subject = "participation/mails/idea_news.txt", _("Neues zu Ihrer Idee")
        send([_letter(author, idea, template, subject)])


def _please_confirm(author: IdeaAuthor) -> Letter:
    """Nothing of the idea stands in it: somebody else may have typed the address."""
    with in_language(author.language):
        context = {
            "link": link_to("idea_author_confirm", author, CONFIRM),
            "days": IdeaAuthor.CONFIRMED_WITHIN.days,
        }
        subject = str(_("Bitte bestätigen Sie Ihre Adresse"))
        return Letter(author.email, subject, "participation/mails/idea_received.txt", context)


def _letter(author: IdeaAuthor, idea: Idea, template: str, subject: Promise) -> Letter:
    with in_language(author.language):
        page = f"{settings.PORTAL_URL}{idea.get_absolute_url()}"
        context = {"idea": idea, "link": own_link(idea), "page": page}
        return Letter(author.email, str(subject), template, context)
