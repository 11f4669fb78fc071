"""What the runtime says: events, and in JSON the log records of user code.

With KFP_LOG=json each event is one JSON object in a line on stderr. What user code prints stays as it is, on stdout.
"""

import json
import os
import sys
import time


class Log:
    """Events of a run."""

    def __init__(self):
        form = os.environ.get("KFP_LOG", "")
        self.json = form == "json"
        self.debug = form == "debug"
        names = {"run": os.environ.get("KFP_RUN_NAME"), "task": os.environ.get("KFP_TASK_NAME")}
        self.names = {name: value for name, value in names.items() if value}

    def event(self, level, message, **fields):
        """Something that happened. Plain text shows warnings and errors, and with KFP_LOG=debug everything."""
        if self.json:
            self._line(time.time(), level, "kfp", message, fields)
        elif self.debug or level in ("WARNING", "ERROR"):
            self.say(message if level == "INFO" else "%s: %s" % (level.lower(), message))

    def info(self, message, **fields):
        """A line in JSON only."""
        self.event("INFO", message, **fields)

    def warning(self, message, **fields):
        """What is probably not meant."""
        self.event("WARNING", message, **fields)

    def say(self, message):
        """A plain line."""
        sys.stdout.flush()
        sys.stderr.write("kfp: %s\n" % message)
        sys.stderr.flush()

    def show_records(self, names):
        """Shows the records of Python's logging from INFO on, where user code may write any."""
        if self.json:
            self._handle_records()
        elif "logging" in names:
            import logging

            # Not a handler: with one, user code's own basicConfig would do nothing.
            logging.lastResort.setLevel(logging.INFO)
            logging.root.setLevel(logging.INFO)

    def _handle_records(self):
        import logging

        line = self._line
        usual = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

        class Handler(logging.Handler):
            def emit(self, record):
                fields = {name: value for name, value in vars(record).items() if name not in usual}
                if record.exc_info and record.exc_info[0]:
                    fields["exception"] = logging.Formatter().formatException(record.exc_info)
                try:
                    line(record.created, record.levelname, record.name, record.getMessage(), fields)
                except Exception:
                    self.handleError(record)

        logging.root.addHandler(Handler())
        logging.root.setLevel(logging.INFO)
        logging.captureWarnings(True)

    def _line(self, when, level, logger, message, fields):
        event = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when)) + ".%03dZ" % (when % 1 * 1000),
            "level": level,
            "logger": logger,
            "message": message,
        }
        event.update(self.names)
        for name, value in fields.items():
            event.setdefault(name, value)
        sys.stdout.flush()
        # ASCII only: it can be written whatever the locale.
        sys.stderr.write(json.dumps(event, default=str, skipkeys=True) + "\n")
        sys.stderr.flush()
