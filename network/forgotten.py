"""The mail for a forgotten password."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from network.account_mails import account_text
from network.models import User


def mail_for(email: str) -> EmailMessage | None:
    """With a link to set a new password; None where there is no account that may sign in.

    Who comes by a sign-in service and never had a password gets none by mail: the service decides.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return None
    if not user.has_usable_password() and SocialAccount.objects.filter(user=user).exists():
        return _mail(user, url=f"{settings.PORTAL_URL}{reverse('account_login')}", by_service=True)
    which = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    url = f"{settings.PORTAL_URL}{reverse('account_reset_password_from_key', kwargs=which)}"
    return _mail(user, url=url)


def _mail(user: User, **words: Any) -> EmailMessage:
    text = account_text("forgotten_password", **words)
    return EmailMessage(_("Neues Passwort für das Portal"), text, to=[user.email])
