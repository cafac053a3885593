"""A new run that takes its weights from a moment of the run that is shown."""

from __future__ import annotations

from tui_nn.diagnosis import Verdict
from tui_nn.experiment.load import with_overrides
from tui_nn.runs.family import Parent, root_of
from tui_nn.tui import model
from tui_nn.tui.aside import soon
from tui_nn.tui.bench.branch import Branch, at_hand, fitting_thetas
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.tui.bench.training import Training
from tui_nn.tui.model import Draft


class Branching(Training):
    """A run is never changed by it: a branch is a run of its own."""

    def branch_for(self, changed: Draft) -> Branch | None:
        """What a changed experiment can take along from the moment that is shown."""
        subject = self.subject
        weights = subject.weights() if subject is not None else None
        if subject is None or weights is None or changed.shapes is None:
            return None
        epoch = subject.epoch
        if epoch is None:
            epoch = subject.history.last_epoch
        thetas = fitting_thetas(weights.thetas, [layer.theta for layer in changed.shapes.layers])
        return Branch(Parent(subject.reader.path.name, weights.step, epoch), thetas)

    def branch(self) -> str:
        """A new run, paused, from the weights of the moment that is shown; says where it comes from."""
        if self.draft.error:
            raise Untrainable(self.draft.error)
        branch = self.branch_for(self.draft)
        if branch is None:
            raise Unavailable("There is no run to branch from yet.")
        if not branch.kept:
            raise Unavailable("No layer of this experiment matches the run's weights.")
        moment = self.moment
        self.start(paused=True, branch=branch)
        total = sum(layer.theta is not None for layer in self.draft.shapes.layers) if self.draft.shapes else 0
        kept = "its weights" if branch.kept == total else f"the weights of {branch.kept} of {total} layers"
        return f"A branch from epoch {moment} with {kept}; its optimizer starts anew. Press space to train."

    async def try_remedy(self, verdict: Verdict) -> str:
        """Train a branch of the run with what the verdict suggests; the run stops and is saved. Says from where."""
        reader = self.client.reader
        if reader is None:
            raise Unavailable("Nothing has been trained yet.")
        root = await soon(root_of, reader.path)
        checked = await soon(lambda: model.draft(with_overrides(at_hand(reader), verdict.remedy), self.registry))
        branch = None
        if not verdict.anew and self.subject is not None:
            self.subject.go(None)
            branch = self.branch_for(checked)
        branch, moment = branch or Branch(Parent(root, 0, 0), ()), self.moment
        self.editor.take(checked)
        self.start(paused=False, branch=branch)
        return f"from epoch {moment}" if branch.kept else "from the start"
