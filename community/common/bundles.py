"""Our modules and style sheets as few files, made of their sources when static files are collected.

A style sheet takes in what it imports, without its remarks. A script takes in every module that it imports by
`import … from`; a module that is asked for by `import(…)` becomes a file of its own, without the modules that its page
already has. Both stand in the place of their source, so that a page names the same file before and after.

Only what our sources use is understood, one statement a line; anything else raises CannotBundle.
"""

import re
from collections.abc import Callable, Iterator

type Read = Callable[[str], str]

CSS_IMPORT = re.compile(r'^@import "([\w.-]+\.css)";$', re.M)
NAMED = re.compile(r'^import \{ ([\w ,]+) \} from "\./(\w+\.js)";$', re.M)
WHOLE = re.compile(r'^import \* as (\w+) from "\./(\w+\.js)";$', re.M)
ON_DEMAND = re.compile(r'\bimport\("\./(\w+\.js)"\)')
DECLARED = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.M)
LISTED = re.compile(r"^export \{ ([\w, ]+) \};$", re.M)
REMARK = re.compile(r"[ \t]*/\*.*?\*/", re.S)
ABOUT = re.compile(r"^//.*\n", re.M)  # what stands above a module or a function is for those who read sources
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b.*|\bimport\s*[.(].*|^(?:for )?await\b.*", re.M)

# `$have` adds the modules of a later file; those that are here already keep their state.
ENTRY = """\
const $made = {{}};
const $load = (name) => ($made[name] ??= $modules[name]());
const $have = (later, name) => {{ Object.assign($modules, {{ ...later($load), ...$modules }}); return $load(name); }};
const $modules = {{
{modules}
}};
$load("{entry}");
"""
LATER = """\
export const modules = ($load) => ({{
{modules}
}});
"""


class CannotBundle(ValueError):
    """A source uses what the bundler does not understand."""


def styles(entry: str, read: Read) -> tuple[dict[str, str], set[str]]:
    """Return the bundle by its file name, and the names of all sources in it."""
    sources = {entry}

    def taken_in(name: str) -> str:
        sources.add(name)
        return CSS_IMPORT.sub(lambda found: taken_in(found[1]).rstrip("\n"), read(name))

    return {entry: REMARK.sub("", taken_in(entry))}, sources


def scripts(entry: str, read: Read) -> tuple[dict[str, str], set[str]]:
    """Return the bundles by file name (the entry, and each module that it asks for on demand), and their sources."""
    here = closure(entry, read)
    later = {name: closure(name, read) - here for name in ON_DEMAND.findall(read(entry))}
    if both := later.keys() & here:
        raise CannotBundle(f"{entry} asks on demand for what it imports: {', '.join(sorted(both))}")
    files = {entry: ENTRY.format(modules=_modules(sorted(here), read, entry), entry=entry)}
    files |= {name: LATER.format(modules=_modules(sorted(names), read)) for name, names in later.items()}
    return files, here.union(*later.values())


def closure(name: str, read: Read, path: tuple[str, ...] = ()) -> set[str]:
    """Return a module and all that it imports. Raises CannotBundle for a circle of imports."""
    if name in path:
        raise CannotBundle(f"modules import each other: {' → '.join((*path, name))}")
    return {name}.union(*(closure(each, read, (*path, name)) for each in _imports(read(name))))


def _imports(text: str) -> Iterator[str]:
    yield from (found[2] for pattern in (NAMED, WHOLE) for found in pattern.finditer(text))


def _modules(names: list[str], read: Read, entry: str = "") -> str:
    return "\n".join(f'"{name}"() {{\n{_module(name, read(name), name == entry)}}},' for name in names)


def _module(name: str, text: str, may_ask: bool) -> str:
    """Return the body of a function that runs the module once and returns what it exports."""
    exports = DECLARED.findall(text)
    exports += [each.strip() for found in LISTED.findall(text) for each in found.split(",")]
    text = ABOUT.sub("", text)
    text = NAMED.sub(lambda found: f'const {{ {found[1].replace(" as ", ": ")} }} = $load("{found[2]}");', text)
    text = WHOLE.sub(r'const \1 = $load("\2");', text)
    text = LISTED.sub("", DECLARED.sub("", text))
    rest = ON_DEMAND.sub("", text) if may_ask else text
    if found := LEFT_OVER.search(rest):
        raise CannotBundle(f"{name}: {found[0].strip()}")
    text = ON_DEMAND.sub(r'import("./\1").then(({ modules: later }) => $have(later, "\1"))', text)
    return f"{text}return {{ {', '.join(exports)} }};\n"
