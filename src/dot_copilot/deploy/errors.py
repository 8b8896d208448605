"""What can go wrong with a deploy, each with a sentence for the person who asked for it."""

from __future__ import annotations

from collections.abc import Mapping


class DeployError(RuntimeError):
    """Something the user can mend; the message says what is wrong, what still serves, and what to do."""


class RefusedError(DeployError):
    """Nothing was begun: a deploy is under way, the tree is dirty, the stack is down ..."""


class ServesAlreadyError(RefusedError):
    """What was asked for is what serves."""


class UnknownVersionError(RefusedError):
    """There is no such version; the message names those that there are."""


class StepFailedError(DeployError):
    """A step found the release wanting (or could not be done). The engine then goes back to what served before.

    The message is one sentence. `evidence` is what the judgement rests on: the name of a file to write into the deploy's
    directory, and its text (a log's end, the bodies of bad answers, the figures that were too high); never a secret.
    """

    def __init__(self, reason: str, evidence: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.evidence = dict(evidence or {})
