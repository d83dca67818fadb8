"""The shape of a report's snapshot: the one contract between the database and the report's formats.

The writer (`monitoring.snapshot.build`) fills it as of a moment, and from nothing but what stood then, so
that the same moment gives the same bytes whenever it is read. The compiler (`monitoring.compile`) turns it
into every format and knows nothing else. Rules for every field:

* Dates are ISO strings ("2025-12-31"), instants ISO with offset ("2026-01-05T09:30:00+01:00").
* Numbers are integers, percentages too; money is in cents; a measured value is a decimal string ("12.50")
  with as many digits behind the point as its indicator has. There is no float anywhere, so that the
  canonical JSON is stable.
* What a reader sees is here in German beside its code; no format looks up an enumeration.
* A value that is not known is None, never 0 and never "". "No value is not 0 %."
* The writer leaves out what the audience may not see: the formats print all they get.
* It also leaves out what no section of the report needs, and puts an empty list or None in its place
  (`monitoring.snapshot.parts.NEEDED_BY`). So a format counts nothing of a part whose sections are not there.
* Lists are in the order in which they are printed; municipalities alphabetically (never a league table).
"""

from typing import Final, Literal, TypedDict

FORMAT_VERSION: Final = 3

Tone = Literal[
    "green", "yellow", "red", "grey", "step0", "step1", "step2", "step3", "step4", "step5", "out", "unknown"
]
"""How a state is painted. green…grey: traffic lights. step0…step5: how far along a way (phase: 1 to 5;
roll-out: 0 not begun to 5 in regular operation). out: takes no part (not affected, rejected, withdrawn).
unknown: no report. The colours stand once, in `smartregion.base.charts.TONES`."""


class Coded(TypedDict):
    """One value of an enumeration with its German label."""

    code: str
    label: str


class ScaleStep(Coded):
    """One value of a scale as the legend shows it; `short`: one to three characters, unique in its scale."""

    short: str
    tone: Tone


class Scales(TypedDict):
    """All values of the four enumerations in their order, those that nobody has included."""

    phases: list[ScaleStep]
    statuses: list[ScaleStep]
    lights: list[ScaleStep]
    stages: list[ScaleStep]


class Section(TypedDict):
    """A section of this report; `text`: the coordination office's own words in Markdown, if any."""

    key: str
    title: str
    text: str | None


class Scope(TypedDict):
    """What a report is about: a code of ReportKind ("municipality", "field", "measure", "custom").

    It holds the measures that belong to it, and what belongs to those. Of a municipality these are those that
    concern it; the matrix and the indicators have its column alone, and no other municipality is named.
    """

    kind: str
    label: str


class Report(TypedDict):
    """Cover data. `title`: "Evaluationsbericht"; `occasion`: its Anlass; `scope` None: the whole concept.

    `moment`: the instant whose state is told, the end of the Stichtag or, as long as that day lasts, an
    earlier one; with microseconds, so that the same state can be read again.
    `sections` in their order; a format prints these sections and no other.
    """

    kind: str
    title: str
    scope: Scope | None
    occasion: str
    period_start: str
    period_end: str
    period_label: str
    as_of: str
    moment: str
    sections: list[Section]
    audience: Literal["public", "internal"]
    audience_label: str
    is_example: bool
    example_notice: str | None


class Region(TypedDict):
    """The region; `portal_url` is absolute without a closing slash, None when the portal has no address."""

    name: str
    portal_title: str
    portal_url: str | None
    coordination_office: str
    source_notes: list[str]
    residents: int
    residents_date: str


class Guideline(TypedDict):
    """A Leitlinie of the concept."""

    name: str
    text: str


class Concept(TypedDict):
    """The concept that the report evaluates."""

    title: str
    vision: str
    resolution_date: str
    resolution_body: str
    guidelines: list[Guideline]


class PlannedMilestone(TypedDict):
    """A milestone that is still to come."""

    title: str
    planned_date: str


class PeriodMilestone(TypedDict):
    """A milestone of the period; `result` code: met | late | missed (late: reached after its date)."""

    title: str
    planned_date: str
    actual_date: str | None
    result: Coded


class MeasureMilestone(TypedDict):
    """A milestone of a measure with its weight in the progress; `state`: reached | late | open | overdue."""

    title: str
    planned_date: str
    forecast_date: str | None
    actual_date: str | None
    weight: int
    state: Coded


class Update(TypedDict):
    """The last status update as plain text."""

    date: str
    text: str


class TeamSeat(TypedDict):
    """A seat of a development team, by organisation and function; never a name."""

    organisation: str
    function: str
    sector: Coded


class Measure(TypedDict):
    """One row of its field's table, and what its Steckbrief says. `url` is absolute or None.

    A text is None when there is none. `needed_decision`: what somebody has to decide (Entscheidungsbedarf).
    Goal, benefit, target group, contact, guidelines, team and milestones are of the Steckbrief: only in a
    report with the section "profiles".
    """

    no: str
    title: str
    url: str | None
    lead: str
    phase: Coded
    status: Coded
    status_reason: str | None
    light_stated: Coded
    light_reason: str | None
    light_computed: Coded
    light_computed_reasons: list[str]
    needed_decision: str | None
    summary: str
    goal: str | None
    benefit: str | None
    target_group: str | None
    contact: str | None
    starts_on: str | None
    ends_on: str | None
    guidelines: list[str]
    team: list[TeamSeat]
    milestones: list[MeasureMilestone]
    is_starter: bool
    is_example: bool
    progress_percent: int | None
    next_milestone: PlannedMilestone | None
    milestones_overdue: int
    milestones_in_period: list[PeriodMilestone]
    last_update: Update | None


class Field(TypedDict):
    """A Handlungsfeld with its measures; fields without measures are listed too."""

    slug: str
    name: str
    order: int
    measures: list[Measure]


class Municipality(TypedDict):
    """A column of the matrix; `key` is the AGS."""

    key: str
    name: str
    abbr: str
    residents: int


class Cell(TypedDict):
    """State of one measure in one municipality; `stage` is a code of `scales.stages`."""

    stage: str
    since: str | None
    confirmed_at: str | None
    stale: bool


class RollOutRow(TypedDict):
    """A measure's cells, one for each municipality and in their order, and the three figures.

    `reached_percent` is the share of the affected municipalities' residents who live where it is live; None
    when no municipality is affected.
    """

    measure_no: str
    measure_title: str
    cells: list[Cell]
    affected: int
    live: int
    reached_percent: int | None


class RollOut(TypedDict):
    """The matrix; `counting_rule` explains the three figures, `stale_rule` when a cell counts as stale."""

    municipalities: list[Municipality]
    rows: list[RollOutRow]
    counting_rule: str
    stale_rule: str


class Votes(TypedDict):
    """Counted votes; `label` says it in words ("einstimmig": no votes against)."""

    in_favour: int
    against: int
    abstentions: int
    label: str


class Resolution(TypedDict):
    """A resolution of the period; `votes` None when they were not counted.

    `in_force` False: by the Stichtag another resolution had taken its place. `superseded_by` is that one's
    number, None where the audience may not see it.
    """

    date: str
    committee: str
    number: str
    title: str
    wording: str
    outcome: Coded
    votes: Votes | None
    in_force: bool
    superseded_by: str | None
    measure_nos: list[str]


class FollowUp(TypedDict):
    """What a resolution has set somebody to do; `state`: open | overdue | reported | noted.

    It stands here as long as the committee has not noted it, and in the period in which it did so, in a
    meeting that the audience may know.
    """

    committee: str
    resolution_number: str
    what: str
    responsible: str | None
    due_on: str | None
    reported_on: str | None
    noted_on: str | None
    state: Coded


class MoneyFigures(TypedDict):
    """Cents; None where nobody has said anything."""

    plan: int | None
    committed: int | None
    spent: int | None


class MoneyYear(TypedDict):
    """The figures of all measures of the report in one year."""

    year: int
    figures: MoneyFigures


class MoneyRow(TypedDict):
    """The figures of one field or one measure over all years; `key`: its slug or number."""

    key: str
    label: str
    figures: MoneyFigures


class MoneySource(TypedDict):
    """Planned money by its origin, in cents."""

    label: str
    plan: int


class MoneyEntry(TypedDict):
    """What the figures add up: cents of a measure in a year. `kind`: plan | committed | spent.

    `source`: where what is planned comes from.
    """

    measure_no: str
    year: int
    kind: str
    source: str | None
    amount: int


class MoneyGrant(TypedDict):
    """A grant with its amount in cents."""

    programme: str
    measure_no: str
    ends_on: str
    amount: int


class Money(TypedDict):
    """Money of the report's measures; the audience "public" gets none (Snapshot.money is None)."""

    total: MoneyFigures
    years: list[MoneyYear]
    fields: list[MoneyRow]
    measures: list[MoneyRow]
    sources: list[MoneySource]
    entries: list[MoneyEntry]
    grants: list[MoneyGrant]
    counting_rule: str


class IndicatorPoint(TypedDict):
    """A value on its day; None: none could be collected, and `note` says why."""

    on: str
    value: str | None
    note: str | None


class IndicatorTarget(TypedDict):
    """A value to be reached by a day."""

    on: str
    value: str


class IndicatorPlace(TypedDict):
    """The latest value of a municipality, of an indicator that is collected in each."""

    name: str
    on: str | None
    value: str | None


class Indicator(TypedDict):
    """A line of the data sheet.

    `value`, `on`: the latest one (of the region where it is collected per municipality). `attainment`:
    (Ist − Basis) / (Ziel − Basis) in whole percent towards `target`, None where one of them is missing.
    `on_target`: yes | no | unknown. `trend`: better | same | worse | unknown, in the wanted direction.
    `subject` says what it belongs to: measure_no, field_slug, or neither for the concept.
    """

    key: str
    name: str
    definition: str | None
    level: Coded
    unit: str
    decimals: int
    direction: Coded
    subject: str
    measure_no: str | None
    field_slug: str | None
    baseline: IndicatorPoint | None
    targets: list[IndicatorTarget]
    target: IndicatorTarget | None
    value: str | None
    on: str | None
    attainment: int | None
    on_target: Coded
    trend: Coded
    is_overdue: bool
    points: list[IndicatorPoint]
    places: list[IndicatorPlace]
    combination: str | None
    source: str
    rhythm: str
    tags: list[str]
    is_example: bool


class FigureRow(TypedDict):
    """Something that a figure counts, and how often."""

    label: str
    count: int


class Figure(TypedDict):
    """A counted number with its label and what it counts; no `rows` where it counts what is not named."""

    label: str
    value: int
    rule: str
    rows: list[FigureRow]


class Participation(TypedDict):
    """Who takes part: figures of teams, status rounds, wishes and meetings in the period."""

    figures: list[Figure]
    sectors: list[Figure]


class FieldAssessment(TypedDict):
    """The coordinator's assessment of a field on one criterion; `field` None: of the whole concept."""

    field: str | None
    criterion: Coded
    rating: Coded | None
    text: str | None


class SelfAssessment(TypedDict):
    """A development team's answer to a question; the audience "public" gets none."""

    measure_no: str
    criterion: Coded
    question: str
    rating: Coded | None
    text: str | None


class Recommendation(TypedDict):
    """A recommendation, and what became of it by the Stichtag, as far as the audience may see that.

    `state`: noted | waiting | on_agenda | resolved; its label says more ("Beschluss LK 2026/04").
    """

    number: int
    field: str | None
    title: str
    text: str | None
    addressee: str | None
    state: Coded


class Assessment(TypedDict):
    """The newest evaluation that was closed by the Stichtag."""

    title: str
    fields: list[FieldAssessment]
    teams: list[SelfAssessment]
    recommendations: list[Recommendation]


class PreviousReport(TypedDict):
    """The report that this one is compared with."""

    title: str
    as_of: str
    sha256: str


class Changes(TypedDict):
    """What changed since the previous report, a sentence each; `previous` None: this is the first report."""

    previous: PreviousReport | None
    sentences: list[str]


class OutlookMilestone(PlannedMilestone):
    """A milestone due in the following period."""

    measure_no: str
    measure_title: str


class Outlook(TypedDict):
    """What comes next."""

    period_label: str
    milestones: list[OutlookMilestone]


class MethodRule(TypedDict):
    """One counting rule or definition."""

    term: str
    text: str


class Snapshot(TypedDict):
    """Everything a report says, as of a moment. Report, region, concept, fields with their measures, changes
    and method are always there; the rest only where a section needs it."""

    format_version: int
    report: Report
    region: Region
    concept: Concept
    scales: Scales
    changes: Changes
    fields: list[Field]
    roll_out: RollOut
    money: Money | None
    indicators: list[Indicator]
    resolutions: list[Resolution]
    follow_ups: list[FollowUp]
    participation: Participation
    assessment: Assessment | None
    outlook: Outlook
    method: list[MethodRule]
