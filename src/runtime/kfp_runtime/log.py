"""What the runtime says: events, and in JSON all that user code says.

With KFP_LOG=json each line of the log is one JSON object: events and log records on stderr, and each line that user code
prints on the stream that it was printed on. Only what other programs write past Python stays as it is.
"""

import json
import os
import sys
import time

_FIELDS = {
    "run": "KFP_RUN_NAME",
    "run_id": "KFP_RUN_ID",
    "task": "KFP_TASK_NAME",
    "pipeline": "KFP_PIPELINE",
    "version": "KFP_PIPELINE_VERSION",
    "attempt": "KFP_ATTEMPT",
    "pod": "KFP_POD_NAME",
}
"""What every line says of where it comes from, and the variable that tells."""


class Log:
    """Events of a run."""

    def __init__(self):
        form = os.environ.get("KFP_LOG", "")
        self.json = form == "json"
        self.debug = form == "debug"
        self.names = {field: os.environ[name] for field, name in _FIELDS.items() if os.environ.get(name)}
        if self.names.get("attempt", "").isdigit():
            self.names["attempt"] = int(self.names["attempt"])
        self._out, self._err = sys.stdout, sys.stderr

    def event(self, level, message, **fields):
        """Something that happened. Plain text shows warnings and errors, and with KFP_LOG=debug everything."""
        if self.json:
            self._end_lines()
            self._line(self._err, time.time(), level, "kfp", message, fields)
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
        """Shows what user code says: of the records of Python's logging those from INFO on, where it may write any."""
        if self.json:
            self._handle_records()
            self._handle_prints()
        elif "logging" in names:
            import logging

            # Not a handler: with one, user code's own basicConfig would do nothing.
            logging.lastResort.setLevel(logging.INFO)
            logging.root.setLevel(logging.INFO)

    def _handle_records(self):
        import logging
        import threading

        usual = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
        formatter = logging.Formatter()
        log = self

        class Handler(logging.Handler):
            def emit(self, record):
                fields = {name: value for name, value in vars(record).items() if name not in usual}
                try:
                    message = record.getMessage()
                except Exception as error:  # as "%d" % "x": a record is never lost
                    message = "%s %s" % (_text(record.msg), _text(record.args))
                    fields["logging_error"] = "%s: %s" % (type(error).__name__, _text(error))
                if record.exc_info and record.exc_info[0]:
                    fields["exception"] = formatter.formatException(record.exc_info)
                if record.stack_info:
                    fields["stack"] = record.stack_info
                log._line(log._err, record.created, record.levelname, record.name, message, fields)

        def failed(failure):
            if failure.exc_type is not SystemExit:
                name = failure.thread.name if failure.thread else "a thread"
                error = (failure.exc_type, failure.exc_value, failure.exc_traceback)
                logging.getLogger("threading").error("%s failed", name, exc_info=error)

        logging.root.addHandler(Handler())
        logging.root.setLevel(logging.INFO)
        logging.captureWarnings(True)
        threading.excepthook = failed

    def _handle_prints(self):
        import atexit

        sys.stdout = _Lines(self._out, lambda line: self._printed(self._out, "stdout", line))
        sys.stderr = _Lines(self._err, lambda line: self._printed(self._err, "stderr", line))
        atexit.register(self._end_lines)

    def _end_lines(self):
        """Says what was printed without the end of a line."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, _Lines):
                stream.end()

    def _printed(self, stream, name, line):
        """A line that user code printed. Where it is an object of JSON already, it keeps what it says."""
        if line.startswith("{"):
            try:
                said = json.loads(line)
            except ValueError:
                said = None
            if isinstance(said, dict):
                for field, value in self.names.items():
                    said.setdefault(field, value)
                self._write(stream, said)
                return
        if line.strip():
            self._line(stream, time.time(), "INFO", name, line, {})

    def _line(self, stream, when, level, logger, message, fields):
        event = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when)) + ".%03dZ" % (when % 1 * 1000),
            "level": level,
            # Where Google Cloud looks for the level. Without it, all of stderr are errors there.
            "severity": level,
            "logger": logger,
            "message": message,
        }
        event.update(self.names)
        for name, value in fields.items():
            # What user code calls as the log calls its own is there as well.
            event["extra." + name if name in event else name] = value
        self._write(stream, event)

    def _write(self, stream, event):
        try:
            text = json.dumps(event, default=_plain, allow_nan=False)
        except Exception:  # NaN, a circle, keys of other types
            text = json.dumps(_safe(event, ()))
        for other in (self._out, self._err):
            if other is not stream:
                other.flush()
        # One write: lines of several threads do not mix. ASCII only: it can be written whatever the locale.
        stream.write(text + "\n")
        stream.flush()


class _Lines:
    """A stream of text that hands on whole lines. Each thread has its own line."""

    def __init__(self, stream, take):
        self._stream = stream
        self._take = take
        self._begun = {}

    def write(self, text):
        """Takes text; what a carriage return would overwrite, as a progress bar does, is left out."""
        from threading import get_ident

        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        *lines, rest = (self._begun.pop(get_ident(), "") + text).split("\n")
        for line in lines:
            self._take(_seen(line))
        if rest:
            self._begun[get_ident()] = _seen(rest[:-1]) + rest[-1] if "\r" in rest else rest
        return len(text)

    def writelines(self, lines):
        """Takes several texts."""
        for line in lines:
            self.write(line)

    def flush(self):
        """Begun lines wait for their end."""
        self._stream.flush()

    def end(self):
        """Hands on begun lines as they are."""
        while self._begun:
            self._take(_seen(self._begun.popitem()[1]))

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __iter__(self):
        return iter(self._stream)


def _seen(line):
    """What a terminal shows of a line in the end."""
    return line.rstrip("\r").rpartition("\r")[2]


def _text(value):
    """The text of any value, also of one that has none."""
    try:
        return str(value)
    except Exception as error:
        return "<%s: %s in str()>" % (type(value).__name__, type(error).__name__)


def _plain(value):
    """What JSON does not know: a scalar of another library is its value, everything else its text."""
    from kfp_runtime import codec

    try:
        return value.item() if codec.is_scalar_like(value) else _text(value)
    except Exception:
        return _text(value)


def _safe(value, around):
    """A value as JSON has it, whatever it is."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return value if value - value == 0 else json.dumps(value)  # "NaN", "Infinity"
    if not isinstance(value, (dict, list, tuple)):
        inner = _plain(value)
        return inner if isinstance(inner, str) else _safe(inner, around)
    if len(around) > 50 or any(each is value for each in around):
        return "..."
    around += (value,)
    if isinstance(value, dict):
        return {_text(name): _safe(each, around) for name, each in value.items()}
    return [_safe(each, around) for each in value]
