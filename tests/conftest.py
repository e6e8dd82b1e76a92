"""How random examples are drawn: the same ones on every run, and never against the clock.

``pytest --hypothesis-profile=hunt`` draws many new ones.
"""

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("hunt", deadline=None, max_examples=2_000)
settings.load_profile("same")
