"""What the library says about its speed, each claim measured against something in the same run.

`python -m tests.bench` runs all of it, `python -m tests.bench NAME…` some. A figure is the median of several runs;
times are those of the machine it runs on, so a claim is about a ratio wherever it can be.
"""
