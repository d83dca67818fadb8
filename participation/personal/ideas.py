"""Ideas: the address of who sent one, the text itself, and the pseudonyms of who supports one."""

from django.utils.translation import gettext_lazy as _

from participation.models import Idea, IdeaAuthor, Support, pseudonym
from participation.services.ideas import forget_ideas, withdraw_idea
from participation.services.support import erase_voices
from smartregion.base.personal import DataType, Person, Rows, register

CONSENT = _("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)")


def _sent_by(person: Person) -> Rows:
    return Idea.objects.filter(author__email__iexact=person.email)


def _withdraw_published(person: Person) -> None:
    for idea in Idea.objects.published_by(person.email):
        withdraw_idea(idea=idea)


def _supported_by(person: Person) -> Rows:
    return Support.objects.filter(who=pseudonym(person.email, Support.PURPOSE)).select_related("idea")


register(
    DataType(
        key="ideas",
        title=_("Ideen"),
        purpose=_("Vorschläge der Öffentlichkeit, nach der Prüfung veröffentlicht."),
        basis=CONSENT,
        kept=_(
            "veröffentlichte auf Dauer; andere bis zur Prüfung und 180 Tage nach der Entscheidung oder nach "
            "einer Rückfrage, die niemand beantwortet"
        ),
        stored=Idea.objects.all,
        about=_sent_by,
        told=lambda row: {
            _("Titel"): row.title,
            _("Text"): row.text,
            _("eingereicht am"): row.sent_at,
            _("Stand"): row.get_state_display(),
        },
        erase=lambda person: forget_ideas(_sent_by(person).exclude(state=Idea.State.PUBLISHED)),
        outdated=Idea.objects.outdated,
        drop=forget_ideas,
        of_visitors=True,
        take_back=_withdraw_published,
    )
)
register(
    DataType(
        key="idea_authors",
        title=_("Adressen zu Ideen"),
        purpose=_("Wer eine Idee einreicht, erfährt auf Wunsch, was daraus wird."),
        basis=CONSENT,
        kept=_(
            "unbestätigte sieben Tage; sonst 90 Tage, nachdem die Idee nicht erscheint oder zurückgezogen "
            "ist; längstens drei Jahre"
        ),
        stored=IdeaAuthor.objects.all,
        about=lambda person: IdeaAuthor.objects.filter(email__iexact=person.email).select_related("idea"),
        told=lambda row: {
            _("E-Mail"): row.email,
            _("Idee"): row.idea.title,
            _("eingereicht am"): row.idea.sent_at,
            _("möchte Neuigkeiten"): row.wants_news,
            _("bestätigt am"): row.confirmed_at,
        },
        outdated=IdeaAuthor.objects.outdated,
        of_visitors=True,
    )
)
register(
    DataType(
        key="idea_support",
        title=_("Unterstützungen von Ideen"),
        purpose=_("Jede Adresse unterstützt eine Idee nur einmal."),
        basis=CONSENT,
        kept=_("unbestätigte sieben Tage; danach nur ein Kennzeichen ohne Adresse, zwei Jahre"),
        stored=Support.objects.exclude(who=None).all,
        about=_supported_by,
        told=lambda row: {
            _("Idee"): row.idea.title,
            _("abgegeben am"): row.made_at,
            _("bestätigt am"): row.confirmed_at,
        },
        erase=lambda person: erase_voices(email=person.email),
        outdated=lambda: Support.objects.outdated() | Support.objects.to_be_anonymous(),
        drop=lambda rows: _forget_voices(),
        of_visitors=True,
    )
)


def _forget_voices() -> int:
    """Unconfirmed ones are deleted; old ones count on as nobody's."""
    deleted, _by_model = Support.objects.outdated().delete()
    return deleted + Support.objects.to_be_anonymous().update(who=None)
