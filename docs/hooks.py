"""What MkDocs is told at build time, so that no generated page is ever written into docs/.

    README.md, CONTRIBUTING.md, CHANGELOG.md, LICENSE  →  index.md, contributing.md, …
    convmath.site.pages()                              →  operators/…, theorems/…, networks/…
    a nav entry that ends in "/"                       →  every page of that directory

MkDocs reads this file because mkdocs.yml names it under `hooks`.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

log = logging.getLogger("mkdocs.hooks.convmath")

ROOT_PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "LICENSE.txt",
}
LINK = re.compile(r'(\]\(|^\[[^\]]+\]:[ ]+|\b(?:src|href)=")(?:\./)?([^)\s"#]+)', re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/, then complete the nav."""
    for path, text in (_root_pages(config) | _package_pages()).items():
        files.append(File.generated(config, path, content=text))
    config.nav = _filled(config.nav or [], files)
    return files


def _root_pages(config: MkDocsConfig) -> dict[str, str]:
    root = Path(config.config_file_path).parent
    return {page: _moved((root / name).read_text("utf-8")) for name, page in ROOT_PAGES.items()}


def _moved(text: str) -> str:
    """Links that start at the root of the repository, made to start at docs/: docs/a.md → a.md"""

    def moved(match: re.Match[str]) -> str:
        target = match[2]
        return match[1] + ROOT_PAGES.get(target, target.removeprefix("docs/"))

    return LINK.sub(moved, text)


def _package_pages() -> dict[str, str]:
    try:
        from convmath.site import pages
    except ImportError as error:
        raise PluginError(
            f"convmath writes the pages of operators, theorems and networks, and did not import: {error}. "
            'Install it beside MkDocs with: pip install -e ".[docs]"'
        ) from error
    return dict(pages())


def _filled(nav: list[Any], files: Files) -> list[Any]:
    return [_filled_entry(entry, files) for entry in nav]


def _filled_entry(entry: Any, files: Files) -> Any:
    """{"Tutorial": "tutorial/"} → {"Tutorial": ["tutorial/index.md", "tutorial/01-….md", …]}"""
    if not isinstance(entry, dict):
        return entry
    [(title, target)] = entry.items()
    if isinstance(target, list):
        return {title: _filled(target, files)}
    if not target.endswith("/"):
        return entry
    pages = [file.src_uri for file in files.documentation_pages() if file.src_uri.startswith(target)]
    if not pages:
        log.warning('nav: "%s" names %s, where no page lies; write one in docs/%s', title, target, target)
    return {title: sorted(pages, key=lambda page: (not page.endswith("/index.md"), page))}
