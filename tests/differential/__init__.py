"""convmath's answers against recorded ones: ``python -m tests.differential DIR`` scores a folder of case files.

A file ``<framework>_<op>.json.gz`` is a list of cases. One module for each framework, one function for
each op: it translates that framework's arguments to a convmath operator. A framework's own rules, which
are no mathematics, stand there; nothing of them is a formula of convmath.
"""
