"""The built product: compiled in the build tree, staged as a layer over /usr."""

import shutil
from pathlib import Path

from . import intree, paths, store, trees
from .errors import LabError

_INPUTS = ("Cargo.toml", "Cargo.lock", "src", "data", "po", "build-aux/install", "build-aux/metainfo")
"""What the product is made from."""


def _inputs(tree: Path) -> str:
    parts: list[bytes | str] = [tree.name]
    for name in _INPUTS:
        path = paths.REPO / name
        parts += [name, store.digest_tree(path) if path.is_dir() else path.read_bytes()]
    return store.digest(*parts)


def staged() -> Path:
    """The layer with the product of this checkout as it is now, built when it isn't there."""
    tree = trees.build()

    def make(into: Path) -> None:
        intree.fetch_crates()
        # Two runs in one checkout: what is staged must be what was built.
        with store.lock("build"):
            stage = intree.target_directory() / "stage"
            store.remove(stage)
            script = (
                "cargo build --locked --bins"
                " && build-aux/install --programs /target/debug --prefix /usr --destdir /target/stage"
            )
            if intree.run(tree, ["bash", "-c", script]):
                raise LabError("the product did not build; the compiler's words stand above.")
            shutil.move(stage, into)

    return store.ensure(f"product-{paths.checkout_key()}", _inputs(tree), make, label="the product",
                        keep_hours=0.5)
