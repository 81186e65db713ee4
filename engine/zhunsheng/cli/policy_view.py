"""A ruleset on a page: each element with its formula, and below it its clause and the file it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhunsheng.cli.page import BAD, DOUBT, FAINT, GOOD, HEAD, NOTE

if TYPE_CHECKING:
    from zhunsheng.cli.page import Page, Span

FACTS: Final = ("extends", "in_force", "regions", "kinds", "status", "source")
SECTIONS: Final = ("weights", "inputs", "quantities", "peers", "indicator_kind", "scores", "total", "grades", "rules")
TEXTS: Final = ("by", "points", "formula", "type", "otherwise", "when", "check", "deduction")
INKS: Final = {"error": BAD, "warning": DOUBT, "note": NOTE}


def facts(page: Page, ruleset: dict[str, Any], *more: str) -> None:
    """What a ruleset says of itself."""
    own = [page.say(f"ruleset-{key}", value=page.worded(key, ruleset[key])) for key in FACTS if ruleset.get(key)]
    page.items([*own, *more], indent=2, ink=FAINT)


def policy(page: Page, ruleset: dict[str, Any]) -> None:
    """All of a ruleset."""
    page.line((ruleset["id"], HEAD), f"  {ruleset['version']}  sha256 {ruleset['sha256'][:12]}")
    page.paragraph(ruleset["title"])
    facts(page, ruleset, page.say("ruleset-full-marks", value=ruleset["full_marks"]))
    if "note" in ruleset:
        page.paragraph(ruleset["note"], ink=FAINT)
    for section in SECTIONS:
        if ruleset[section]:
            page.line()
            page.line((page.say(f"section-{section}"), HEAD))
            for each in ruleset[section]:
                element(page, each)


def element(page: Page, each: dict[str, Any]) -> None:
    """One element."""
    title = each.get("name") or each["id"]
    about = each.get("each", "")
    scopes = "、".join(dict.fromkeys(about.values())) if isinstance(about, dict) else about
    severity = each.get("severity", "")
    outcome = page.say(f"outcome-{each['outcome']}", subject=each.get("subject", "")) if "outcome" in each else ""
    label = page.say(f"severity-{severity}") if severity else outcome
    spans: list[Span] = ["  ", (title, HEAD), (f"  {scopes}" if scopes not in ("", "文件") else "", FAINT), "  "]
    ink = INKS.get(severity, GOOD if each.get("outcome") == "confirm" else BAD if outcome else "")
    if severity and each["outcome"] != "finding":
        label = f"{label} {outcome}"
    page.line(*spans, (label, ink))
    for key in TEXTS:
        if key in each:
            page.paragraph(str(each[key]), tag=page.say(f"part-{key}"), style=FAINT, indent=4)
    if "columns" in each:
        details = each.get("details", {})
        columns = [
            f"{name} ({'，'.join(filter(None, (type_, details.get(name))))})" for name, type_ in each["columns"].items()
        ]
        page.paragraph("  ".join(columns), tag=page.say(f"shape-{each['shape']}"), style=FAINT, indent=4)
    if "round" in each:
        page.paragraph(page.roundings(each["round"]), tag=page.say("rounding"), style=FAINT, indent=4)
    notes = [each["clause"]] if "clause" in each else []
    notes += [page.worded("status", each["status"])] if "status" in each else []
    page.items([*notes, " → ".join(each["from"])], indent=4, ink=FAINT)
