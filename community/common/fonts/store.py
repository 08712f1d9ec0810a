"""Storage of generated fonts and the manifest of current files."""

import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from community.common.fonts.faces import FACES
from community.common.fonts.stylesheet import sheet_name, stylesheet

MANIFEST = "manifest.json"
SHEET = "css"  # the manifest's key for the stylesheet; the other keys are font names
MADE_FROM = "made-from"


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
    _write_whole(target / MADE_FROM, made_from().encode())
    return names


def is_cut() -> bool:
    """Return whether the fonts of this release exist: all files in the manifest, made from the same sources."""
    names = read_manifest(folder())
    wanted = {face.name for face in FACES} | {SHEET}
    is_whole = wanted <= names.keys() and all((folder() / name).is_file() for name in names.values())
    stamp = folder() / MADE_FROM
    return is_whole and stamp.is_file() and stamp.read_text() == made_from()


def made_from() -> str:
    """Return a digest of all that the fonts depend on: the sources, this package and the tools."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(f"{version('fonttools')} {version('brotli')}".encode())
    for path in [*code, *sorted({face.source_path for face in FACES})]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


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
