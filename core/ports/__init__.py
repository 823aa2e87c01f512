"""What `core` needs of storage, as small protocols with written contracts.

Every method may raise `core.vocabulary.errors.StorageError` (disk full, database unreachable) and nothing else.
Every writing method is one transaction: it happens whole or not at all, cancelled or not. Times are
milliseconds since the epoch; ids of Discord are 64-bit integers.
"""

from core.ports.answers import AnswerStore, Kept, Reservation
from core.ports.labels import Applied, LabelStore, Profile
from core.ports.members import MemberStore
from core.ports.servers import ServerStore
from core.ports.tuning import Due, RunReport, Scored, Shadow, TuningStore

__all__ = [
    "AnswerStore",
    "Applied",
    "Due",
    "Kept",
    "LabelStore",
    "MemberStore",
    "Profile",
    "Reservation",
    "RunReport",
    "Scored",
    "ServerStore",
    "Shadow",
    "TuningStore",
]
