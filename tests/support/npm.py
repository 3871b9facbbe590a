"""Programs and scripts from npm, each in a folder of its own below .campus/npm."""

from campus_cli import paths, process


def installed(package, version):
    """The folder of ``package`` at exactly ``version``, installed if need be."""
    folder = paths.WORK / "npm" / f"{package}-{version}"
    found = folder / "node_modules" / package
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--save-exact", "--prefix", str(folder)]
        process.run([*command, f"{package}@{version}"], f"npm-{package}")
        (folder / "complete").touch()
    return found
