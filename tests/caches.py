"""Keep what Odoo has cached about a database when a test is rolled back.

Odoo's tests clear all caches after each test: access rights, views, compiled templates, external
identifiers. In production, a rollback makes Odoo forget only what that transaction invalidated (see
``Registry.reset_changes``). This module does the same in tests: the entries that were cached before
a test first invalidated them were true when the test began, so they are true again after it.
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.orm.registry import _CACHES_BY_KEY, Registry


class LastingCaches:
    """The caches of all registries, with the context managers ``watched`` and ``lasting``.

    Blocks of ``lasting`` may be nested: a class of tests, and each test of the class.
    """

    def __init__(self):
        self._blocks = []

    @contextmanager
    def watched(self):
        """Notice what is invalidated while the ``lasting`` blocks run."""
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
        """Restore the caches at the end of a block that leaves the database as it was at its start."""
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
        """Keep, for each block, the entries of these caches before they are invalidated for the first time."""
        for part in {part for name in names for part in _CACHES_BY_KEY[name]}:
            cache = registry._Registry__caches[part]
            for kept in self._blocks:
                if id(cache) not in kept:
                    kept[id(cache)] = (cache, cache.snapshot)

    def _give_up(self, registry):
        """Restore nothing at the end of the open blocks: their entries were made by other models."""
        for kept in self._blocks:
            kept.update({id(cache): (cache, {}) for cache in registry._Registry__caches.values()})
