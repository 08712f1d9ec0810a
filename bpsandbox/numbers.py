"""Format numbers for sentences and charts."""

import math

from bpsandbox.messages import _

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def grouped(count: float) -> str:
    """Write a count with thousands separated: 5000 is 5,000."""
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.10g}"


def about(seconds: float) -> str:
    """Write an estimated time: less than 0.1 s, about 0.3 s, about 12 s, about 5 min, about 3.6 h."""
    if seconds < 0.1:
        return _("less than 0.1 s")
    if seconds < 99.5:
        return _("about {seconds} s", seconds=f"{seconds:.1f}" if seconds < 9.95 else f"{seconds:.0f}")
    if seconds < 5970:
        return _("about {minutes} min", minutes=f"{seconds / 60:.0f}")
    return _("about {hours} h", hours=f"{seconds / 3600:.1f}" if seconds < 36_000 else f"{seconds / 3600:,.0f}")


def power_of_ten(exponent: int) -> str:
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def short(value: float | None, digits: int = 3) -> str:
    """Write a number in about six characters: 0.0005, 0.128, 12.3, 1.2×10⁻⁷, 1,240.

    Trailing zeros are removed, small and large numbers become powers of ten, None is a dash.
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = abs(value)
    if 1e-4 <= float(f"{magnitude:.{digits - 1}e}") < 1e5:
        return _plain(value, magnitude, digits)
    mantissa, exponent = f"{value:.{digits - 2}e}".split("e")
    return f"{mantissa.removesuffix('.0')}×{power_of_ten(int(exponent))}".replace("-", "−", 1 if value < 0 else 0)


def _plain(value: float, magnitude: float, digits: int) -> str:
    digits -= magnitude < 1e-3
    places = max(0, digits - 1 - math.floor(math.log10(magnitude)))
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
