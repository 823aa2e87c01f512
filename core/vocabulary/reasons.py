"""What became of a run, a version, a rule, and why: closed sets, stored as they stand here.

The sentences for them are made in `bot.words.outcomes`, nowhere else. A value that a database may hold is never
renamed without a migration.
"""

from enum import StrEnum


class Mode(StrEnum):
    """How a run learns."""

    RULES = "rules"
    """Single rules, each tested, the few that hold up composed."""
    PAPER = "paper"
    """Whole texts, the best on all labels taken, as the paper's abstract says."""


class Caution(StrEnum):
    """How sure a run must be before somebody gets a feelprint: fewer made worse, or more who get one."""

    CAREFUL = "careful"
    NORMAL = "normal"
    BOLD = "bold"


class RunResult(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    """Under way, or interrupted: then it is run again."""
    DEPLOYED = "deployed"
    """A new version is in use."""
    KEPT = "kept"
    """No new version. An earlier one may have come back in use."""
    NOTHING = "nothing"
    """There was nothing to learn from these labels; no rule was asked for."""
    STOPPED = "stopped"
    """The model was not available; it is tried again."""


class RunReason(StrEnum):
    """Why a run ended as it did."""

    TOO_FEW_LABELS = "too_few_labels"
    """Too few labelled pictures for a test of anything."""
    TOO_FEW_SINCE_CHANGE = "too_few_since_change"
    """The same, once labels from before a change of taste are forgotten."""
    ONE_EMOTION = "one_emotion"
    """All labels carry the same emotion."""
    NOTHING_RELIABLE = "nothing_reliable"
    """No version is in use, and nothing was found that can be relied on."""
    FEELS_AS_MOST = "feels_as_most"
    """The same, of somebody of whom most people's answer is right more often than not."""
    STILL_BEST = "still_best"
    """Nothing beat the version that is in use."""
    FOUND = "found"
    """A new version tells pictures apart, as far as could be tested."""
    FOUND_LEANING = "found_leaning"
    """A new version that always naming the favourite emotion would have equalled on out-of-fold labels."""
    RULE_RETIRED = "rule_retired"
    """A rule of the version in use failed on later labels; the version goes on without it (in older runs)."""
    ROLLED_BACK = "rolled_back"
    """The version in use failed on later labels; an earlier one is in use again."""
    ROLLED_BACK_TO_GENERIC = "rolled_back_to_generic"
    """The same, with no earlier one to go back to; or a run found that nothing like it would be deployed today."""
    RULE_STRUCK = "rule_struck"
    """The member struck a rule of the version in use, which goes on without it, if anything is left of it."""
    WENT_BACK = "went_back"
    """The member chose an earlier version."""
    UNAVAILABLE = "unavailable"
    """The model could not be asked, or something of ours broke."""


BY_HAND = frozenset({RunReason.RULE_STRUCK, RunReason.WENT_BACK})
"""What the member did themselves."""


class VersionStatus(StrEnum):
    """What a version of a feelprint is."""

    ACTIVE = "active"
    """In use: the only one of its profile."""
    SUPERSEDED = "superseded"
    """No longer in use: mostly a later one took its place. It may come back."""
    ROLLED_BACK = "rolled_back"
    """Taken back, and never deployed again, unless its member chooses it."""


class RuleStatus(StrEnum):
    """What a rule is."""

    DEPLOYED = "deployed"
    """Part of the version in use."""
    UNUSED = "unused"
    """Not in use; the best of these compete again at the next run."""
    DROPPED = "dropped"
    """It cannot help."""
    RETIRED = "retired"
    """Part of a version that was taken back; in older runs also taken out alone."""


class RuleReason(StrEnum):
    """What the last test of a rule came to. A deployed rule may carry one that spoke against a newer version."""

    HOLDS_NOWHERE = "holds_nowhere"
    """Its condition holds for none of the labelled pictures."""
    NO_GAIN = "no_gain"
    """Where it holds it wins not one picture more than it loses to most people's answer."""
    DUPLICATE = "duplicate"
    """Another rule names the same emotion for the same pictures."""
    OUT_OF_CALLS = "out_of_calls"
    """Nobody knows where rules hold, so only those are tried that stand first, as many as a feelprint holds."""
    NOT_BETTER = "not_better"
    """Not heard: asked with it, the model came to less than half of what it would win if it were followed. One
    that is in use all the same is part of a text that passed as a whole.
    """
    SPREADS = "spreads"
    """Asked as the only rule, it changed pictures that it does not speak of (in older runs)."""
    TOO_LITTLE_EVIDENCE = "too_little_evidence"
    """What it adds to the rules that were chosen is too little to tell it from luck."""
    REFUTED = "refuted"
    """Wrong more often than right on labels that not all its writers had seen."""
    FEELPRINT_FULL = "feelprint_full"
    """As many rules as a feelprint holds were chosen, and it was none of them."""
    OUT_OF_FOLD = "out_of_fold"
    """Rules that were chosen without a part of the labels did not come true on that part."""
    VERIFICATION = "verification"
    """The composed text that it was part of was not reliably better."""
    QUARANTINED = "quarantined"
    """The same rules were rolled back once."""
    VERIFIED = "verified"
    """It stands in the composed text, which passed, and nothing there says that it is not heard."""
    FAILED_IN_USE = "failed_in_use"
    """In use it went wrong on later labels again and again."""
    STRUCK = "struck"
    """Its member struck it: it does not come back unless they write it themselves."""


class Unverified(StrEnum):
    """Why a composed text did not pass."""

    NOT_SURE = "not_sure"
    """It is not sure enough that it beats most people's answer."""
    NOT_AHEAD = "not_ahead"
    """It did not win against the version in use, on the pictures that both were asked about."""
    UNREADABLE = "unreadable"
    """More than one of twenty answers could not be read."""


class AnswerSource(StrEnum):
    """What a prediction rests on."""

    LABEL = "label"
    """The member's own label of this picture."""
    FEELPRINT = "feelprint"
    """The version in use."""
    PRIOR = "prior"
    """Most people's answer, leaning to what the member feels more often."""
    GENERIC = "generic"
    """Most people's answer."""


class ProfileState(StrEnum):
    """Where a member stands on the way to their next run."""

    COLLECTING = "collecting"
    """Labels or emotions are missing."""
    SETTLING = "settling"
    """Enough; it waits for a quiet moment."""
    DUE = "due"
    """Next in line."""
    BEHIND = "behind"
    """The same, while somebody else's is under way."""
    PAUSED = "paused"
    """Nothing is begun for whoever has paused, or has agreed to less than is kept today."""
    RUNNING = "running"
    """Under way."""
    LATER = "later"
    """The model was not available; it is tried again."""


class Adjusted(StrEnum):
    """What is asked differently because this server wants it so."""

    LENGTH = "length"
    """The greatest length of an answer goes under the other of its two names."""
    TEMPERATURE = "temperature"
    """No temperature is sent; answers may vary a little more."""
    STORE = "store"
    """It refuses to be asked not to store answers, so it is not."""
    FORM = "form"
    """The server does not enforce the form of answers; a few may have to be asked for twice."""
    PICTURES = "pictures"
    """It takes so few pictures in one request that others are told in words."""
    BYTES = "bytes"
    """It takes no larger requests; pictures beyond that are told in words."""
    ROOM = "room"
    """The model thinks before it answers, so each question has room for more tokens."""
