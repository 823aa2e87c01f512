"""What `core` needs of storage, as small protocols with written contracts.

Every method may raise `core.vocabulary.errors.StorageError` (disk full, database unreachable) and nothing else.
Every writing method is one transaction: it happens whole or not at all, cancelled or not. Times are
milliseconds since the epoch; ids of Discord are 64-bit integers.
"""

from core.ports.abilities import Ability, AbilityStore
from core.ports.answers import (
    AnswerStore,
    AskedElsewhere,
    Caps,
    Kept,
    NewAnswer,
    Purchase,
    Reservation,
)
from core.ports.due import DueStore, TuningPolicy
from core.ports.exclusions import Covered, ExclusionStore
from core.ports.games import About, Game, GameStore, Outcome, Possible
from core.ports.labels import Applied, Felt, LabelStore, Profile
from core.ports.members import MemberStore
from core.ports.news import News, Told, Topic
from core.ports.notices import Notice, NoticeStore
from core.ports.overviews import NearlySpent, Overview, OverviewStore
from core.ports.own_moods import OwnMoodStore
from core.ports.queue import TuningQueue, Waiting
from core.ports.retention import Old, RetentionStore
from core.ports.runs import RunReport, RunStore
from core.ports.servers import ServerStore
from core.ports.shadows import Scored, Shadow, ShadowStore
from core.ports.tuning import TuningStores
from core.ports.versions import VersionStore
from core.ports.walks import WalkStore
from core.ports.yeses import YesStore

__all__ = [
    "Ability",
    "AbilityStore",
    "About",
    "AnswerStore",
    "Applied",
    "AskedElsewhere",
    "Caps",
    "Covered",
    "DueStore",
    "ExclusionStore",
    "Felt",
    "Game",
    "GameStore",
    "Kept",
    "LabelStore",
    "MemberStore",
    "NearlySpent",
    "NewAnswer",
    "News",
    "Notice",
    "NoticeStore",
    "Old",
    "Outcome",
    "Overview",
    "OverviewStore",
    "OwnMoodStore",
    "Possible",
    "Profile",
    "Purchase",
    "Reservation",
    "RetentionStore",
    "RunReport",
    "RunStore",
    "Scored",
    "ServerStore",
    "Shadow",
    "ShadowStore",
    "Told",
    "Topic",
    "TuningPolicy",
    "TuningQueue",
    "TuningStores",
    "VersionStore",
    "Waiting",
    "WalkStore",
    "YesStore",
]
