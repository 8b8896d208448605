"""What went wrong, or is about to, in the file of a demo driver. Each story disturbs a file that is in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dot_copilot.demo.drawer import Drawer
from dot_copilot.features.compliance.dates import add_months

Story = Callable[[Drawer, int], None]
_stories: dict[str, Story] = {}


def _story(tell: Story) -> Story:
    _stories[tell.__name__.removeprefix("_")] = tell
    return tell


def tell(drawer: Drawer, name: str, days: int) -> None:
    """Tells a story about the file. Those that concern facts or employments alone are told elsewhere."""
    story = _stories.get(name)
    if story is not None:
        story(drawer, days)


def _exam_that_runs_out(drawer: Drawer, day: date) -> None:
    drawer.drop("mec", "mec_12", "mec_cdlis", "nr_verify")
    yearly = drawer.person.profile["insulin_treated"] or drawer.person.profile["vision_alternative"]
    drawer.medical(add_months(day, -12 if yearly else -24), printed=day)


@_story
def _expired_medical(drawer: Drawer, days: int) -> None:
    """The medical certificate ran out."""
    _exam_that_runs_out(drawer, drawer.today - timedelta(days=days))


@_story
def _expiring_medical(drawer: Drawer, days: int) -> None:
    """The medical certificate runs out soon."""
    _exam_that_runs_out(drawer, drawer.today + timedelta(days=days))


@_story
def _printed_too_late(drawer: Drawer, _: int) -> None:
    """The card shows a date beyond the 24 months that the rule allows: a conflict, and the rule's date counts."""
    drawer.drop("mec_cdlis")
    exam = drawer.days_ago(120, 30, 7)
    drawer.medical(exam, printed=add_months(exam, 24) + timedelta(days=31))


@_story
def _capped_insulin(drawer: Drawer, _: int) -> None:
    """The card shows two years, but with insulin-treated diabetes it counts for one: over since a month."""
    drawer.drop("mec_12", "mec_cdlis")
    exam = add_months(drawer.today, -13)
    drawer.medical(exam, printed=add_months(exam, 24))


@_story
def _expired_cdl(drawer: Drawer, days: int) -> None:
    """The licence ran out."""
    drawer.drop("cdl", "hme_tsa")
    drawer.licence(drawer.today - timedelta(days=days))


@_story
def _expiring_cdl(drawer: Drawer, days: int) -> None:
    """The licence runs out soon."""
    drawer.drop("cdl", "hme_tsa")
    drawer.licence(drawer.today + timedelta(days=days))


def _again(drawer: Drawer, requirement: str, last: date, outcome: str | None) -> None:
    drawer.drop(requirement)
    drawer.yearly(requirement, last, outcome)


@_story
def _expiring_query(drawer: Drawer, days: int) -> None:
    """The yearly Clearinghouse query falls due soon."""
    _again(drawer, "ch_annual", drawer.today - timedelta(days=365 - days), "clear")


@_story
def _expired_query(drawer: Drawer, days: int) -> None:
    """The yearly Clearinghouse query was forgotten."""
    _again(drawer, "ch_annual", drawer.today - timedelta(days=365 + days), "clear")


@_story
def _expiring_mvr(drawer: Drawer, days: int) -> None:
    """The yearly record of the licensing state falls due soon."""
    _again(drawer, "mvr_annual", add_months(drawer.today + timedelta(days=days), -12), "clear")


@_story
def _expired_mvr(drawer: Drawer, days: int) -> None:
    """The yearly record of the licensing state was forgotten."""
    _again(drawer, "mvr_annual", add_months(drawer.today - timedelta(days=days), -12), "clear")


@_story
def _expired_review(drawer: Drawer, days: int) -> None:
    """Nobody has looked at the record for more than a year."""
    _again(drawer, "review_annual", add_months(drawer.today - timedelta(days=days), -12), None)


@_story
def _expiring_hazmat(drawer: Drawer, days: int) -> None:
    """The hazmat training is nearly three years old."""
    drawer.drop("hm_train", "hm_security", "hm_driver")
    drawer.hazmat(add_months(drawer.today + timedelta(days=days), -36))


@_story
def _expiring_twic(drawer: Drawer, days: int) -> None:
    """The port card runs out soon."""
    drawer.drop("twic")
    until = drawer.today + timedelta(days=days)
    drawer.add("twic", add_months(until, -60), until)


@_story
def _prohibited(drawer: Drawer, _: int) -> None:
    """A limited query found something, and the full one confirmed it: off the road until the return-to-duty process is done."""
    drawer.add("ch_annual", drawer.today - timedelta(days=6), outcome="prohibited", note="Limited query: records found")
    drawer.add("ch_full", drawer.today - timedelta(days=6), outcome="prohibited", note="Full query within 24 hours: prohibited")


@_story
def _no_drug_test(drawer: Drawer, _: int) -> None:
    """Hired before the result of the drug test was there."""
    drawer.drop("drug_pre")


@_story
def _no_road_test(drawer: Drawer, _: int) -> None:
    """A licence stands for the road test, but not for tank vehicles (391.33)."""
    drawer.drop("road_test")


@_story
def _sph_overdue(drawer: Drawer, _: int) -> None:
    """The earlier employers have not been asked within 30 days."""
    drawer.drop("sph")


@_story
def _no_supervisor_training(drawer: Drawer, _: int) -> None:
    """Designated, but never trained to recognise impairment."""
    drawer.drop("sup_rs")


@_story
def _pending_upload(drawer: Drawer, _: int) -> None:
    """The driver has sent a photo of the new medical card, which nobody has looked at."""
    exam = drawer.today - timedelta(days=1)
    drawer.add(
        "mec_cdlis",
        exam,
        add_months(exam, 24),
        provenance="upload",
        review="pending",
        note="New card from yesterday",
        paper="png",
    )


@_story
def _pending_policy(drawer: Drawer, _: int) -> None:
    """The signed receipt of the drug and alcohol policy has been sent, and nobody has looked at it."""
    drawer.drop("da_policy")
    drawer.add("da_policy", drawer.today - timedelta(days=2), provenance="upload", review="pending", paper="png")
