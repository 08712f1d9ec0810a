"""Make a drawing of a run's page a file of its own, with room around it and with its colours."""

from __future__ import annotations

import re

from . import svg
from .layouts import FLUID, WIDE
from .palette import curve_rules, style

CLASS = re.compile(r'<svg [^>]*?class="([^"]*)"')
BOX = re.compile(r'<svg [^>]*?viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
AROUND_AXES = (28, 16, 44, 48)
SIZES = {
    "network": (360, 280, (16, 16, 16, 16)),
    "plane boundary": (320, 320, AROUND_AXES),
    "plane fit": (400, 260, AROUND_AXES),
    "plane bars": (400, 167, AROUND_AXES),
    "curve": (WIDE.plot_width, FLUID.height, (8, WIDE.right, 8, WIDE.left)),
    "kernels": (320, 320, (16, 16, 16, 16)),
    "parallel": (0, 0, (0, 0, 0, 0)),
    "matrix": (0, 0, (16, 16, 16, 16)),
    "saliency": (0, 0, (16, 16, 16, 16)),
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
MORE = {
    "plane bars": """
.bars rect,.track path{fill:var(--forward)}
.bars rect{fill-opacity:.75}
.track>.lines{overflow:hidden}
.track .now{fill:none;stroke:var(--ink);vector-effect:non-scaling-stroke}
.is-back>.lines{--forward:var(--backward)}
""",
    "curve": f"""{curve_rules(1)}
.curve .lines{{overflow:hidden}}
.curve :is(path,line){{vector-effect:non-scaling-stroke}}
.setting .median{{stroke:var(--own)}}
.setting .band{{fill:var(--own)}}
""",
    "kernels": """
.kernels .tile{fill:var(--line);fill-opacity:.4}
.kernels [class*=level-]{fill:color-mix(in oklab,var(--sign) var(--share),var(--surface))}
.kernels .plus{--sign:var(--forward)}
.kernels .minus{--sign:var(--backward)}
.kernels .level-0{--share:20%}
.kernels .level-1{--share:40%}
.kernels .level-2{--share:60%}
.kernels .level-3{--share:80%}
.kernels .level-4{--share:100%}
""",
    "parallel": """
.parallel polyline{fill:none;stroke:var(--own);stroke-width:1.4;stroke-opacity:.55}
.parallel .is-best{stroke-width:2.6;stroke-opacity:1}
.parallel .axis{stroke:var(--soft)}
""",
}
"""The rules of classes of drawings that RULES does not have."""
SHARES = "".join(f".share-{level}{{--share:{6 + 6 * level}%}}\n" for level in range(10))
MORE["matrix"] = f"""
.cell{{fill:var(--surface);stroke:var(--line)}}
.is-right{{--sign:var(--forward)}}
.is-wrong{{--sign:var(--backward)}}
.is-right,.is-wrong{{fill:color-mix(in oklab,var(--sign) var(--share),var(--surface))}}
.number{{fill:var(--ink)}}
.name{{font-weight:600}}
{SHARES}"""
INK = "".join(f".ink-{level}{{fill-opacity:{level / 5:g}}}\n" for level in range(1, 6))
MORE["saliency"] = f"{MORE['kernels']}.ink{{fill:var(--ink)}}\n{INK}"
SETTINGS = """
.setting.is-other{--own:var(--soft)}
.setting.is-best{--own:var(--forward)}
.setting.is-diverged{--own:var(--backward);stroke-dasharray:4 3}
"""


def still(drawing: str) -> str:
    """Return a drawing as a standalone SVG file; empty for one that is none of these."""
    found = CLASS.match(drawing)
    name = next((each for each in SIZES if found and f"{found[1]} ".startswith(f"{each} ")), "")
    if not name:
        return ""
    width, height, (above, after, below, before) = SIZES[name]
    if box := BOX.match(drawing):
        width, height = _in_box(name, width, float(box[1]), float(box[2]))
        above, after, below, before = (16, 16, 16, 16) if name == "curve" else (above, after, below, before)
    whole = {"width": width + before + after, "height": height + above + below}
    paper = svg.tag("rect", width="100%", height="100%", class_="paper")
    placed = svg.tag("svg", drawing, x=before, y=above, width=width, height=height)
    return svg.tag(
        "svg", style(RULES + MORE.get(name, "") + SETTINGS * ("setting " in drawing)) + paper + placed,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {whole['width']} {whole['height']}", **whole,
    )  # fmt: skip


def _in_box(name: str, width: int, wide: float, high: float) -> tuple[int, int]:
    """Return the width and height of a drawing with a box of its own: a network's is as wide as all, others keep it."""
    if name == "network":  # one of few units is less high
        return width, round(high)
    if name == "kernels":
        return width, round(width * high / wide)
    return round(wide), round(high)
