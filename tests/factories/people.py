import factory
from factory.django import DjangoModelFactory

from community.accounts.models import User

PASSWORD = "correct horse battery"


class PersonFactory(DjangoModelFactory):
    """A member with a confirmed address and the password `PASSWORD`."""

    class Meta:
        model = User

    handle = factory.Sequence(lambda n: f"member{n}")
    email = factory.LazyAttribute(lambda person: f"{person.handle}@example.org")
    display_name = ""

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)


class NewcomerFactory(PersonFactory):
    """A person whose address is not confirmed yet."""

    handle = factory.Sequence(lambda n: f"newcomer{n}")
    email = ""


class ModeratorFactory(PersonFactory):
    handle = factory.Sequence(lambda n: f"keeper{n}")
    is_staff = True
