"""Whoever follows a link in the documents arrives."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def links_of(document):
    """Give where the links of a document lead, other sites and the app's own pages aside."""
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"", text)
    found = {markdown or html for markdown, html in targets}
    return {link for link in found if not re.match(r"[a-z]+:", link)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_relative_link_leads_to_a_file_of_the_project(document):
    targets = {
        link: (document.parent / link.partition("#")[0]).resolve() for link in links_of(document)
    }

    astray = {
        link
        for link, target in targets.items()
        if not (target.exists() and target.is_relative_to(ROOT))
    }

    assert astray == set()


def test_the_readme_leads_to_every_document():
    documents = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}

    assert documents <= links_of(ROOT / "README.md")
