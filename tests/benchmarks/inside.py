"""Run in Odoo's shell: call one function of the benchmarks, and print its result."""

# pylint: disable=undefined-variable
import json
import os
from importlib import import_module

path, arguments = json.loads(os.environ["LUCCA_CALL"])
module, _dot, name = path.rpartition(".")
print("RESULT", json.dumps(getattr(import_module(module), name)(env, **arguments)), flush=True)
