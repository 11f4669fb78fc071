"""Installs a component's packages, then starts the runtime again so that Python finds them."""

import importlib.util
import os
import re
import site
import subprocess
import sys
import time

from kfp_runtime.contract import InstallError


def install(contract, log):
    """Installs `packages` and runs the component in a process that has them. Does not return.

    Only the work folder is written to, and no package of the image is installed again where it will do.
    """
    packages = contract.component.get("packages") or []
    for package in packages:
        if package.strip().startswith("-") or not package.strip():
            raise InstallError("%r is not a package: options are not accepted in packages_to_install" % package)
    environment = dict(os.environ, KFP_SKIP_INSTALL="1")
    options = []
    python = sys.executable
    if contract.component.get("useVenv"):
        python = _make_venv(contract, environment)
    elif sys.prefix == sys.base_prefix and site.ENABLE_USER_SITE:
        # A user's own packages: Python finds them by itself, before those of the image.
        environment["PYTHONUSERBASE"] = contract.work_path("site", "").rstrip("/")
        environment["PIP_BREAK_SYSTEM_PACKAGES"] = "1"  # nothing of the system's is touched
        options = ["--user"]
        _prepend(environment, "PATH", contract.work_path("site", "bin"))
    else:
        # A virtual environment has no user packages: all that is needed is installed again.
        options = ["--target", contract.work_path("site", "").rstrip("/")]
        _prepend(environment, "PYTHONPATH", options[1])
        _prepend(environment, "PATH", contract.work_path("site", "bin"))
    if packages:
        _pip(contract, log, python, options, packages, environment)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(python, [python, os.path.abspath(sys.argv[0])], environment)


def mask(text):
    """A text without the credentials of the URLs in it."""
    return re.sub(r"(://)[^/@\s]+@", r"\1****@", text)


def _pip(contract, log, python, options, packages, environment):
    started = time.time()
    shown = mask(", ".join(packages))
    log.info("installing " + shown, event="install", packages=[mask(package) for package in packages])
    if importlib.util.find_spec("pip") is None:
        user = ["--user"] if "--user" in options else []
        _call(
            [python, "-m", "ensurepip"] + user, environment, log, "the image has no pip, which is needed for " + shown
        )
    command = [python, "-m", "pip", "install", "--no-cache-dir", "--no-warn-script-location"]
    command += options + ["--"] + packages
    _call(command, _pip_environment(contract, environment, log), log, "pip could not install " + shown)
    log.info("installed " + shown, event="installed", seconds=round(time.time() - started, 3))


def _pip_environment(contract, environment, log):
    """Options of pip that are nobody else's to see: an index may have a password."""
    result = dict(environment, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore")
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX"):
        result.pop(name, None)
    urls = contract.component.get("pipIndexUrls") or []
    if urls:
        result["PIP_INDEX_URL"] = urls[0]
        result["PIP_EXTRA_INDEX_URL"] = " ".join(urls[1:])
    hosts = contract.component.get("pipTrustedHosts") or []
    if hosts:
        result["PIP_TRUSTED_HOST"] = " ".join(hosts)
    if not log.debug:
        result["PIP_QUIET"] = "1"
    return result


def _make_venv(contract, environment):
    """A virtual environment that sees the image's packages."""
    folder = contract.work_path("venv", "").rstrip("/")
    command = [sys.executable, "-m", "venv", "--system-site-packages"]
    if importlib.util.find_spec("pip") is not None:
        command.append("--without-pip")
    _call(command + [folder], environment, None, "the virtual environment could not be made")
    environment["VIRTUAL_ENV"] = folder
    _prepend(environment, "PATH", os.path.join(folder, "bin"))
    if sys.prefix != sys.base_prefix:
        # The new environment sees the base Python's packages, but not those of the environment it is made in.
        packages = os.path.join(folder, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
        with open(os.path.join(packages, "image.pth"), "w") as file:
            file.write("\n".join(path for path in sys.path if path.startswith(sys.prefix)) + "\n")
    return os.path.join(folder, "bin", "python")


def _call(command, environment, log, failure):
    """Runs a program; what it prints is shown where it fails, or with KFP_LOG=debug."""
    streamed = log is not None and log.debug
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr if streamed else subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise InstallError("%s: %s" % (failure, error)) from None
    if done.returncode:
        output = mask((done.stdout or b"").decode("utf-8", "replace")).strip()
        raise InstallError(failure + ("\n" + output if output else ""))


def _prepend(environment, name, path):
    environment[name] = path + (os.pathsep + environment[name] if environment.get(name) else "")
