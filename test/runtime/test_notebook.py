"""Components that run a notebook, by stand-ins for nbclient and its kernel. The real ones are in the conformance run."""

import json
import os
import signal
import subprocess
import time
import unittest

from harness import FIXTURES, STRING, RuntimeTest, artifact, read, write

PACKAGES = os.path.join(FIXTURES, "notebook", "packages")
RUN = "def f():\n    dsl.run_notebook()\n"


def cell(source, *tags, type="code"):
    """A cell as it ships."""
    made = {"cell_type": type, "metadata": {"tags": list(tags)} if tags else {}, "source": source.splitlines(True)}
    return dict(made, execution_count=None, outputs=[]) if type == "code" else made


class NotebookTest(RuntimeTest):
    def command(self, source, inputs, outputs, texts, environment, component):
        cells = component.pop("cells", None)
        if cells is not None:
            notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
            write(self.path("component", "f.ipynb"), json.dumps(notebook))
        environment = dict({"PYTHONPATH": PACKAGES}, **(environment or {}))
        return super().command(source, inputs, outputs, texts, environment, component)

    def test_parameters_come_after_the_tagged_cell(self):
        cells = [
            cell("# Title", "parameters", type="markdown"),
            cell("print('rows' in globals())"),
            cell("rows, name = 1, 'default'\n", "hide", "parameters"),
            cell("rows = 5", "parameters"),
            cell("print(rows, name)"),
        ]
        result = self.succeed("def f():\n    dsl.run_notebook(rows=3)\n", cells=cells)
        self.assertEqual(result.stdout, "False\n5 default\n")
        del cells[3]
        result = self.succeed("def f():\n    dsl.run_notebook(rows=3)\n", cells=cells)
        self.assertEqual(result.stdout, "False\n3 default\n")

    def test_or_before_all_others(self):
        source = "def f():\n    dsl.run_notebook(x=1)\n    dsl.run_notebook(x=2)\n"
        self.assertEqual(self.succeed(source, cells=[cell("x"), cell("x = 7\nx")]).stdout, "1\n7\n2\n7\n")

    def test_a_value_is_the_value_in_the_notebook(self):
        values = [
            "it's \"q\"\\ \n\r\t\x00\u2028 é 😀 \ud800 {x} %s",
            "'''\"\"\"); raise SystemExit #",
            True,
            None,
            2**70,
            -1.5e300,
            [[], {}, [None]],
            {"a'\n": {"b": [False, "c"]}},
        ]
        source = "def f():\n    dsl.run_notebook(x=%r)\n" % (values,)
        result = self.succeed(source, cells=[cell("import ast\nast.literal_eval(ascii(x)) == x, ascii(x)")])
        self.assertEqual(result.stdout, repr((True, ascii(values))) + "\n")

    def test_a_value_is_what_json_makes_of_it(self):
        source = """
        def f():
            class Scalar:
                shape = ()
                def item(self):
                    return 7
            class Text(str):
                def __repr__(self):
                    return "boom()"
            inf = float("inf")
            dsl.run_notebook(x=(1, (2,)), y={1: Text("t"), None: Scalar()}, z=[inf, -inf, float("nan")])
        """
        result = self.succeed(source, cells=[cell("[x, y, z]")])
        self.assertEqual(result.stdout, "[[1, [2]], {'1': 't', 'null': 7}, [inf, -inf, nan]]\n")

    def test_what_is_no_value_is_refused(self):
        for argument, message in (
            ("x={1}", "TypeError: dsl.run_notebook: the parameter x is not what JSON can hold: it is a set"),
            ("a=a", "it is a Dataset; give the notebook its path: a=a.path"),
            ("**{'x y': 1}", "ValueError: dsl.run_notebook: 'x y' is not the name of a variable"),
            ("**{'class': 1}", "ValueError: dsl.run_notebook: 'class' is not the name of a variable"),
            ("**{'x=1\\nimport os; y': 1}", "is not the name of a variable"),
        ):
            with self.subTest(argument):
                source = "def f(a):\n    dsl.run_notebook(%s)\n" % argument
                result = self.fail_with(1, source, {}, {"a": artifact()}, cells=[cell("print('ran')")])
                self.assertIn(message, result.termination)
                self.assertEqual(result.stdout, "")

    def test_outputs_are_shown_as_they_come(self):
        source = """
        import sys
        print("out", end=" ")
        sys.stderr.write("err")
        display(text_plain="\\x1b[31mplain\\x1b[0m", text_html="<p>")
        display(text_markdown="*m*")
        display(application_json={"a": ["é"]})
        display(image_png="iVBOR")
        41 + 1
        """
        lines = [line[8:] for line in source.splitlines()[1:]]
        result = self.succeed(RUN, cells=[cell("print('a', end='')"), cell("\n".join(lines)), cell("print('z')")])
        shown = 'aout err\nplain\n*m*\n{\n  "a": [\n    "é"\n  ]\n}\n42\nz\n'
        self.assertEqual(result.stdout, shown)

    def test_before_the_notebook_is_done(self):
        command, variables = self.command(
            RUN, {}, {}, {}, {}, {"cells": [cell("print('first')\nimport time\ntime.sleep(60)")]}
        )
        process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.assertEqual(process.stdout.readline(), b"first\n")
        self.assertIsNone(process.poll())

    def test_a_cell_that_fails_is_the_tasks_error(self):
        cells = [cell("# Title", type="markdown"), cell("x = 1", "parameters"), cell("print(x)\nraise KeyError('{{k')")]
        for call, shown in (("dsl.run_notebook()", "1\n"), ("dsl.run_notebook(x=2)", "2\n")):
            result = self.fail_with(1, "def f():\n    %s\n" % call, cells=cells + [cell("print('after')")])
            self.assertEqual(result.termination, "NotebookError: cell 3: KeyError: '{ {k'")
            self.assertEqual(result.stdout, shown + "KeyError\nKeyError: '{{k'\n")
            self.assertIn('line 2, in f\n    %s\n' % call, result.stderr)
        result = self.fail_with(
            1, "def f():\n    dsl.run_notebook(x=1)\n", cells=[cell("1/0"), cell("x", "parameters")]
        )
        self.assertEqual(result.termination, "NotebookError: cell 1: ZeroDivisionError: division by zero")

    def test_a_cell_may_be_meant_to_fail(self):
        cells = [cell("raise ValueError", "raises-exception"), cell("print('after')")]
        self.assertIn("after\n", self.succeed(RUN, cells=cells).stdout)

    def test_the_function_may_handle_it(self):
        source = """
        def f() -> str:
            try:
                dsl.run_notebook()
            except RuntimeError as error:
                return str(error)
        """
        result = self.succeed(source, {}, {"Output": STRING}, cells=[cell("assert False, 'no rows'")])
        self.assertEqual(result.output(), "cell 1: AssertionError: no rows")

    def test_a_kernel_that_dies_or_does_not_start(self):
        cells = [cell("1"), cell("import os\nos._exit(9)")]
        result = self.fail_with(1, RUN, cells=cells)
        self.assertEqual(result.termination, "NotebookError: cell 2: RuntimeError: Kernel died")
        result = self.fail_with(1, RUN, cells=cells, environment={"FAKE_KERNEL": "missing"})
        expected = "NotebookError: the notebook's kernel did not start: RuntimeError: Kernel died before replying"
        self.assertTrue(result.termination.startswith(expected), result.termination)

    def test_it_runs_in_a_folder_that_it_may_write_to(self):
        result = self.succeed(RUN, cells=[cell("import os\nopen('x', 'w').write('y')\nprint(os.getcwd())")])
        folder = os.path.join(self.work, "notebook")
        self.assertEqual(os.path.realpath(result.stdout.strip().splitlines()[-1]), os.path.realpath(folder))
        self.assertEqual(read(os.path.join(folder, "x")), "y")

    def test_without_a_notebook(self):
        result = self.fail_with(1, RUN)
        self.assertIn("NotImplementedError: dsl.run_notebook is for components decorated with", result.termination)

    def test_without_nbclient(self):
        # Nothing may be found, whatever the machine has.
        source = "def f():\n    import sys\n    sys.modules['nbformat'] = None\n    dsl.run_notebook()\n"
        result = self.fail_with(1, source, cells=[cell("1")], environment={"PYTHONPATH": None})
        self.assertIn("ImportError: dsl.run_notebook needs nbclient and ipykernel (", result.termination)

    def test_a_signal_ends_the_kernel_too(self):
        stop = "import os, time\nprint(os.getpid())\ntime.sleep(60)"
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            command, variables = self.command(RUN, {}, {}, {}, {}, {"cells": [cell(stop)]})
            process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.stderr.close)
            kernel = int(process.stdout.readline())
            os.kill(kernel, 0)
            process.send_signal(number)
            before = time.time()
            self.assertEqual(process.wait(timeout=10), code, process.stderr.read())
            self.assertLess(time.time() - before, 2)
            with self.assertRaises(ProcessLookupError):
                os.kill(kernel, 0)

    def test_the_names_of_kfp(self):
        source = """
        def f():
            from kfp.dsl import notebook_component, run_notebook
            run = notebook_component(notebook_path="x.ipynb")(lambda: run_notebook(x=1))
            run()
        """
        self.assertEqual(self.succeed(source, cells=[cell("x")]).stdout, "1\n")


if __name__ == "__main__":
    unittest.main()
