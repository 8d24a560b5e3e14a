"""Every Dutch text in a template has its English beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.kernel import pages
from keys.kernel.pages import untranslated

ROOT = Path(__file__).resolve().parents[2]
SITES = {
    "kernel": (Path(pages.__file__).parent / "templates", Path(pages.__file__).parent / "en.po"),
    "identiteit": (ROOT / "identiteit/web/templates", ROOT / "identiteit/web/vertalingen/en.po"),
    "machtigen": (ROOT / "machtigen/web/templates", ROOT / "machtigen/web/vertalingen/en.po"),
    "rechten": (ROOT / "rechten/web/templates", ROOT / "rechten/web/vertalingen/en.po"),
    "startpagina": (ROOT / "scripts/startpagina/templates", ROOT / "scripts/startpagina/en.po"),
    "demo_portaal": (ROOT / "scripts/demo_portaal/templates", ROOT / "scripts/demo_portaal/en.po"),
}


@pytest.mark.parametrize("site", SITES)
def test_no_template_has_dutch_without_english(site: str) -> None:
    """Also the texts of frame and parts, which every site shows."""
    templates, translations = SITES[site]
    assert any(templates.glob("*.html"))
    assert untranslated(templates, translations) == []


def test_a_text_without_english_is_found(tmp_path: Path) -> None:
    """The check itself can fail."""
    (tmp_path / "page.html").write_text('<p>{{ _("Dit staat er niet in.") }}</p>')
    assert untranslated(tmp_path, tmp_path / "en.po") == ["Dit staat er niet in."]
