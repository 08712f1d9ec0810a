from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def bio(person) -> SafeString:
    """Show a person's stored bio."""
    return mark_safe(person.bio_html)


@register.simple_tag
def mail_folder() -> str:
    """Return the folder that contains outgoing emails on this machine; empty when emails are sent."""
    return settings.CHAINRULE_MAIL_SHOWN
