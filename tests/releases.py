"""Two releases of the site that follow each other: copies of the code with a change each."""

import shutil
from pathlib import Path

from community.launch.paths import ROOT

CODE = ("community", "bpsandbox", "templates", "manage.py")
POSTS = "class Post(models.Model):"
FIELDS = '    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")\n'
STYLE = "community/static/community/css/tokens.css"


def release_before(folder: Path) -> Path:
    """Make this code with a column of posts that the next release takes away."""
    code = _copy(ROOT, folder)
    _give_posts_a_field(code, "    margin = models.TextField(null=True)\n")
    _migrate(code, "0901_margin", 'migrations.AddField("post", "margin", models.TextField(null=True))')
    _style(code, "--release: before")
    return code


def release_after(before: Path, folder: Path) -> Path:
    """Make the next release: another column instead, and another style."""
    code = _copy(before, folder)
    _give_posts_a_field(
        code, '    lead = models.TextField(db_default="", default="")\n', "    margin = models.TextField(null=True)\n"
    )
    _migrate(code, "0902_lead", 'migrations.AddField("post", "lead", models.TextField(db_default="", default=""))')
    _migrate(code, "0903_margin_goes", 'migrations.RemoveField("post", "margin")', "is_post_deployment = True")
    _style(code, "--release: after", "--release: before")
    return code


def _copy(code: Path, folder: Path) -> Path:
    folder.mkdir()
    for name in CODE:
        source = code / name
        if source.is_dir():
            shutil.copytree(source, folder / name)  # compiled modules too: else each host compiles them all
        else:
            shutil.copy2(source, folder / name)
    return folder


def _give_posts_a_field(code: Path, field: str, instead_of: str = "") -> None:
    path = code / "community" / "content" / "models" / "posts.py"
    head, mark, tail = path.read_text().partition(POSTS)
    old = instead_of or FIELDS
    assert mark and old in tail
    path.write_text(head + mark + tail.replace(old, field if instead_of else old + field, 1))


def _migrate(code: Path, name: str, operation: str, more: str = "") -> None:
    folder = code / "community" / "content" / "migrations"
    parent = max(path.stem for path in folder.glob("0*.py"))
    (folder / f"{name}.py").write_text(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('content', '{parent}')]\n    {more}\n    operations = [{operation}]\n"
    )


def _style(code: Path, line: str, instead_of: str = "") -> None:
    path = code / STYLE
    text = path.read_text()
    assert instead_of in text
    path.write_text(text.replace(instead_of, line) if instead_of else f"{text}\n:root {{ {line}; }}\n")
