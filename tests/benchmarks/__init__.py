"""Search beside its peers: `python -m tests.benchmarks` (needs the extra "bench")."""
