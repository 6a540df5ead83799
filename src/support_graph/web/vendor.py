"""Renews what the pages use of others: `python -m support_graph.web.vendor`, for maintainers.

It fetches the packages that `vendor.toml` names with `npm pack`, takes the listed files out of
them, makes one sprite of the icons, and writes each file's digest back. It needs a checkout.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = Path(__file__).parent / "static" / "vendor" / "vendor.toml"
_ROOT: Final = Path(__file__).parents[3]
_DRAWING: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SYMBOL: Final = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)
_HEAD: Final = """\
# What the pages use and others wrote. `python -m support_graph.web.vendor` fetches the versions
# that stand here and writes the digests; a test compares them with the files.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file from a package: `to` is its place in the checkout, `digest` its sha256 there."""

    source: str
    to: str
    digest: str

    @property
    def path(self) -> Path:
        return _ROOT / self.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """`icons` are joined into the one file that is taken, where there are any."""

    name: str
    version: str
    licence: str
    icons: tuple[str, ...]
    files: tuple[Taken, ...]


def packages(manifest: Path = MANIFEST) -> tuple[Package, ...]:
    listed = tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]
    return tuple(_package(entry) for entry in listed)


def _package(entry: Mapping[str, Any]) -> Package:
    return Package(
        name=entry["name"],
        version=entry["version"],
        licence=entry["licence"],
        icons=tuple(entry.get("icons", ())),
        files=tuple(
            Taken(source=f["from"], to=f["to"], digest=f.get("sha256", "")) for f in entry["files"]
        ),
    )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def renew() -> None:
    known = packages()
    with tempfile.TemporaryDirectory() as folder:
        for package in known:
            _take(package, _unpacked(package, Path(folder)))
    MANIFEST.write_text(_HEAD + "".join(_written(p) for p in known), encoding="utf-8")


def _unpacked(package: Package, folder: Path) -> Path:
    named = f"{package.name}@{package.version}"
    packed = subprocess.run(  # noqa: S603 - the names are those of our own manifest
        ["npm", "pack", "--silent", "--pack-destination", folder, named],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )
    place = folder / package.name.replace("/", "-")
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(place, filter="data")
    return place / "package"


def _take(package: Package, unpacked: Path) -> None:
    for file in package.files:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        if package.icons and file.to.endswith(".svg"):
            file.path.write_text(_sprite(package, unpacked / file.source), encoding="utf-8")
        else:
            file.path.write_bytes((unpacked / file.source).read_bytes())


def _sprite(package: Package, folder: Path) -> str:
    symbols = "\n".join(_symbols(package, folder))
    said = f"<!-- {package.name} {package.version}, {package.licence} -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{said}\n{symbols}\n</svg>\n'


def _symbols(package: Package, folder: Path) -> Iterator[str]:
    for name in sorted(package.icons):
        found = _DRAWING.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
        assert found is not None, name
        yield _SYMBOL.format(name=name, drawing=re.sub(r"\s*\n\s*", "", found[1]))


def _written(package: Package) -> str:
    lines = ["", "[[package]]", f'name = "{package.name}"', f'version = "{package.version}"']
    lines.append(f'licence = "{package.licence}"')
    if package.icons:
        lines += ["icons = [", *(f'  "{name}",' for name in sorted(package.icons)), "]"]
    lines.append("files = [")
    lines += [
        f'  {{ from = "{f.source}", to = "{f.to}", sha256 = "{digest(f.path)}" }},'
        for f in package.files
    ]
    return "\n".join([*lines, "]", ""])


if __name__ == "__main__":
    renew()
    sys.stdout.write(f"{MANIFEST} and its files are up to date.\n")
