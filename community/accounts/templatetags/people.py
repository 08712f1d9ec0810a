from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def bio(person) -> SafeString:
    """Show what a person says about himself or herself, as it was rendered when it was saved."""
    return mark_safe(person.bio_html)


@register.simple_tag
def mail_folder() -> str:
    """Where letters lie as files on this machine; empty where mail is sent."""
    return settings.CHAINRULE_MAIL_SHOWN
