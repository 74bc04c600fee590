"""A quicker start: pydantic models of the SDK, each of which is built when it is first used.

The SDK has a model for every message of every protocol version, some five hundred. Building their validators takes a
third of the time to the first answer, and a connection uses thirty of them. `defer_build` is pydantic's own setting for
this; the SDK's models inherit it while they are defined. Once a model is built, it is like any other.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, PydanticUserError, TypeAdapter


@contextmanager
def deferred_builds() -> Iterator[None]:
    """Defer the building of all models and type adapters that are defined meanwhile, in whatever thread."""
    before = BaseModel.model_config
    make_adapter = TypeAdapter.__init__
    BaseModel.model_config = {**before, "defer_build": True}
    if "_parent_depth" in inspect.signature(make_adapter).parameters:
        TypeAdapter.__init__ = _deferring(make_adapter)  # type: ignore[method-assign]  # taken back below
    try:
        yield
    finally:
        BaseModel.model_config = before
        TypeAdapter.__init__ = make_adapter  # type: ignore[method-assign]  # as it was


def _deferring(make_adapter: Any) -> Any:
    """Return a constructor of type adapters that are built when they are first used."""

    def make(self: TypeAdapter[Any], type: Any, *, _parent_depth: int = 2, **options: Any) -> None:  # noqa: A002  # pydantic's name
        if options.get("config") is None:
            try:
                make_adapter(
                    self, type, **{**options, "config": {"defer_build": True}}, _parent_depth=_parent_depth + 1
                )
            except PydanticUserError:  # models, dataclasses and TypedDicts have a configuration of their own
                pass
            else:
                return
        make_adapter(self, type, **options, _parent_depth=_parent_depth + 1)

    return make
