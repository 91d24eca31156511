"""Log lines: one place and one form for the whole program, on standard error.

Standard output belongs to what a command answers (with `--json`, one object and nothing else).
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging() -> None:
    """Lines read `time [level] event key=value …`, with a traceback below where there is one."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    # RQ logs a failed job with its arguments and traceback; `worker.log_failure` has said so already.
    logging.getLogger("rq.worker").addHandler(logging.NullHandler())
    logging.getLogger("rq.worker").propagate = False
