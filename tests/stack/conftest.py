import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartregion.bootstrap import VAR
from tests.stack.portal import copy_project


@pytest.fixture(scope="session")
def tree() -> Iterator[Path]:
    (VAR / "test").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tree-", dir=VAR / "test"))
    folder.chmod(0o755)
    try:
        yield copy_project(folder / "copy")
    finally:
        shutil.rmtree(folder)
