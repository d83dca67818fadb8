"""What of the measures belongs to a municipality, for the database's own guard (`base/row_security.py`)."""

from measures.models import Experience, PlannedStart, RolloutCell, RoundContact, RoundInvitation, Wish
from smartregion.base.row_security import owned

OWN = "municipality_id = {municipality}"
OF_OWN_CELL = (
    "EXISTS (SELECT FROM measures_rolloutcell cell "
    "WHERE cell.id = cell_id AND cell.municipality_id = {municipality})"
)

owned(RolloutCell, OWN)
owned(Experience, OF_OWN_CELL)
owned(Wish, OF_OWN_CELL)
owned(PlannedStart, OWN)
owned(RoundContact, OWN)
owned(RoundInvitation, OWN)
