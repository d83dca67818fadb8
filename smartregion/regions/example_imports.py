"""The example file's imports: a table that was uploaded; the portal's worker checks it like any other."""

from measures.services.imports import take_in
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story


def read_imports(story: Story, entries: list[Entry]) -> None:
    """Upload the tables once all that happened is there."""
    for entry in entries:
        by = story.accounts[story.account(entry, "by", "coordination")]
        lines = entry.take("lines", list)
        take_in(file_name=entry.take("file_name", str), content="\n".join(lines).encode(), by=by)
        entry.finish()
