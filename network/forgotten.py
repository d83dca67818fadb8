"""The mail for a forgotten password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from network.account_mails import account_text
from network.models import User


def mail_for(email: str) -> EmailMessage | None:
    """With a link to set a new password; None where there is no account that may sign in."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return None
    which = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    url = f"{settings.PORTAL_URL}{reverse('account_reset_password_from_key', kwargs=which)}"
    return EmailMessage(
        _("Neues Passwort für das Portal"), account_text("forgotten_password", url=url), to=[user.email]
    )
