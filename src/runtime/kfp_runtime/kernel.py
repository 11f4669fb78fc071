"""Executes a notebook by nbclient. Only this module needs packages besides Python's own."""

import asyncio
import json
import os
import re
import sys
import threading

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

_STOP_SECONDS = 3
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN = ("text/plain", "application/json", "text/markdown")
"""The forms of a result that a log can show, the best first."""


def execute(notebook, folder):
    """Executes the cells of a notebook, in a folder.

    Returns None, or of what failed: the index of the cell, None where the kernel did not start, and the message.
    """
    execution = _Execution(notebook, folder)
    execution.start()
    try:
        execution.ended.wait()
    except BaseException:  # a signal
        execution.stop()
        raise
    return execution.failure


class _Execution(threading.Thread):
    """An execution in a thread of its own: the main thread keeps its signals, which nbclient would take."""

    def __init__(self, notebook, folder):
        super().__init__(name="notebook", daemon=True)
        self.client = _Client(
            nbformat.reads(json.dumps(notebook), as_version=4),
            kernel_manager_class=_Kernel,
            kernel_name="python3",
            timeout=None,
            store_widget_state=False,
        )
        self.folder = folder
        self.failure = None
        self.ended = threading.Event()
        """Waited for instead of the thread, which Python before 3.13 takes for ended where a signal interrupts that."""
        self.loop = None
        self.task = None

    def run(self):
        try:
            asyncio.run(self._execute())
        except CellExecutionError as error:
            self._fail(error.ename, _COLOURS.sub("", error.evalue))
        except BaseException as error:  # the kernel died, for example
            self._fail(type(error).__name__, str(error))
        finally:
            self.ended.set()

    async def _execute(self):
        self.loop, self.task = asyncio.get_running_loop(), asyncio.current_task()
        try:
            await self.client.async_execute(cwd=self.folder)
        finally:
            self.client.show_end()
            kernel = self.client.km
            if kernel is not None and kernel.has_kernel:  # nbclient leaves one that it was not done starting
                await kernel.shutdown_kernel(now=True)

    def _fail(self, type, message):
        self.failure = (self.client.cell, type + (": " + message if message else ""))

    def stop(self):
        """Ends the kernel, which is in no process group of ours, and with it the execution."""
        self.client.shutdown_kernel = "immediate"
        if self.task is not None and not self.ended.is_set():
            self.loop.call_soon_threadsafe(self.task.cancel)
            self.ended.wait(_STOP_SECONDS)


class _Kernel(AsyncKernelManager):
    """A kernel of the Python that runs this, whatever kernels the image has."""

    @property
    def kernel_spec(self):
        return KernelSpec(env={"PYTHONPATH": _python_path()}, **get_kernel_dict())


def _python_path():
    """Where the kernel finds modules: those of KFP as well, which notebooks may import."""
    runtime = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.pathsep.join(part for part in (runtime, os.environ.get("PYTHONPATH")) if part)


class _Client(NotebookClient):
    """Shows what cells print as it comes."""

    cell = None
    """The index of the cell that is executed, or was last."""
    _at_line_start = True

    async def async_execute_cell(self, cell, cell_index, *arguments, **named):
        self.cell = cell_index
        return await super().async_execute_cell(cell, cell_index, *arguments, **named)

    def process_message(self, msg, cell, cell_index):
        self._show(msg["msg_type"], msg["content"])
        return super().process_message(msg, cell, cell_index)

    def _show(self, type, content):
        if type == "stream":
            self._write(content["text"])
        elif type == "error":
            self._write_lines("\n".join(content["traceback"]))
        elif type in ("display_data", "execute_result", "update_display_data"):
            form = next((form for form in _SHOWN if form in content["data"]), None)
            if form is not None:
                text = content["data"][form]
                self._write_lines(text if isinstance(text, str) else json.dumps(text, indent=2, ensure_ascii=False))

    def show_end(self):
        """Ends the last line."""
        if not self._at_line_start:
            self._write("\n")

    def _write_lines(self, text):
        self.show_end()
        self._write(_COLOURS.sub("", text) + "\n")

    def _write(self, text):
        if text:
            sys.stdout.write(text)
            sys.stdout.flush()
            self._at_line_start = text.endswith("\n")
