"""Releases of the site that follow each other: copies of its code with one column of posts and one style changed."""

import os
import shutil
from pathlib import Path

from community.launch.paths import ROOT

POSTS = "community/content/models/posts.py"
THREAD = 'models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")\n'
STYLE = "community/static/community/css/tokens.css"
MARGIN, LEAD = "models.TextField(null=True)", 'models.TextField(db_default="", default="")'
ADD_MARGIN = ("0901_margin", f'migrations.AddField("post", "margin", {MARGIN})', "")
ADD_LEAD = ("0902_lead", f'migrations.AddField("post", "lead", {LEAD})', "")
DROP_MARGIN = ("0903_margin_goes", 'migrations.RemoveField("post", "margin")', "is_post_deployment = True")


def before(folder: Path) -> Path:
    """Make a release with a column of posts that the next one takes away."""
    return _release(folder, "before", f"    margin = {MARGIN}\n", ADD_MARGIN)


def after(folder: Path) -> Path:
    """Make the next release, with another column instead."""
    return _release(folder, "after", f"    lead = {LEAD}\n", ADD_MARGIN, ADD_LEAD, DROP_MARGIN)


def _release(folder: Path, style: str, column: str, *migrations: tuple[str, str, str]) -> Path:
    shutil.copytree(ROOT / "community", folder / "community")  # compiled modules too: else each host compiles them all
    shutil.copy2(ROOT / "manage.py", folder)
    for name in ("bpsandbox", "templates"):
        os.symlink(ROOT / name, folder / name)
    posts = (folder / POSTS).read_text()
    assert posts.count(THREAD) == 1
    (folder / POSTS).write_text(posts.replace(THREAD, THREAD + column))
    with (folder / STYLE).open("a") as sheet:
        sheet.write(f"\n:root {{ --release: {style}; }}\n")
    made = folder / "community/content/migrations"
    for name, operation, more in migrations:
        parent = max(path.stem for path in made.glob("0*.py"))
        (made / f"{name}.py").write_text(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [('content', '{parent}')]\n    {more}\n    operations = [{operation}]\n"
        )
    return folder
