from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from community.accounts import selectors
from community.accounts.models import User

register = template.Library()


@register.simple_tag
def bio(person) -> SafeString:
    """Show a person's stored bio."""
    return mark_safe(person.bio_html)


@register.simple_tag
def address_to_confirm(person: User) -> str:
    """Return the address that a confirmation link was sent to; empty if there is none."""
    address = selectors.unconfirmed_address(person)
    return address.email if address else ""


@register.simple_tag
def mail_folder() -> str:
    """Return the folder that contains outgoing emails on this machine; empty when emails are sent."""
    return settings.CHAINRULE_MAIL_SHOWN
