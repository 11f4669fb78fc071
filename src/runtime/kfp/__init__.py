"""The part of KFP's Python package that a running component needs."""

from kfp import dsl

__version__ = "2.17.0"

__all__ = ["dsl"]


def __getattr__(name):
    raise AttributeError("kfp.%s is not available in a running component: only kfp.dsl is" % name)
