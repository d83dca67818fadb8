"""Documents of a meeting: what they say (pack, minutes) apart from how it is written (pdf, docx)."""
