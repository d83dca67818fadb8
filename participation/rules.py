"""Who keeps what the public sends. Reading follows `visible_to`; the forms for visitors are public."""

import rules

from network.rules import is_coordinator

rules.add_perm("participation.answer_questions", is_coordinator)
