"""Prints the median of every metric in lines such as those of go test -bench, with the range and the number of runs."""
import collections
import re
import statistics
import sys

values = collections.defaultdict(list)
for line in sys.stdin:
    name, _, *rest = re.sub(r"-\d+(?=\s)", "", line, count=1).split()
    for value, unit in zip(rest[::2], rest[1::2]):
        if unit != "ns/op":
            values[name.removeprefix("Benchmark"), unit].append(float(value))
for (name, unit), v in values.items():
    print(f"{name:28s} {unit:22s} {statistics.median(v):8.4g}   ({min(v):.4g}-{max(v):.4g}, {len(v)} runs)")
