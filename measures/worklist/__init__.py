"""What measures, their roll-out and all that belongs to them ask of an account, one file per subject."""

from measures.worklist import imports, measures, money, plan, team, waves, wishes

__all__ = ["imports", "measures", "money", "plan", "team", "waves", "wishes"]
