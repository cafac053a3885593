"""A verdict: what is wrong with a run, the number it rests on, the threshold and where that comes from, and what next.

A rule is a pure function of what a run has recorded. It says nothing when nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.remedy import Remedy


@dataclass(frozen=True)
class Symptom:
    """What a rule found: the sentence, the number in it, and what may help.

    layer counts from 1; None where no single layer is meant. anew: the remedies ask for new weights; else what has been
    learnt is worth going on from.
    """

    says: str
    number: float
    remedies: tuple[Remedy, ...]
    layer: int | None = None
    anew: bool = True


@dataclass(frozen=True)
class Rule:
    """One kind of trouble.

    threshold: what the number is compared with, declared here alone: `should` and `cites` are the words around it, in
    which {t}, {percent} and {share} stand for it, its hundredfold and its inverse. published: the figure that the
    source gives, if ours is another; {times} is how many times apart they are. why: what the trouble does, in one
    sentence. because_of: rules whose trouble causes this one; they are told first, and this one not beside them,
    unless it `stays`. at_start: whether it judges a network that has not been trained.
    """

    name: str
    title: str
    threshold: float
    should: str
    cites: str
    why: str
    judge: Callable[[Case, float], Iterable[Symptom]]
    because_of: tuple[str, ...] = ()
    published: float | None = None
    stays: bool = False
    at_start: bool = False

    @property
    def limit(self) -> str:
        """The threshold in words, with its unit."""
        return self._filled(self.should)

    @property
    def source(self) -> str:
        """Where the threshold comes from."""
        return self._filled(self.cites)

    def _filled(self, words: str) -> str:
        t, published = self.threshold, self.published
        times = max(t / published, published / t) if published else 0.0
        return words.format(
            t=f"{t:g}", percent=f"{100 * t:g}", share=f"{1 / t:g}" if t else "", times=f"{times:g}", published=published
        )


@dataclass(frozen=True)
class Verdict:
    """A symptom with the rule it comes from: everything that a person is told.

    advice: what may help, in words; remedy: the same as KEY=VALUE, as far as settings do it.
    """

    name: str
    title: str
    says: str
    number: float
    threshold: float
    limit: str
    source: str
    why: str
    advice: str
    remedy: tuple[str, ...]
    layer: int | None = None
    anew: bool = True

    @property
    def sentence(self) -> str:
        """All that matters in one line."""
        return f"{self.title}: {self.says}; {self.advice}." if self.advice else f"{self.title}: {self.says}."


def verdict(rule: Rule, symptom: Symptom, causes: Iterable[Rule] = ()) -> Verdict:
    """What is told of a symptom. Beside its causes it has no remedy of its own."""
    titles = [f"'{cause.title}'" for cause in causes]
    remedies = (Remedy(f"first fix {' and '.join(titles)}"),) if titles else symptom.remedies
    return Verdict(
        rule.name, rule.title, symptom.says, symptom.number, rule.threshold, rule.limit, rule.source, rule.why,
        "; ".join(remedy.words for remedy in remedies), tuple(remedy.setting for remedy in remedies if remedy.setting),
        symptom.layer, symptom.anew,
    )  # fmt: skip
