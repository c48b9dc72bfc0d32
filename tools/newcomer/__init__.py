"""The manual followed literally: a function for each step of each task, by the names that the step says."""

from newcomer import ask, begin, give, keep

STEPS = {
    "first": begin.FIRST,
    "own": begin.OWN,
    "refused": begin.REFUSED,
    "compare": ask.COMPARE,
    "why": ask.WHY,
    "target": ask.TARGET,
    "corrections": ask.CORRECTIONS,
    "papers": give.PAPERS,
    "travels": give.TRAVELS,
    "year": give.YEAR,
    "kept": keep.KEPT,
    "trouble": keep.TROUBLE,
}
# tasks that go on from what was saved in another one
AFTER = {"travels": "first", "kept": "first", "year": "own"}
