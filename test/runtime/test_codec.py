"""The texts of parameters, held against the vectors that the TypeScript twin shares."""

import json
import math
import os
import sys
import unittest

from harness import FIXTURES, RUNTIME

sys.path.insert(0, RUNTIME)
sys.dont_write_bytecode = True

from kfp_runtime import codec  # noqa: E402


def plain(value):
    """A vector's value: what JSON cannot hold stands in an object."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if list(value) == ["float"]:
            return float(value["float"])
        if list(value) == ["int"]:
            return int(value["int"])
        return {key: plain(item) for key, item in value.items()}
    return value


def same(left, right):
    """Whether two values are equal; NaN equals NaN."""
    return left == right or (isinstance(left, float) and math.isnan(left) and math.isnan(right))


with open(os.path.join(FIXTURES, "codec-vectors.json"), encoding="utf-8") as file:
    VECTORS = json.load(file)


class VectorTest(unittest.TestCase):
    def test_there_are_many(self):
        self.assertGreaterEqual(len(VECTORS), 100)

    def test_encode(self):
        for vector in VECTORS:
            with self.subTest(vector):
                value = plain(vector["value"])
                if vector["text"] is None:
                    self.assertRaises(ValueError, codec.encode, value, vector["type"])
                else:
                    self.assertEqual(codec.encode(value, vector["type"]), vector["text"])

    def test_decode_gives_the_value_back(self):
        for vector in VECTORS:
            if vector["text"] is not None:
                with self.subTest(vector):
                    value = codec.decode(vector["text"], vector["type"])
                    self.assertTrue(same(value, plain(vector["value"])), value)

    def test_decode_accepts_the_prefix_everywhere(self):
        for vector in VECTORS:
            text = vector["text"]
            if text is not None and vector["type"] != "STRING" and not text.startswith("json:"):
                with self.subTest(vector):
                    self.assertTrue(same(codec.decode("json:" + text, vector["type"]), plain(vector["value"])))

    def test_nothing_in_a_text_can_be_expanded(self):
        for vector in VECTORS:
            if vector["text"] is not None:
                with self.subTest(vector):
                    self.assertNotIn("{{", vector["text"])
                    self.assertNotIn("$", vector["text"])


class DecodeTest(unittest.TestCase):
    def test_numbers_become_the_declared_type(self):
        for text, type, expected in [
            ("3.0", "NUMBER_INTEGER", 3),
            ("1e3", "NUMBER_INTEGER", 1000),
            (" 7\n", "NUMBER_INTEGER", 7),
            ("json:5", "NUMBER_INTEGER", 5),
            ("3", "NUMBER_DOUBLE", 3.0),
            ("json:0.5", "NUMBER_DOUBLE", 0.5),
            ("9007199254740993", "NUMBER_INTEGER", 9007199254740993),
            ("True", "BOOLEAN", True),
            ("0", "BOOLEAN", False),
        ]:
            with self.subTest(text=text, type=type):
                value = codec.decode(text, type)
                self.assertEqual((value, value.__class__), (expected, expected.__class__))

    def test_refuses_what_is_not_of_the_type(self):
        for text, type in [
            ("3.5", "NUMBER_INTEGER"),
            ("", "NUMBER_INTEGER"),
            ("x", "NUMBER_INTEGER"),
            ("1_000", "NUMBER_INTEGER"),
            ("NaN", "NUMBER_INTEGER"),
            ("1e999", "NUMBER_INTEGER"),
            ("", "NUMBER_DOUBLE"),
            ("1_0.5", "NUMBER_DOUBLE"),
            ("yes", "BOOLEAN"),
            ("{}", "LIST"),
            ("[]", "STRUCT"),
            ("[1", "LIST"),
            ("json:x", "STRING"),
        ]:
            with self.subTest(text=text, type=type):
                self.assertRaises(ValueError, codec.decode, text, type)

    def test_null_is_none_but_for_strings(self):
        self.assertEqual(codec.decode("null", "STRING"), "null")
        for type in ("NUMBER_INTEGER", "NUMBER_DOUBLE", "BOOLEAN", "LIST", "STRUCT"):
            self.assertIsNone(codec.decode("null", type))

    def test_a_string_may_come_as_json_of_another_type(self):
        self.assertEqual(codec.decode("json:5", "STRING"), "5")
        self.assertEqual(codec.decode('json:{"b":1, "a":2}', "STRING"), '{"a":2,"b":1}')


class CanonicalTest(unittest.TestCase):
    def test_keys_are_printed_as_json_has_them(self):
        self.assertEqual(
            codec.canonical({2: "a", None: "b", True: "c", 1.5: "d"}), '{"1.5":"d","2":"a","null":"b","true":"c"}'
        )

    def test_refuses_what_json_lacks(self):
        loop = []
        loop.append(loop)
        for value in [{(1, 2): 3}, [object()], {"a": b"x"}, [{1}], loop]:
            with self.subTest(repr(value)):
                self.assertRaises(ValueError, codec.canonical, value)

    def test_floats_read_back_as_themselves(self):
        import random

        generator = random.Random(7)
        for _ in range(5000):
            value = generator.uniform(-1, 1) * 10.0 ** generator.randint(-320, 300)
            self.assertEqual(float(codec.canonical(value)), value)

    def test_scalars_of_numpy_count_as_numbers(self):
        class Scalar:
            shape = ()

            def item(self):
                return 0.5

        self.assertEqual(codec.canonical([Scalar()]), "[0.5]")


if __name__ == "__main__":
    unittest.main()
