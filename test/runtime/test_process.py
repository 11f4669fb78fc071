"""Exit codes, tracebacks, termination log, signals, start-up."""

import os
import resource
import signal
import subprocess
import sys
import time
import unittest

from harness import INTEGER, RUNTIME, STRING, RuntimeTest, artifact, optional


class FailureTest(RuntimeTest):
    def test_the_traceback_begins_at_user_code(self):
        source = """
        def helper(x):
            raise ValueError("no " + x)  # here

        def train():
            try:
                {}["key"]
            except KeyError as error:
                helper("luck")
        """
        result = self.fail_with(1, source)
        lines = result.stderr.splitlines()
        path = self.path("component", "train.py")
        self.assertEqual(lines[0], "Traceback (most recent call last):")
        self.assertEqual(lines[1].strip(), 'File "%s", line 6, in train' % path)
        self.assertIn('  File "%s", line 2, in helper' % path, lines)
        self.assertIn('    raise ValueError("no " + x)  # here', lines)
        self.assertEqual(lines[-1], "ValueError: no luck")
        self.assertNotIn("kfp_runtime", result.stderr)
        self.assertNotIn("importlib", result.stderr)
        self.assertEqual(result.termination, "ValueError: no luck")

    def test_a_syntax_error_shows_its_line(self):
        result = self.fail_with(1, "def f():\n    x = = 1\n")
        self.assertIn('f.py", line 2', result.stderr)
        self.assertNotIn("kfp_runtime", result.stderr)
        self.assertTrue(result.termination.startswith("SyntaxError"), result.termination)

    def test_the_termination_log_is_safe_and_short(self):
        result = self.fail_with(1, "def f():\n    raise Exception('{' * 5 + '=1+1}} é' + 'é' * 4000)\n")
        self.assertNotIn("{{", result.termination)
        self.assertTrue(result.termination.startswith("Exception: { { { { {=1+1}} é"))
        self.assertLessEqual(len(result.termination.encode()), 2048)
        self.assertGreater(len(result.termination.encode()), 2040)

    def test_a_termination_log_that_cannot_be_written_changes_nothing(self):
        environment = {"KFP_TERMINATION_LOG": self.path("no", "such", "folder") + "/x/y"}
        result = self.fail_with(1, "def f():\n    raise Exception('x')\n", environment=environment)
        self.assertTrue(result.stderr.endswith("Exception: x\n"))

    def test_nothing_is_written_after_a_failure(self):
        result = self.fail_with(1, "def f(a):\n    open(a.path, 'w').write('x')\n    1 / 0\n", {}, {"a": artifact()})
        self.assertIsNone(result.output("a"))

    def test_exit_codes_of_user_code_stay(self):
        for statement, code, message in [
            ("sys.exit(7)", 7, "SystemExit: 7"),
            ("sys.exit('gone')", 1, "SystemExit: gone"),
            ("raise SystemExit(2)", 2, "SystemExit: 2"),
        ]:
            result = self.fail_with(code, "def f():\n    import sys\n    %s\n" % statement)
            self.assertEqual(result.termination, message)

    def test_leaving_with_zero_is_success(self):
        for argument in ("", "0"):
            source = "def f(a):\n    open(a.path, 'w').write('x')\n    raise SystemExit(%s)\n" % argument
            result = self.succeed(source, {}, {"a": artifact()})
            self.assertEqual(result.reference("a")["key"], "ns/run/pod/a")

    def test_a_broken_contract(self):
        self.assertIn(
            "KFP_COMPONENT is not set", self.fail_with(3, "def f(): pass", environment={"KFP_COMPONENT": None}).stderr
        )
        self.assertIn(
            "KFP_COMPONENT cannot be read",
            self.fail_with(3, "def f(): pass", environment={"KFP_COMPONENT": "{"}).stderr,
        )
        self.assertIn("has no function g", self.fail_with(3, "def f(): pass\n", function="g").stderr)
        self.assertIn(
            "source cannot be read",
            self.fail_with(3, "def f(): pass\n", environment={"KFP_SOURCE": "/no/such.py"}).stderr,
        )

    def test_a_work_folder_that_cannot_be_written(self):
        with open(self.path("file"), "w"):
            pass
        environment = {"KFP_WORK_DIR": self.path("file")}
        result = self.fail_with(3, "def f():\n    return 'x'\n", {}, {"Output": STRING}, environment=environment)
        self.assertIn("the work folder", result.stderr)


class ProcessTest(RuntimeTest):
    def stopped(self, number, source):
        command, variables = self.command(source, {}, {}, {}, {}, {})
        process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        before = time.time()
        process.send_signal(number)
        code = process.wait(timeout=10)
        self.assertLess(time.time() - before, 5)
        return code, process.stdout.read(), process.stderr.read()

    def test_signals_end_it_at_once(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            for wait in ("time.sleep(60)", "[0 for _ in iter(int, 1)]"):
                with self.subTest(number=number, wait=wait):
                    source = "def f():\n    import time\n    print('ready')\n    %s\n" % wait
                    found, _, stderr = self.stopped(number, source)
                    self.assertEqual(found, code, stderr)
                    self.assertNotIn(b"Traceback", stderr)

    def test_user_code_may_tidy_up(self):
        source = """
        def f():
            import threading, time
            threading.Thread(target=time.sleep, args=(60,)).start()
            try:
                print("ready")
                time.sleep(60)
            except Exception:
                print("swallowed")
            finally:
                print("tidy")
        """
        self.assertEqual(self.stopped(signal.SIGTERM, source)[:2], (143, b"tidy\n"))

    def test_user_code_may_handle_the_signal_itself(self):
        source = """
        def f():
            import signal, sys, time
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
            print("ready")
            time.sleep(60)
        """
        self.assertEqual(self.stopped(signal.SIGTERM, source)[0], 5)

    def test_home_can_be_written(self):
        for home in (None, "/", "/no/such/folder"):
            if os.getuid() == 0 and home == "/":
                continue
            result = self.succeed(
                "def f():\n    import os\n    print(os.path.expanduser('~'))\n", environment={"HOME": home}
            )
            self.assertEqual(result.stdout.strip(), os.path.join(self.work, "home"))
            self.assertTrue(os.path.isdir(result.stdout.strip()))
        result = self.succeed(
            "def f():\n    import os\n    print(os.environ['HOME'])\n", environment={"HOME": self.folder}
        )
        self.assertEqual(result.stdout.strip(), self.folder)

    def test_starting_takes_little(self):
        source = "def f(x: int, y: Optional[str] = None) -> int:\n    return x\n"
        inputs = {"x": INTEGER, "y": optional(STRING)}
        command, variables = self.command(source, inputs, {"Output": INTEGER}, {"x": "1"}, {}, {})
        bare = min(cpu([sys.executable, "-c", "0"], variables) for _ in range(7))
        own = min(cpu(command, variables) for _ in range(7))
        self.assertLess(own, 2 * bare + 0.020)

    def test_nothing_heavy_is_loaded(self):
        command, variables = self.command(
            "def f():\n    import sys\n    print(sorted(sys.modules))\n", {}, {}, {}, {}, {}
        )
        bare = subprocess.run(
            [sys.executable, "-c", "import sys; print(sorted(sys.modules))"], stdout=subprocess.PIPE
        ).stdout.decode()
        loaded = subprocess.run(command, env=variables, stdout=subprocess.PIPE, check=True).stdout.decode()
        for name in (
            "typing",
            "inspect",
            "subprocess",
            "logging",
            "traceback",
            "shutil",
            "dataclasses",
            "kfp_runtime.install",
        ):
            if "'%s'" % name not in bare:  # where the installation's own start-up files load it
                self.assertNotIn("'%s'" % name, loaded)

    def test_the_package_is_small_and_leaves_no_bytecode(self):
        source = "def g(x):\n    return dsl.Metrics\n\ndef f():\n    import multiprocessing as m\n    m.get_context('spawn').Pool(1).map(g, [1])\n"
        self.succeed(source, function="f")
        sizes = {}
        for folder, _, names in os.walk(RUNTIME):
            for name in names:
                sizes[os.path.join(folder, name)] = os.path.getsize(os.path.join(folder, name))
        self.assertEqual([path for path in sizes if not path.endswith(".py")], [])
        self.assertLess(sum(sizes.values()), 104000)


def cpu(command, variables):
    """The processor time of a command, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    unittest.main()
