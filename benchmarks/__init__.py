"""How fast Gangway is, measured: one script a question, each run with `python -m benchmarks.<name>`; docs/speed.md has the answers."""
