"""What the runtime and user code say."""

import json
import re
import unittest

from harness import STRING, RuntimeTest, artifact

JSON = {"KFP_LOG": "json", "KFP_RUN_NAME": "run-1", "KFP_TASK_NAME": "train"}


def printed(text):
    """What a stream holds, a line at a time."""
    return [json.loads(line) for line in text.splitlines()]


class PlainTest(RuntimeTest):
    def test_a_good_run_says_nothing_of_its_own(self):
        result = self.succeed("def f():\n    print('mine')\n")
        self.assertEqual((result.stdout, result.stderr), ("mine\n", ""))

    def test_records_from_info_on_are_shown(self):
        source = """
        def f():
            import logging
            logging.getLogger("own").debug("no")
            logging.getLogger("own").info("yes")
        """
        self.assertEqual(self.succeed(source).stderr, "yes\n")

    def test_user_code_may_configure_logging(self):
        source = """
        def f():
            import logging
            logging.basicConfig(format="%(levelname)s=%(message)s", level=logging.DEBUG)
            logging.debug("x")
        """
        self.assertEqual(self.succeed(source).stderr, "DEBUG=x\n")

    def test_debug_tells_more(self):
        result = self.succeed("def f():\n    pass\n", environment={"KFP_LOG": "debug"})
        self.assertIn("kfp: started f\n", result.stderr)


class JsonTest(RuntimeTest):
    def test_start_and_end(self):
        result = self.succeed("def f():\n    print('mine {')\n", environment=JSON)
        self.assertEqual([(each["logger"], each["message"]) for each in printed(result.stdout)], [("stdout", "mine {")])
        start, end = result.events()
        for event in (start, end):
            self.assertRegex(event.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreater(end.pop("seconds"), 0)
        common = {"level": "INFO", "severity": "INFO", "logger": "kfp", "run": "run-1", "task": "train", "function": "f"}
        self.assertEqual(start, dict(common, message="started f", event="start"))
        self.assertEqual(end, dict(common, message="finished f", event="end"))

    def test_records_with_extra_fields_and_exceptions(self):
        source = """
        def f():
            import logging, warnings
            logger = logging.getLogger("own")
            logger.info("a %s", "b\\n{", extra={"epoch": 3, "odd": object, "level": "x"})
            try:
                1 / 0
            except ZeroDivisionError:
                logger.exception("bad")
            warnings.warn("old")
        """
        _, info, error, warning, _ = self.succeed(source, environment=JSON).events()
        self.assertEqual((info["message"], info["level"], info["logger"], info["epoch"]), ("a b\n{", "INFO", "own", 3))
        self.assertEqual((info["odd"], info["task"], info["extra.level"]), ("<class 'object'>", "train", "x"))
        self.assertEqual((error["level"], error["message"]), ("ERROR", "bad"))
        self.assertIn("ZeroDivisionError", error["exception"])
        self.assertIn("old", warning["message"])

    def test_a_failure_is_the_last_event(self):
        result = self.fail_with(1, "def f():\n    raise ValueError('{' * 2)\n", environment=JSON)
        event = result.events()[-1]
        self.assertEqual((event["level"], event["message"], event["event"]), ("ERROR", "ValueError: {{", "end"))
        self.assertTrue(re.match(r'Traceback .*\n  File ".*f.py", line 2, in f\n', event["exception"]), event)

    def test_warnings_name_their_output(self):
        events = self.succeed("def f(a):\n    pass\n", {}, {"a": artifact()}, environment=JSON).events()
        self.assertEqual([event["output"] for event in events if event["level"] == "WARNING"], ["a"])

    def test_a_missing_input(self):
        event = self.fail_with(3, "def f(a):\n    pass\n", {"a": STRING}, environment=JSON).events()[-1]
        self.assertIn('no value for the required input "a"', event["message"])

    def test_every_line_says_where_it_comes_from(self):
        environment = dict(
            JSON,
            KFP_RUN_ID="1-2",
            KFP_PIPELINE="ml",
            KFP_PIPELINE_VERSION="v1",
            KFP_ATTEMPT="2",
            KFP_POD_NAME="pod-1",
        )
        source = """
        def f():
            import logging
            print("one")
            logging.info("two")
        """
        result = self.succeed(source, environment=environment)
        common = {"run": "run-1", "run_id": "1-2", "task": "train", "pipeline": "ml", "version": "v1", "attempt": 2}
        common["pod"] = "pod-1"
        events = result.events() + printed(result.stdout)
        self.assertEqual(len(events), 4)
        for event in events:
            self.assertEqual({name: event.get(name) for name in common}, common)

    def test_what_is_printed(self):
        source = """
        def f():
            import os, subprocess, sys
            print("a", end=" ")
            print("b\\nc")
            print()
            print("10%\\r50%\\r100%\\r\\nwindows\\r")
            print('{"message": "own", "task": "mine"}')
            print('{"message": 1, "n": NaN}')
            print("{not json")
            print("[1]")
            print("to stderr", file=sys.stderr)
            sys.stdout.buffer.write(b"")
            assert sys.stdout.fileno() == 1
            print("no end", end="")
        """
        result = self.succeed(source, environment=JSON)
        lines = printed(result.stdout)
        self.assertEqual(
            [line["message"] for line in lines],
            ["a b", "c", "100%", "windows", "own", 1, "{not json", "[1]", "no end"],
        )
        self.assertEqual((lines[4]["task"], lines[4]["run"], lines[5]["n"]), ("mine", "run-1", "NaN"))
        self.assertEqual([e["message"] for e in result.events() if e["logger"] == "stderr"], ["to stderr"])

    def test_a_progress_bar_keeps_no_more_than_it_shows(self):
        source = """
        def f():
            import sys
            for i in range(1000):
                sys.stderr.write("\\r%d" % i)
            assert len("".join(sys.stderr._begun.values())) < 10
        """
        events = self.succeed(source, environment=JSON).events()
        self.assertEqual([each["message"] for each in events], ["started f", "999", "finished f"])

    def test_what_was_begun_is_said_before_a_failure(self):
        result = self.fail_with(1, "def f():\n    print('last words', end='')\n    1 / 0\n", environment=JSON)
        self.assertEqual([each["message"] for each in printed(result.stdout)], ["last words"])

    def test_values_that_json_does_not_know(self):
        source = """
        def f():
            import datetime, decimal, logging
            class Scalar:
                shape = ()
                def item(self):
                    return 3
            class Mute:
                def __str__(self):
                    raise ValueError("no")
            circle = []
            circle.append(circle)
            logging.info("x", extra={
                "nan": float("nan"), "scalar": Scalar(), "mute": Mute(), "circle": circle, "keys": {(1, 2): {3}},
                "big": 2 ** 70, "when": datetime.date(2026, 1, 2), "bytes": b"b", "lone": "\\ud800", "minus": [-1e400],
            })
            logging.info("%d", "text")
            logging.info("at", stack_info=True)
        """
        _, event, bad, at, _ = self.succeed(source, environment=JSON).events()
        shown = {name: event[name] for name in ("nan", "scalar", "mute", "circle", "keys", "big", "when", "bytes")}
        self.assertEqual(
            shown,
            {
                "nan": "NaN",
                "scalar": 3,
                "mute": "<Mute: ValueError in str()>",
                "circle": ["..."],
                "keys": {"(1, 2)": "{3}"},
                "big": 2**70,
                "when": "2026-01-02",
                "bytes": "b'b'",
            },
        )
        self.assertEqual((event["lone"], event["minus"]), ("\ud800", ["-Infinity"]))
        self.assertEqual(bad["message"], "%d ('text',)")
        self.assertIn("TypeError", bad["logging_error"])
        self.assertIn("line ", at["stack"])

    def test_the_failure_of_a_thread_is_one_event(self):
        source = """
        def f():
            import threading
            thread = threading.Thread(target=lambda: 1 / 0, name="worker")
            thread.start()
            thread.join()
        """
        _, event, _ = self.succeed(source, environment=JSON).events()
        self.assertEqual((event["message"], event["level"]), ("worker failed", "ERROR"))
        self.assertIn("ZeroDivisionError", event["exception"])

    def test_lines_of_threads_do_not_mix(self):
        source = """
        def f():
            import sys, threading
            def say(letter):
                for _ in range(200):
                    sys.stdout.write(letter * 3)
                    sys.stdout.write(letter * 3 + "\\n")
            threads = [threading.Thread(target=say, args=letter) for letter in "abc"]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        """
        said = [each["message"] for each in printed(self.succeed(source, environment=JSON).stdout)]
        self.assertEqual(sorted(said), ["aaaaaa"] * 200 + ["bbbbbb"] * 200 + ["cccccc"] * 200)


if __name__ == "__main__":
    unittest.main()
