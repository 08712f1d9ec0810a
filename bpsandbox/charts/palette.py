"""Define the colours and strokes of standalone drawings, light and dark."""

import re

LIGHT = {
    "forward": "#1d5fb8",
    "backward": "#c8451b",
    "ink": "#171c28",
    "soft": "#525866",
    "line": "#e2e0da",
    "surface": "#ffffff",
    "hue-1": "#b26d00",
    "hue-2": "#7a3cb0",
    "hue-3": "#00786f",
    "hue-5": "#b8325f",
    "dot-teal": "#208295",
    "dot-violet": "#8160b5",
    "dot-amber": "#c48225",
}
DARK = {
    "forward": "#7ab4f5",
    "backward": "#f59a68",
    "ink": "#eceae4",
    "soft": "#a5abb8",
    "line": "#333a47",
    "surface": "#181c25",
    "hue-1": "#e5b04c",
    "hue-2": "#c6a2f4",
    "hue-3": "#5cd0c4",
    "hue-5": "#f18ba8",
    "dot-teal": "#4aa7b7",
    "dot-violet": "#af95df",
    "dot-amber": "#dda552",
}

PAPER = """
.paper{fill:var(--surface)}
text{font:12px system-ui,"Noto Sans SC",sans-serif;fill:var(--soft)}
"""
RULES = """
.grid{stroke:var(--line);stroke-width:1}
.seed,.median,.companion{fill:none;stroke:var(--forward);stroke-linejoin:round;stroke-linecap:round}
.seed{stroke-opacity:.26;stroke-width:STROKE_THIN}
.found .seed{stroke:var(--backward);stroke-opacity:.6}
.stuck .seed,.diverged .seed{stroke:var(--backward);stroke-opacity:.9;stroke-width:STROKE_STUCK}
.median{stroke-width:STROKE_BOLD}
.companion{stroke:var(--ink);stroke-width:STROKE_STUCK;stroke-dasharray:STROKE_DASH}
.raw{fill:none;stroke:var(--forward);stroke-opacity:.4;stroke-width:STROKE_RAW}
.picked{fill:none;stroke:var(--ink);stroke-width:STROKE_PICKED}
.band{fill:var(--forward);fill-opacity:.13;stroke:none}
.dot{fill:var(--forward)}
.end{font-weight:600;fill:var(--forward)}
.end.is-off{fill:var(--backward)}
.end.is-companion,.end.is-picked{fill:var(--ink)}
.hue .word{font-weight:400}
.hue .seed,.hue .median{stroke:var(--own)}
.hue .median{stroke-dasharray:var(--dash,none)}
.hue .band,.end.hue{fill:var(--own)}
.hue-0{--own:var(--forward)}
.hue-1{--own:var(--hue-1);--dash:80 30}
.hue-2{--own:var(--hue-2);--dash:20 30}
.hue-3{--own:var(--hue-3);--dash:100 30 20 30}
.hue-4{--own:var(--ink);--dash:140 40}
.hue-5{--own:var(--hue-5);--dash:50 20}
.hue.again{--dash:10 40}
"""


DASHES = re.compile(r"(?<=--dash:)[0-9 ]+")
"""The dashes of RULES, in tenths of a pixel."""


def standalone_style(unit: int) -> str:
    """Return the style sheet of a standalone curve; strokes are in path units, `unit` of them per pixel."""
    return style(curve_rules(unit))


def curve_rules(unit: int) -> str:
    """Return the rules of curves whose strokes are in path units, `unit` of them per pixel."""
    widths = {"STROKE_THIN": 1.2, "STROKE_STUCK": 1.5, "STROKE_BOLD": 2.4, "STROKE_RAW": 1, "STROKE_PICKED": 2}
    rules = RULES
    for name, width in widths.items():
        rules = rules.replace(name, f"{width * unit:g}")
    rules = rules.replace("STROKE_DASH", f"{5 * unit} {4 * unit}")
    return DASHES.sub(lambda found: " ".join(f"{int(dash) * unit / 10:g}" for dash in found[0].split()), rules)


def style(rules: str) -> str:
    """Return the style sheet of a standalone file with these rules."""
    dark = f"@media (prefers-color-scheme:dark){{svg{{{_properties(DARK)}}}}}"
    return f"<style>svg{{{_properties(LIGHT)}}}{dark}{PAPER}{rules}</style>"


def _properties(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())
