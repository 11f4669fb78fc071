"""What the runtime and user code say."""

import re
import unittest

from harness import STRING, RuntimeTest, artifact

JSON = {"KFP_LOG": "json", "KFP_RUN_NAME": "run-1", "KFP_TASK_NAME": "train"}


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
        self.assertEqual(result.stdout, "mine {\n")
        start, end = result.events()
        for event in (start, end):
            self.assertRegex(event.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreater(end.pop("seconds"), 0)
        common = {"level": "INFO", "logger": "kfp", "run": "run-1", "task": "train", "function": "f"}
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
        self.assertEqual((info["odd"], info["task"]), ("<class 'object'>", "train"))
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


if __name__ == "__main__":
    unittest.main()
