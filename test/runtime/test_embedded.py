"""Files that are part of a component's text, as KFP's compiler puts them there."""

import unittest

from harness import STRING, RuntimeTest

UNPACKED = """
import os as __kfp_os
import sys as __kfp_sys
import tempfile as __kfp_tempfile

__kfp_tmpdir = __kfp_tempfile.TemporaryDirectory()
__KFP_EMBEDDED_ASSET_DIR = __kfp_tmpdir.name
for name, text in (("rows.csv", "a,b"), ("helpers.py", "def shout(text): return text.upper()")):
    with open(__kfp_os.path.join(__KFP_EMBEDDED_ASSET_DIR, name), "w") as file:
        file.write(text)
__kfp_sys.path.insert(0, __KFP_EMBEDDED_ASSET_DIR)
"""


class EmbeddedTest(RuntimeTest):
    def test_a_folder_is_an_artifact_and_can_be_imported_from(self):
        source = UNPACKED + (
            "def f(word: str, files: dsl.EmbeddedInput[dsl.Dataset], *, more: EmbeddedInput[Model] = None):\n"
            "    import helpers, os\n"
            "    print(type(files).__name__, type(more).__name__, sorted(os.listdir(files.path))[:2], more.path == files.path)\n"
            "    print(helpers.shout(word))\n"
        )
        result = self.succeed(source, {"word": STRING}, {}, {"word": "loud"})
        self.assertEqual(result.stdout, "Dataset Model ['helpers.py', 'rows.csv'] True\nLOUD\n")

    def test_a_single_file_is_an_artifact(self):
        source = UNPACKED + (
            '__KFP_EMBEDDED_ASSET_FILE = __kfp_os.path.join(__KFP_EMBEDDED_ASSET_DIR, "rows.csv")\n'
            "def f(rows: EmbeddedInput[NoSuchClass]):\n"
            "    print(type(rows).__name__, open(rows.path).read())\n"
        )
        self.assertEqual(self.succeed(source).stdout, "Artifact a,b\n")

    def test_a_function_without_such_files_lacks_its_input(self):
        result = self.fail_with(3, "def f(rows: EmbeddedInput[Dataset]):\n    pass\n")
        self.assertIn('no value for the required input "rows"', result.termination)


if __name__ == "__main__":
    unittest.main()
