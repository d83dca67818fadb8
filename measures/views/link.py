"""Pages behind a secret that may be revoked (`smartregion/base/secret_pages.py`)."""

from django.http import Http404

from measures.services.rounds import LinkInvalid
from smartregion.base.secret_pages import SecretPage


class SecretLinkView(SecretPage):
    invalid = (Http404, LinkInvalid)
