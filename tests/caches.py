"""What Odoo remembers of a database, kept beyond a test that is rolled back.

Odoo's tests forget all of it after each test: access rights, views, compiled templates, external
identifiers. In production, a transaction that is rolled back makes Odoo forget only what that
transaction made untrue (see ``Registry.reset_changes``), and so it is here: what was remembered
before something first made it untrue was true when the test began, and is true again after it.
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.orm.registry import _CACHES_BY_KEY, Registry


class LastingCaches:
    """The caches of all registries; ``watched`` and ``lasting`` are context managers.

    Blocks of ``lasting`` may be inside of each other: a class of tests, and each of its tests.
    """

    def __init__(self):
        self._blocks = []

    @contextmanager
    def watched(self):
        """Notice what is made untrue; for the whole time of the blocks."""
        clear_cache, clear_all = Registry.clear_cache, Registry.clear_all_caches
        setup_models = Registry._setup_models__

        def clear_cache_watched(registry, *names):
            self._keep(registry, names or ("default",))
            clear_cache(registry, *names)

        def clear_all_watched(registry):
            self._keep(registry, _CACHES_BY_KEY)
            clear_all(registry)

        def setup_models_watched(registry, *arguments, **named):
            self._give_up(registry)
            return setup_models(registry, *arguments, **named)

        with (
            patch.object(Registry, "clear_cache", clear_cache_watched),
            patch.object(Registry, "clear_all_caches", clear_all_watched),
            patch.object(Registry, "_setup_models__", setup_models_watched),
        ):
            yield

    @contextmanager
    def lasting(self):
        """A time at whose end the database is as at its start."""
        kept = {}
        self._blocks.append(kept)
        try:
            yield
        finally:
            self._blocks.pop()
            for cache, entries in kept.values():
                cache.clear()
                for key, value in entries.items():
                    cache[key] = value

    def _keep(self, registry, names):
        """Remember, for each block, what is in these caches if they are made untrue for the first time."""
        for part in {part for name in names for part in _CACHES_BY_KEY[name]}:
            cache = registry._Registry__caches[part]
            for kept in self._blocks:
                if id(cache) not in kept:
                    kept[id(cache)] = (cache, cache.snapshot)

    def _give_up(self, registry):
        """With other models, nothing that was remembered need be true."""
        for kept in self._blocks:
            kept.update({id(cache): (cache, {}) for cache in registry._Registry__caches.values()})
