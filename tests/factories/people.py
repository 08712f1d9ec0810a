import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from community.accounts import handles
from community.accounts.models import User

PASSWORD = "correct horse battery"


class PersonFactory(DjangoModelFactory):
    """A member with a confirmed address and the password `PASSWORD`."""

    class Meta:
        model = User

    handle = factory.Sequence(lambda n: f"member{n}")
    email = factory.LazyAttribute(lambda person: f"{person.handle}@example.org")
    display_name = ""
    password = PASSWORD
    session_epoch = 1  # as after `create_user`, which ends the access that a new person does not have

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        kwargs["handle"] = handles.normalise(kwargs["handle"])
        kwargs["password"] = make_password(kwargs["password"])
        return super()._create(model_class, *args, **kwargs)


class NewcomerFactory(PersonFactory):
    """A person whose address is not confirmed yet."""

    handle = factory.Sequence(lambda n: f"newcomer{n}")
    email = ""


class ModeratorFactory(PersonFactory):
    handle = factory.Sequence(lambda n: f"keeper{n}")
    is_staff = True
