"""Whether a PDF is what it says: accessible (PDF/UA-1) and fit for the archive (PDF/A-2a)."""

import page

PROFILES = ("ua1", "2a")


def failures(data: bytes) -> dict[str, list[str]]:
    """Return for each profile what the validator finds wrong."""
    return {
        profile: [failure.message for failure in page.validate_pdf_bytes(data, profile=profile).failures]
        for profile in PROFILES
    }
