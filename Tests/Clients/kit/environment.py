"""Client libraries as users have them: installed by pip into an environment of their own below .build."""

import os
import shutil
import subprocess
import sys
import unittest

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
INSIDE = os.path.join(PACKAGE, "Tests", "Clients", "inside")


class Environment:
    """`requirements` are exact, so that what is installed once stays as it is."""

    def __init__(self, name, *requirements):
        self.folder = os.path.join(PACKAGE, ".build", "clients", name)
        self.requirements = requirements

    def program(self, name):
        return os.path.join(self.folder, "bin", name)

    def install(self):
        """Skips the test where that is not possible here: no venv module, no package index."""
        mark = os.path.join(self.folder, "installed")
        wanted = " ".join(self.requirements)
        if os.path.exists(mark):
            with open(mark, encoding="ascii") as file:
                if file.read() == wanted:
                    return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.attempt([sys.executable, "-m", "venv", self.folder])
        self.attempt([self.program("pip"), "install", "--quiet", "--disable-pip-version-check", "--no-input",
                      "--retries", "1", "--timeout", "15", *self.requirements])
        with open(mark, "w", encoding="ascii") as file:
            file.write(wanted)

    def attempt(self, command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            last = (done.stdout.strip().splitlines() or ["no output"])[-1]
            raise unittest.SkipTest(f"{' '.join(self.requirements)} cannot be installed here: {last}")

    def run(self, test, module, **variables):
        """Runs a module of tests from `inside` with this environment's Python; its failures are this test's."""
        done = subprocess.run(
            [self.program("python"), "-B", "-m", "unittest", "-q", module], cwd=INSIDE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120, env={**os.environ, **variables})
        if done.returncode != 0:
            test.fail(done.stdout)
