"""Runs the notebook of this folder, and fails with the first cell that fails.

    python examples/notebook/run.py [FOLDER]

With a folder, the notebook that has been run is written there as a light and as a dark page, which
needs nbconvert. The notebook itself is not changed, so that it holds no outputs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def main(folder: str | None = None) -> None:
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        kept = sum(
            bool(cell.get("outputs") or cell.get("execution_count")) for cell in notebook.cells
        )
        if kept:
            sys.exit(f"{path.name}: {kept} cells hold outputs: clear them")
        start = time.perf_counter()
        # A cell that fails raises, with its traceback.
        where = {"metadata": {"path": str(HERE)}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
        cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        print(f"{path.name}: {cells} cells ran in {time.perf_counter() - start:.0f} s")
        if folder is not None:
            from nbconvert import HTMLExporter

            for theme in ("light", "dark"):
                body, _ = HTMLExporter(theme=theme).from_notebook_node(notebook)
                page = Path(folder) / f"{path.stem}-{theme}.html"
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_text(body, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
