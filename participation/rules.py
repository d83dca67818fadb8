"""Who keeps what the public sends. Reading follows `visible_to`; the forms for visitors are public."""

import rules

from network.rules import is_administrator, is_coordinator, is_municipality_editor

rules.add_perm("participation.keep_events", is_coordinator)
rules.add_perm(
    "participation.join_as_administration", is_municipality_editor | is_coordinator | is_administrator
)
rules.add_perm("participation.manage_ideas", is_coordinator)
rules.add_perm("participation.manage_surveys", is_coordinator)
rules.add_perm("participation.answer_questions", is_coordinator)
