"""Links in mails that act for whoever has them, without an account.

The link is the row's key signed for one purpose, so no secret is stored anywhere. It holds as long as the
row does; what it may still do, the row's state decides.
"""

from typing import TypeVar

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.http import Http404
from django.urls import reverse

Row = TypeVar("Row", bound=models.Model)


def secret_of(row: models.Model, purpose: str) -> str:
    """What stands in the address of a link that may do `purpose` with the row."""
    return _signer(row._meta.label_lower, purpose).sign_object(row.pk)


def link_to(name: str, row: models.Model, purpose: str) -> str:
    """The full address of the page `name` for a mail."""
    return f"{settings.PORTAL_URL}{reverse(name, args=[secret_of(row, purpose)])}"


def row_of(rows: models.QuerySet[Row], secret: str, purpose: str) -> Row:
    """The row of these that the secret was made for.

    Raises:
        Http404: the secret is forged, of another purpose, or its row is gone.
    """
    row = opened(rows, secret, purpose)
    if row is None:
        raise Http404
    return row


def opened(rows: models.QuerySet[Row], secret: str, purpose: str) -> Row | None:
    """The same for links that shall say so if their row is gone; they get None.

    Raises:
        Http404: the secret is forged or of another purpose.
    """
    try:
        key = _signer(rows.model._meta.label_lower, purpose).unsign_object(secret)
    except BadSignature:
        raise Http404 from None
    return rows.filter(pk=key).first()


def _signer(model: str, purpose: str) -> Signer:
    return Signer(salt=f"participation.{model}.{purpose}")
