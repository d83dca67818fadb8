"""What committees ask of an account: of the coordinator to keep them going, of members to be informed."""

from governance.worklist import attendance, circulars, meetings, members, resolutions

__all__ = ["attendance", "circulars", "meetings", "members", "resolutions"]
from governance.worklist import mirror

__all__ = ["meetings", "mirror", "resolutions"]
