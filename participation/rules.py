"""Who keeps what the public sends. Reading follows `visible_to`; the forms for visitors are public."""
