"""The rates file: written by a command, used by prices, and never a reason to stop."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bpsandbox import api, calibration, checks
from bpsandbox.models import Worker
from bpsandbox.spec import cost
from bpsandbox.worker import Housekeeper, TrainWorker
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


# === Several machines ===


@pytest.fixture
def shared(settings, monkeypatch, db):
    settings.BPSANDBOX_SHARED_CALIBRATION = True
    monkeypatch.setattr(calibration, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(calibration._Workers, "until", 0.0)
    yield
    cost.use(cost.Rates())


def times(factor: float, **more: float) -> cost.Rates:
    return cost.Rates(**{name: rate * factor for name, rate in vars(cost.Rates()).items()} | more)


def worker(name: str, rates: str) -> None:
    Worker.objects.create(name=name, seen_at=timezone.now(), rates=rates)


def test_a_worker_tells_the_rates_of_its_machine_once(place, measured, shared):
    call_command("calibrate", verbosity=0)
    housekeeper = Housekeeper(TrainWorker(slots=1))
    housekeeper.beat()
    assert Worker.objects.get().rates == measured.to_json()
    place.unlink()
    housekeeper.beat()
    assert Worker.objects.get().rates == measured.to_json()


def test_a_machine_that_trains_nothing_prices_with_the_speed_of_those_that_train(place, measured, shared):
    built_in = api.check(XOR).price.seconds
    call_command("calibrate", verbosity=0)
    assert api.check(XOR).price.seconds == pytest.approx(built_in * 10)
    worker("t", times(3).to_json())
    assert api.check(XOR).price.seconds == pytest.approx(built_in * 3)


def test_of_two_workers_the_slower_counts_for_each_kind_of_work():
    one, other = times(1, call=0.5), times(2)
    assert calibration.slowest([one, other]) == times(2, call=0.5)
    assert calibration.slowest([]) is None


def test_what_workers_of_another_release_tell_is_left_out(shared):
    built_in = api.check(XOR).price.seconds
    worker("old", '{"version": 0, "seconds": {}}')
    worker("silent", "")
    assert api.check(XOR).price.seconds == pytest.approx(built_in)


def test_workers_are_asked_once_a_minute(shared, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(calibration, "LOOK_SECONDS", 60.0)
    with django_assert_num_queries(1):
        api.check(XOR)
        api.check(XOR)


def test_alone_no_worker_is_asked(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        api.check(XOR)


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
