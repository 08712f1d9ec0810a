"""The colours and strokes of a drawing that stands alone, light and dark."""

LIGHT = {
    "forward": "#1d5fb8",
    "backward": "#c8451b",
    "ink": "#171c28",
    "soft": "#525866",
    "line": "#e2e0da",
    "surface": "#ffffff",
}
DARK = {
    "forward": "#7ab4f5",
    "backward": "#f59a68",
    "ink": "#eceae4",
    "soft": "#a5abb8",
    "line": "#333a47",
    "surface": "#181c25",
}

RULES = """
.paper{fill:var(--surface)}
text{font:12px system-ui,"Noto Sans SC",sans-serif;fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:1}
.seed,.median,.companion{fill:none;stroke:var(--forward);stroke-linejoin:round;stroke-linecap:round}
.seed{stroke-opacity:.26;stroke-width:STROKE_THIN}
.stuck .seed,.diverged .seed{stroke:var(--backward);stroke-opacity:.9;stroke-width:STROKE_STUCK}
.median{stroke-width:STROKE_BOLD}
.companion{stroke:var(--ink);stroke-width:STROKE_STUCK;stroke-dasharray:STROKE_DASH}
.band{fill:var(--forward);fill-opacity:.13;stroke:none}
.dot{fill:var(--forward)}
.end{font-weight:600;fill:var(--forward)}
.end.is-off{fill:var(--backward)}
.end.is-companion{fill:var(--ink)}
"""


def standalone_style(unit: int) -> str:
    """Give the style sheet of a file of its own; strokes are in path units, `unit` of them a pixel."""
    widths = {"STROKE_THIN": 1.2, "STROKE_STUCK": 1.5, "STROKE_BOLD": 2.4}
    rules = RULES
    for name, width in widths.items():
        rules = rules.replace(name, f"{width * unit:g}")
    rules = rules.replace("STROKE_DASH", f"{5 * unit} {4 * unit}")
    dark = f"@media (prefers-color-scheme:dark){{svg{{{_properties(DARK)}}}}}"
    return f"<style>svg{{{_properties(LIGHT)}}}{dark}{rules}</style>"


def _properties(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())
