"""Make a picture of a run's network or of its answer a file of its own, with room around it and with its colours."""

from __future__ import annotations

import re

from . import svg
from .palette import style

CLASS = re.compile(r'<svg class="([^"]*)"')
BOX = re.compile(r'viewBox="0 0 [0-9]+ ([0-9]+)"')
SIZES = {
    "network": (360, 280, (16, 16, 16, 16)),
    "plane boundary": (320, 320, (28, 16, 44, 48)),
    "plane fit": (400, 260, (28, 16, 44, 48)),
}
"""Width and height by the class of a drawing, and the room above, after, below and before it, in pixels."""
RULES = """
svg{overflow:visible}
.boundary>.lines,.unit-map,.fit .lines .lines{overflow:hidden}
.link{fill:none;stroke:var(--forward)}
.link.is-negative{stroke:var(--backward);stroke-dasharray:10 4}
.unit{fill:var(--surface);stroke:var(--ink);stroke-width:1.2}
.unit.is-map{fill:none}
.unit-name{font-size:13px;fill:var(--ink)}
.is-beside,.is-before{font-size:11px;paint-order:stroke;stroke:var(--surface);stroke-width:3px}
.level{fill:color-mix(in oklab,var(--sign,var(--backward)) var(--share),var(--surface))}
.level-5,.level-6,.level-7,.level-8,.level-9{--sign:var(--forward)}
.level-0,.level-9{--share:62%}
.level-1,.level-8{--share:48%}
.level-2,.level-7{--share:35%}
.level-3,.level-6{--share:22%}
.level-4,.level-5{--share:10%}
.divide{fill:none;stroke:var(--ink);stroke-width:16;stroke-opacity:.75;stroke-linecap:round}
.region{fill:color-mix(in oklab,var(--hue) 30%,var(--surface));stroke:var(--surface);stroke-width:14}
.example{fill:var(--hue,var(--ink));stroke:var(--surface);stroke-width:14;paint-order:stroke}
.example.is-plain{fill:none;stroke:var(--ink);stroke-opacity:.5;stroke-width:10}
.fit .example{fill-opacity:.35;stroke:none}
.example.is-held-out{fill:var(--surface);fill-opacity:1;stroke:var(--hue,var(--ink));stroke-width:18}
.fitted{fill:none;stroke:var(--forward);stroke-width:24;stroke-linejoin:round}
.region-0,.example-0{--hue:var(--backward)}
.region-1,.example-1{--hue:var(--forward)}
.region-2,.example-2{--hue:var(--dot-teal)}
.region-3,.example-3{--hue:var(--dot-violet)}
.region-4,.example-4{--hue:var(--dot-amber)}
"""


def still(drawing: str) -> str:
    """Return a drawing as a standalone SVG file; empty for one that is none of these."""
    found = CLASS.match(drawing)
    if found is None or found[1] not in SIZES:
        return ""
    width, height, (above, after, below, before) = SIZES[found[1]]
    if found[1] == "network" and (box := BOX.search(drawing)):  # one of few units is less high
        height = int(box[1])
    whole = {"width": width + before + after, "height": height + above + below}
    paper = svg.tag("rect", width="100%", height="100%", class_="paper")
    placed = svg.tag("svg", drawing, x=before, y=above, width=width, height=height)
    return svg.tag(
        "svg", style(RULES) + paper + placed, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {whole['width']} {whole['height']}", **whole,
    )  # fmt: skip
