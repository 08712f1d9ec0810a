"""Invalid settings are reported, all at once, before anything runs."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from bpsandbox import checks, conf
from bpsandbox.runner import walls


def test_every_wrong_setting_is_named(settings):
    settings.BPSANDBOX_LEASE_SECONDS = 0
    settings.BPSANDBOX_ATTEMPTS = "three"
    settings.BPSANDBOX_WAKE = "not a path"
    settings.BPSANDBOX_ATEMPTS = 3
    with pytest.raises(ImproperlyConfigured) as caught:
        conf.current()
    assert str(caught.value) == (
        "BPSANDBOX_LEASE_SECONDS must be a number of seconds above 0, not 0. "
        "BPSANDBOX_ATTEMPTS must be a whole number above 0, not 'three'. "
        "BPSANDBOX_WAKE must be a dotted path, not 'not a path'. "
        "BPSANDBOX_ATEMPTS is not a setting of the sandbox."
    )


def test_a_setting_reaches_the_limits_of_a_run(settings):
    settings.BPSANDBOX_CPU_SECONDS = 10
    settings.BPSANDBOX_WALL_SECONDS = 40
    assert conf.current().limits().wall_seconds == 40
    visitor = conf.current().limits(5)
    assert (visitor.cpu_seconds, visitor.wall_seconds) == (5, 20)


def test_a_path_that_leads_nowhere_is_an_error_of_the_checks(settings):
    settings.BPSANDBOX_VISIBLE_SPECS = "bpsandbox.policies.no_such_thing"
    (error,) = checks.check_dotted_paths()
    assert error.id == "bpsandbox.E001"
    assert error.msg.startswith("BPSANDBOX_VISIBLE_SPECS cannot be imported")


def test_a_check_before_the_site_opens_says_when_a_wall_is_missing(monkeypatch, settings):
    settings.BPSANDBOX_UNENFORCED = ["network"]
    monkeypatch.setattr(walls, "enforced", lambda: {**dict.fromkeys(walls.WORDS, True), "network": False})
    (told,) = checks.check_isolation()
    assert (told.id, told.is_serious()) == ("bpsandbox.I001", False)
    assert told.msg.endswith("Not enforced here: no network.")
    monkeypatch.setattr(walls, "enforced", lambda: dict.fromkeys(walls.WORDS, True))
    assert checks.check_isolation() == []
