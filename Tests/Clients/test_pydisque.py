"""pydisque as pip installs it, with the versions of redis-py that speak RESP2 and RESP3."""

import unittest

from kit.environment import Environment
from kit.server import Server


class Pydisque(unittest.TestCase):
    def check(self, name, *requirements):
        environment = Environment(name, "pydisque==0.1.5", "six==1.17.0", *requirements)
        environment.install()
        with Server() as server:
            environment.run(self, "pydisque_calls", WAYBILL_DISQUE=server.address)

    def test_with_redis_py_7(self):
        self.check("pydisque-redis7", "redis==7.4.1")

    def test_with_redis_py_8(self):
        self.check("pydisque-redis8", "redis==8.1.0")
