"""The edits of a scenario, step by step.  No Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allocator.core.model import Scenario
from allocator.ui.session.weights import Points

MOST_STEPS = 200  # that can be undone


@dataclass(frozen=True)
class Draft:
    """A scenario as it stands on the screen, with the points of its weights.

    ``points`` None stands for the scenario's own weights.  ``token`` is the key under which the draft is
    kept for a refresh: "" where it is the file's scenario itself, None where it could not be kept.
    """

    scenario: Scenario
    points: Points | None = None
    token: str | None = field(default="", compare=False)


@dataclass(frozen=True)
class Trail:
    """The drafts of one scenario: those before, the one that stands now, those undone.

    ``origin`` is the scenario of the file when it was opened, ``seen`` the number of the latest saved state
    then (None for a file that is not the user's own).
    """

    origin: Scenario
    now: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    seen: int | None = None

    def to(self, draft: Draft) -> Trail:
        """The trail with one more step; undone steps are dropped."""
        if draft == self.now:
            return self
        past = (*self.past, self.now)[-MOST_STEPS:]
        return Trail(self.origin, draft, past, (), self.seen)

    def over(self, draft: Draft) -> Trail:
        """The trail with its current step replaced: the drag of a slider is one step."""
        return replace(self, now=draft, future=())

    def back(self) -> Trail:
        """The trail with one step undone."""
        if not self.past:
            return self
        return Trail(self.origin, self.past[-1], self.past[:-1], (self.now, *self.future), self.seen)

    def again(self) -> Trail:
        """The trail with one undone step done again."""
        if not self.future:
            return self
        return Trail(self.origin, self.future[0], (*self.past, self.now), self.future[1:], self.seen)

    def each(self, change: Callable[[Draft], Draft]) -> Trail:
        """The trail with every one of its drafts changed."""
        past, future = (tuple(map(change, drafts)) for drafts in (self.past, self.future))
        return replace(self, now=change(self.now), past=past, future=future)

    @property
    def untouched(self) -> bool:
        """True if the scenario and its weights are as in the file."""
        return self.now.scenario == self.origin and self.now.points is None
