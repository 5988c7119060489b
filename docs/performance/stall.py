"""Holds what a load says of a portal that was stopped for 2 s against what must be so.

usage: stall.py NAME EXIT_CODE RUN    RUN has ops.csv and run.json

The truth for a portal that catches up at once: an operation due t before the portal goes on waits t. A portal that needs
time to catch up answers in the order of arrival, as fast as it did then: that rate is taken from the answers themselves.
"""
import csv
import json
import sys


def quantile(values, q):
    return sorted(values)[min(int(q * len(values)), len(values) - 1)]


name, code, run = sys.argv[1:]
load = json.load(open(run + "/run.json"))["load"]
ops = load["ops"][0]
said = {q: ops["response_ms"][q] for q in ("p95", "p99", "max")}
print(f"{name}: exit {code}, {load['validity']}, capped {ops['outcomes'].get('capped', 0)}; "
      f"response p95 {said['p95'] or 0:.0f} p99 {said['p99'] or 0:.0f} max {said['max']:.0f} ms, "
      f"service p99 {ops['service_ms']['p99'] or 0:.0f}, lag p99 {ops['lag_ms']['p99']:.2f}")
if ops["outcomes"].get("capped"):
    print("   " + "; ".join(load["why"]))
    sys.exit()
rows = sorted((int(r["intended_us"]), int(r["done_us"])) for r in csv.DictReader(open(run + "/ops.csv")))
due, done = [r[0] for r in rows], sorted(r[1] for r in rows)
silent = max(range(1, len(done)), key=lambda i: done[i] - done[i - 1])
stop, go = done[silent - 1], done[silent]
backlog = sum(stop < d <= go for d in due)
cleared = next(i for i in range(silent, len(done)) if sum(d <= done[i] for d in due[i + 1:i + 6]) < 5)
rate = (cleared - silent) / max(done[cleared] - go, 1)  # operations a microsecond, while it caught up
truth, free = [], 0.
for d in due:
    start = max(d, free)
    if start > stop:
        start = max(start, go)
    free = start + 1 / rate
    truth.append((free - d) / 1000)
print(f"   silent for {(go - stop) / 1e6:.3f} s, {backlog} waited, caught up at {1e6 * rate:.0f}/s; "
      f"truth: p95 {quantile(truth, .95):.0f} p99 {quantile(truth, .99):.0f} max {max(truth):.0f} ms; "
      f"said/true: {said['p95'] / quantile(truth, .95):.3f}, {said['p99'] / quantile(truth, .99):.3f}")
