#!/usr/bin/env bash
# Runs the model of common-core.yaml in portalbench, SimPy 4 and Ciw 3, one worker each, and prints how many patient-years
# each simulates per CPU-second. It needs Go, Python 3 and PyPI; about two minutes.
#
# usage: compare.sh [RUNS]        RUNS of each (default 3); the median is taken
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'simpy>=4,<5' 'ciw>=3,<4'
go build -C "$here/../.." -o "$work/portalbench" ./cmd/portalbench

for ((i = 1; i <= runs; i++)); do
	"$work/portalbench" simulate "$here/common-core.yaml" --replications 20 --workers 1 --seed "$i" --format json --quiet \
		--out "$work/run$i" >"$work/ours.$i" 2>/dev/null
	for peer in simpy ciw; do
		"$work/env/bin/python" "$here/peers.py" "$peer" "$i" >"$work/$peer.$i"
	done
done

"$work/env/bin/python" - "$work" "$runs" <<'PYTHON'
import json, statistics, sys

work, runs = sys.argv[1], int(sys.argv[2])


def ours(i):
    d = json.load(open(f"{work}/ours.{i}"))
    wait = next(m for m in d["policies"][0]["measures"]
                if m["measure"] == "first_response_hours" and m["statistic"] == "mean" and not m["where"])
    threads = next(m for m in d["policies"][0]["measures"] if m["measure"] == "threads")
    return {"threads": threads["value"], "mean_first_response_hours": wait["value"],
            "patient_years_per_cpu_second": d["patient_years_per_cpu_second"]}


rows = {"portalbench": [ours(i) for i in range(1, runs + 1)]}
for peer in ("simpy", "ciw"):
    rows[peer] = [json.load(open(f"{work}/{peer}.{i}")) for i in range(1, runs + 1)]
base = statistics.median(r["patient_years_per_cpu_second"] for r in rows["portalbench"])
print(f"{'':12} {'threads':>9} {'first response, h':>18} {'patient-years/CPU-s':>20} {'ratio':>8}")
for name, list_ in rows.items():
    median = {k: statistics.median(r[k] for r in list_) for k in
              ("threads", "mean_first_response_hours", "patient_years_per_cpu_second")}
    speed = median["patient_years_per_cpu_second"]
    print(f"{name:12} {median['threads']:9,.0f} {median['mean_first_response_hours']:18.3f} {speed:20,.0f} {base / speed:7,.0f}x")
PYTHON
