"""The built product: compiled in the build tree, staged as a layer over /usr."""

import shutil
from pathlib import Path

from . import intree, paths, store, trees
from .errors import LabError

_INPUTS = ("Cargo.toml", "Cargo.lock", "src", "data", "po", "build-aux/install", "build-aux/metainfo")
"""What the product is made from."""


def _inputs(tree: Path, profile: str) -> str:
    parts: list[bytes | str] = [tree.name, profile]
    for name in _INPUTS:
        path = paths.REPO / name
        parts += [name, store.digest_tree(path) if path.is_dir() else path.read_bytes()]
    return store.digest(*parts)


def staged(release: bool = False) -> Path:
    """The layer with the product of this checkout as it is now, built when it isn't there; with
    `release`, built as it is given to people."""
    tree = trees.build()
    profile, folder, kind = ("release", "release", "product-release") if release else ("dev", "debug", "product")

    def make(into: Path) -> None:
        intree.fetch_crates()
        # Two runs in one checkout: what is staged must be what was built.
        with store.lock("build"):
            stage = intree.target_directory() / "stage"
            store.remove(stage)
            script = (
                f"cargo build --locked --bins --profile {profile}"
                f" && build-aux/install --programs /target/{folder} --prefix /usr --destdir /target/stage"
            )
            if intree.run(tree, ["bash", "-c", script]):
                raise LabError("the product did not build; the compiler's words stand above.")
            shutil.move(stage, into)

    return store.ensure(f"{kind}-{paths.checkout_key()}", _inputs(tree, profile), make, label="the product",
                        keep_hours=0.5)
