"""Runs every test and prints one JSON document about them: ``python -m tests``."""

from __future__ import annotations

import json
import sys
import unittest


class Results(unittest.TextTestResult):
    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)
        self.failed: dict[str, str] = {}
        self.ran: list[str] = []

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.ran.append(test.id())

    def addSubTest(self, test, subtest, error) -> None:
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.failed[test.id()] = f"{subtest}\n{self._exc_info_to_string(error, test)}"

    def addFailure(self, test, error) -> None:
        super().addFailure(test, error)
        self.failed[test.id()] = self._exc_info_to_string(error, test)

    def addError(self, test, error) -> None:
        super().addError(test, error)
        # Setting up a class fails under a name of its own.
        if test.id() not in self.ran:
            self.ran.append(test.id())
        self.failed[test.id()] = self._exc_info_to_string(error, test)


if __name__ == "__main__":
    found = unittest.defaultTestLoader.discover("tests", top_level_dir=".")
    result = unittest.TextTestRunner(resultclass=Results, stream=sys.stderr).run(found)
    print(json.dumps([{"name": name, "failure": result.failed.get(name)} for name in result.ran]))
    sys.exit(0 if result.wasSuccessful() else 1)
