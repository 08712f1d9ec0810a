"""Storage of generated fonts and the manifest of current files."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from community.common.fonts.faces import FACES
from community.common.fonts.stylesheet import sheet_name, stylesheet

MANIFEST = "manifest.json"
SHEET = "css"  # the manifest's key for the stylesheet; the other keys are font names


def folder() -> Path:
    return Path(settings.FONTS_ROOT)


def cut_all() -> dict[str, str]:
    """Generate every font, write the files, then update the manifest. Returns key → file name."""
    from community.common.fonts.cutting import content_name, cut  # fontTools is large, and pages need none of it

    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    names = {}
    for face in FACES:
        packed = cut(face)
        names[face.name] = content_name(face, packed)
        _write_whole(target / names[face.name], packed)
    css = stylesheet((face, names[face.name]) for face in FACES)
    names[SHEET] = sheet_name(css)
    _write_whole(target / names[SHEET], css.encode())
    _write_whole(target / MANIFEST, json.dumps(names, indent=1).encode())
    return names


def is_cut() -> bool:
    """Return whether all files in the manifest exist."""
    names = read_manifest(folder())
    wanted = {face.name for face in FACES} | {SHEET}
    return wanted <= names.keys() and all((folder() / name).is_file() for name in names.values())


def current() -> dict[str, str]:
    """Return key → file name of the fonts in use; empty before they are generated."""
    manifest = folder() / MANIFEST
    try:
        changed_at = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(str(folder()), changed_at)


def read_manifest(target: Path) -> dict[str, str]:
    try:
        return json.loads((target / MANIFEST).read_text())
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=2)
def _read(target: str, _changed_at: int) -> dict[str, str]:
    return read_manifest(Path(target))


def _write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file and rename it, so that readers never see a partial file."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
