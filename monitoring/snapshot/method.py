"""How everything in the report is counted, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from measures.assessment import assessment_rule
from measures.models.rollout import CONFIRMATION_VALID_FOR
from measures.money import COUNTING_RULE
from monitoring import indicator_math
from monitoring.snapshot import schema
from monitoring.snapshot.rollout import counting_rule
from monitoring.snapshot.world import World


def method_of(world: World) -> list[schema.MethodRule]:
    """The rules of what this report contains."""
    return [schema.MethodRule(term=str(term), text=str(text)) for term, text in _rules(world)]


def _rules(world: World) -> Iterator[tuple[str, str]]:
    yield _("Stichtag"), _moment_in_words(world)
    yield (
        _("Leserschaft"),
        _("Enthalten ist, was die Leserschaft am Stichtag sehen durfte und was seither nicht verborgen ist."),
    )
    yield _("Ampel"), _("Einschätzung der federführenden Stelle; Gelb und Rot brauchen eine Begründung.")
    yield _("Berechnete Ampel"), assessment_rule()
    yield _("Umsetzungsstand"), _("Gewichteter Anteil der erreichten Meilensteine. Kein Wert ist nicht 0 %.")
    yield (
        _("Meilenstein"),
        _("Überfällig ist ein offener Meilenstein nach seiner Prognose, ohne Prognose nach dem Plantermin."),
    )
    if "roll_out" in world.parts:
        yield _("Roll-out"), counting_rule(world)
        yield (
            _("Veraltet"),
            _("Ein Stand, den die Kommune seit mehr als %s Tagen nicht bestätigt hat.")
            % CONFIRMATION_VALID_FOR.days,
        )
    if "money" in world.parts and not world.past.is_public:
        yield _("Mittel"), str(COUNTING_RULE)
    if "indicators" in world.parts:
        yield _("Zielerreichung"), str(indicator_math.ATTAINMENT_RULE)
        yield _("Zielwert"), str(indicator_math.TARGET_RULE)
        yield _("Im Soll"), str(indicator_math.ON_TARGET_RULE)
        yield _("Trend"), str(indicator_math.TREND_RULE)
        yield _("Gesamtwert"), str(indicator_math.REGION_RULE)
        yield _("Fälligkeit"), str(indicator_math.DUE_RULE)
    if "resolutions" in world.parts:
        yield _("Einstimmig"), _("Keine Gegenstimme; Enthaltungen werden eigens gezählt.")
    if "follow_ups" in world.parts:
        yield (
            _("Auftrag"),
            _("Erledigt ist ein Auftrag erst, wenn das Gremium es festgestellt hat; bis dahin ist er offen."),
        )
    if "assessment" in world.parts:
        yield (
            _("Bewertung"),
            _("Enthalten ist die jüngste Evaluation, die am Stichtag abgeschlossen war."),
        )


def _moment_in_words(world: World) -> str:
    if world.on > world.as_of:
        return _("Alle Angaben geben den Stand am Ende des Stichtags wieder, wie ihn der Verlauf festhält.")
    return _(
        "Alle Angaben geben den Stand wieder, den der Verlauf beim Zusammenstellen festhielt; der Stichtag "
        "war noch nicht zu Ende."
    )
