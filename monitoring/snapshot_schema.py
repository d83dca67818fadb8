"""The shape of a report's snapshot: the one contract between the database and the report's formats.

The writer (monitoring services) fills it as of a day; the compiler (`monitoring.compile`) turns it into PDF,
XLSX and JSON and knows nothing else. Rules for every field:

* Dates are ISO strings ("2025-12-31"), instants ISO with offset ("2026-01-05T09:30:00+01:00").
* Numbers are integers, percentages too; there is no float anywhere, so that the canonical JSON is stable.
* What a reader sees is here in German beside its code; no format looks up an enumeration.
* A value that is not known is None, never 0 and never "". "No value is not 0 %."
* The writer leaves out what the audience may not see: the formats print all they get.
* Lists are in the order in which they are printed; municipalities alphabetically (never a league table).
"""

from typing import Final, Literal, TypedDict

FORMAT_VERSION: Final = 2
"""Version 1, still sealed in older reports, has neither `in_force` nor `superseded_by`."""

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


class Report(TypedDict):
    """Cover data. `title`: "Evaluationsbericht" or "Sachstandsbericht"; `occasion`: its Anlass."""

    kind: Literal["evaluation", "status"]
    title: str
    occasion: str
    period_start: str
    period_end: str
    period_label: str
    as_of: str
    compiled_at: str
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


class Update(TypedDict):
    """The last status update as plain text."""

    date: str
    text: str


class Measure(TypedDict):
    """One row of its field's table. A reason is None when there is none; `url` is absolute or None."""

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
    """What comes next; `text` is the coordination office's own paragraph, if any."""

    period_label: str
    milestones: list[OutlookMilestone]
    text: str | None


class MethodRule(TypedDict):
    """One counting rule or definition."""

    term: str
    text: str


class Snapshot(TypedDict):
    """Everything a report says, as of a day."""

    format_version: int
    report: Report
    region: Region
    concept: Concept
    scales: Scales
    changes: Changes
    fields: list[Field]
    roll_out: RollOut
    resolutions: list[Resolution]
    outlook: Outlook
    method: list[MethodRule]
