"""The rates file: written by a command, used by prices, and never a reason to stop."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bpsandbox import api, calibration, checks
from bpsandbox.spec import cost
from tests.bpsandbox.spec.configs import XOR


@pytest.fixture
def place(settings, tmp_path):
    """Path of the rates file, which does not exist yet."""
    settings.BPSANDBOX_CALIBRATION = str(tmp_path / "state" / "rates.json")
    yield tmp_path / "state" / "rates.json"
    cost.use(cost.Rates())


@pytest.fixture
def measured(monkeypatch):
    """A machine that is measured quickly: ten times as slow as the built-in one."""
    slow = cost.Rates(**{name: rate * 10 for name, rate in vars(cost.Rates()).items()})
    monkeypatch.setattr(calibration, "measured", lambda patience: slow)
    return slow


def test_the_command_writes_what_prices_are_made_of(place, measured):
    before, said = api.check(XOR).price, StringIO()
    call_command("calibrate", stdout=said)
    assert "A call of NumPy takes 6 µs here" in said.getvalue() and str(place) in said.getvalue()
    after = api.check(XOR).price
    assert after.seconds == pytest.approx(before.seconds * 10)
    assert replace(after, seconds=0.0) == replace(before, seconds=0.0)


def test_once_is_once(place, measured, monkeypatch):
    call_command("calibrate", "--once", verbosity=0)
    monkeypatch.setattr(calibration, "measured", lambda patience: pytest.fail("measured again"))
    call_command("calibrate", "--once", verbosity=0)


def test_once_makes_an_unusable_file_again(place, measured):
    place.parent.mkdir()
    place.write_text("{}", encoding="utf-8")
    call_command("calibrate", "--once", verbosity=0)
    assert calibration.problem() is None


@pytest.mark.parametrize(("text", "why"), [
    ("", "it holds no rates"),
    ("\x00\xff", "it holds no rates"),
    ('{"version": 0, "seconds": {}}', "its rates are of another version"),
])  # fmt: skip
def test_an_unusable_file_is_a_warning_and_built_in_prices(place, text, why):
    before = api.check(XOR).price
    place.parent.mkdir()
    place.write_text(text, encoding="utf-8")
    assert api.check(XOR).price == before
    (warning,) = checks.check_calibration()
    assert warning.id == "bpsandbox.W001"
    assert warning.msg == (
        f"{place} cannot be used: {why}. Prices are made of built-in rates until manage.py calibrate has run."
    )


def test_a_folder_in_the_files_place_is_told(place):
    place.mkdir(parents=True)
    assert "cannot be used: Is a directory." in calibration.problem()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("calibrate", verbosity=0)


def test_a_busy_machine_is_measured_another_time(place, monkeypatch):
    monkeypatch.setattr("bpsandbox.management.commands.calibrate.PATIENCE", 0.001)
    said = StringIO()
    call_command("calibrate", "--once", stdout=said)
    assert said.getvalue().startswith("Too busy to be measured now") and not place.exists()


def test_without_a_place_there_is_nothing_to_do(settings):
    settings.BPSANDBOX_CALIBRATION = ""
    assert checks.check_calibration() == []
    call_command("calibrate", "--once")
    with pytest.raises(CommandError, match="BPSANDBOX_CALIBRATION names no file"):
        call_command("calibrate")
