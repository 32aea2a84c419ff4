"""What a job is: its statuses and the moves between them, its fields, how it ended.

Values only: nothing here waits, opens or stores. `params.py` (what callers send, a pydantic model)
is imported by those who need it, so that runners start without pydantic.
"""

from supervisor.job.model import Job
from supervisor.job.outcome import ErrorKind, JobError, Outcome
from supervisor.job.status import FINAL, TRANSITIONS, JobStatus, read_status

__all__ = [
    "FINAL",
    "TRANSITIONS",
    "ErrorKind",
    "Job",
    "JobError",
    "JobStatus",
    "Outcome",
    "read_status",
]
