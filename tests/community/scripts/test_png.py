"""A drawing of the site, saved as PNG."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from bpsandbox import api, charts, core, spec
from bpsandbox.charts.palette import LIGHT
from community.experiments import downloads
from tests.bpsandbox.charts.documents import document, falling, flat
from tests.training import XOR


def colour(name: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(LIGHT[name].removeprefix("#")))


def saved_picture(site, drawing: str) -> tuple[tuple[int, int], set]:
    """Return size and colours of the PNG that a drawing is saved as, served with the headers of the site."""
    served = downloads.picture(drawing)
    sent = {"body": served.content, "headers": dict(served.items())}
    site.answers["/curve.svg"] = lambda route: route.fulfill(**sent)
    site.show('<a href="/curve.svg" data-png="curve.png">PNG</a>')
    with site.page.expect_download() as saved:
        site.page.get_by_role("link", name="PNG").click()
    assert saved.value.suggested_filename == "curve.png"
    with Image.open(BytesIO(saved.value.path().read_bytes())) as picture:
        assert picture.convert("RGB").getpixel((2, 2)) == colour("surface")
        return picture.size, {pixel for _count, pixel in picture.convert("RGB").getcolors(1 << 24)}


def test_a_curve_is_saved_twice_as_large_with_its_colours(site):
    size, found = saved_picture(site, api.curve_svg(document(falling(), flat())))
    assert size[0] == 1440 and found >= {colour("surface"), colour("forward")}


@pytest.mark.parametrize("name", ["network", "boundary"])
def test_the_pictures_of_a_network_are_saved_with_their_colours(site, name):
    made = core.run(spec.build(spec.parse(XOR))).document()
    [view] = [view for view in charts.snapshot(made, spec.parse(XOR).to_json()).views if view.kind == name]
    size, found = saved_picture(site, view.file)
    assert size == {"network": (784, 544), "boundary": (768, 784)}[name]
    assert found >= {colour("surface"), colour("ink" if name == "network" else "forward")}


def test_a_drawing_that_cannot_be_read_is_opened(site):
    site.answer("/curve.svg", "gone", status=404, kind="text/plain")
    site.show('<a href="/curve.svg" data-png="curve.png">PNG</a>')
    site.page.get_by_role("link", name="PNG").click()
    expect(site.page).to_have_url("http://site.test/curve.svg")
