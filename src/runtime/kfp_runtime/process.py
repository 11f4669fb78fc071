"""The process of a run: from the environment to an exit code."""

import os
import signal
import sys
import time

from kfp_runtime.contract import Contract, ContractError, InstallError, ProgramError
from kfp_runtime.log import Log

_TERMINATION_LOG = "/dev/termination-log"
_TERMINATION_LIMIT = 2048
_TERMINATED = 128 + signal.SIGTERM
_INTERRUPTED = 128 + signal.SIGINT


def run():
    """Runs the component that the environment describes. Returns the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.stdout.reconfigure(line_buffering=True)  # a pod's log shows a line when it is printed
    log = Log()
    started = time.time()
    contract = None
    try:
        contract = Contract()
        _make_home(contract)
        if _must_install(contract):
            from kfp_runtime.install import install

            return install(contract, log)
        log.info("started " + contract.function, event="start", function=contract.function)
        if contract.component.get("program"):
            from kfp_runtime.program import run_program

            log.show_records(())
            run_program(contract, log)
        else:
            from kfp_runtime.executor import execute

            execute(contract, log)
        log.info("finished " + contract.function, event="end", function=contract.function, seconds=_since(started))
        return 0
    except _Terminated:
        _fail(log, started, "Terminated: the task was asked to stop")
        _leave(_TERMINATED)
    except KeyboardInterrupt:
        _fail(log, started, "KeyboardInterrupt: the task was interrupted")
        _leave(_INTERRUPTED)
    except (ContractError, InstallError) as error:
        _fail(log, started, "%s: %s" % (type(error).__name__, error))
        return 2 if isinstance(error, InstallError) else 3
    except SystemExit as stop:
        return _stopped(log, started, stop.code)
    except ProgramError as error:
        _fail(log, started, str(error), reason=error.reason)
        return error.code
    except BaseException as error:
        _fail(log, started, _describe(error), _user_traceback(error, contract))
        return 1


class _Terminated(SystemExit):
    """SIGTERM. `finally` blocks of user code run, and `except Exception` does not stop it."""


def _terminate(number, frame):
    raise _Terminated(_TERMINATED)


def _leave(code):
    """Ends the process at once: threads of user code are not waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _make_home(contract):
    """Gives the process a home that can be written to: many libraries cache there, and a pod's user has none."""
    if not os.access(os.environ.get("HOME") or "/nonexistent", os.W_OK):
        home = contract.work_path("home", "")
        os.environ["HOME"] = home.rstrip("/")
    # A pod's user has no entry among the image's users, where libraries would look for its name.
    os.environ.setdefault("USER", "kfp")


def _must_install(contract):
    component = contract.component
    # A program installs what it needs by itself.
    wanted = not component.get("program") and (component.get("packages") or component.get("useVenv"))
    return bool(wanted) and os.environ.get("KFP_SKIP_INSTALL") != "1"


def _since(started):
    return round(time.time() - started, 3)


def _stopped(log, started, code):
    """sys.exit in user code: its exit code stays."""
    if code in (None, 0):
        return 0
    if isinstance(code, int):
        _fail(log, started, "SystemExit: %d" % code)
        return code
    _fail(log, started, "SystemExit: %s" % code)
    return 1


def _describe(error):
    try:
        message = str(error)
    except Exception:
        message = "(it has no text)"
    return type(error).__name__ + (": " + message if message else "")


def _fail(log, started, message, traceback=None, reason=None):
    """Tells of a failure: to whoever reads the log, and to Kubernetes, which may be told a better reason."""
    if log.json:
        fields = {"exception": traceback} if traceback else {}
        log.event("ERROR", message, event="end", seconds=_since(started), **fields)
    elif traceback:
        sys.stdout.flush()
        sys.stderr.write(traceback)
        sys.stderr.flush()
    else:
        log.say(message)
    _write_termination_log(reason or message)


def _user_traceback(error, contract):
    """The traceback from user code on."""
    import traceback

    tail = error.__traceback__
    while tail is not None and (contract is None or tail.tb_frame.f_code.co_filename != contract.source):
        tail = tail.tb_next
    if tail is None and not isinstance(error, SyntaxError):
        tail = error.__traceback__  # not the user's error
    return "".join(traceback.format_exception(type(error), error, tail))


def _write_termination_log(message):
    path = os.environ.get("KFP_TERMINATION_LOG")
    # Argo pastes this text into templates: what it would expand must not be in it. Twice, because of "{{{".
    text = message.replace("{{", "{ {").replace("{{", "{ {")
    # Nor what it writes in Go's notation instead of JSON's when it does.
    text = "".join([c if c in "\n\t" or (" " <= c <= "\uffff" and c != "\x7f") else "?" for c in text])
    data = text.encode("utf-8", "replace")[:_TERMINATION_LIMIT].decode("utf-8", "ignore").encode()
    try:
        # Kubernetes makes the default file; on any other machine it is nobody's to make.
        descriptor = os.open(path or _TERMINATION_LOG, os.O_WRONLY | os.O_TRUNC | (os.O_CREAT if path else 0), 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        pass
