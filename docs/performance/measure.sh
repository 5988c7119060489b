#!/usr/bin/env bash
# Takes the figures of docs/performance.md about the simulator, on an otherwise idle machine with Go and GNU time; about
# five minutes. The comparison with other simulation libraries is compare.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/portalbench" ./cmd/portalbench

# timed NAME ARGUMENTS...: simulates, and prints time, speed and peak memory.
timed() {
	local name=$1 out=$work/out.$RANDOM
	shift
	/usr/bin/time -f '%e %M' -o "$work/time" "$work/portalbench" simulate --format json --quiet --out "$out" "$@" \
		>"$work/json" 2>"$work/said"
	awk -v name="$name" '
		/"events_per_cpu_second"/ { events = $2 + 0 } /"patient_years_per_cpu_second"/ { years = $2 + 0 }
		/"events_per_patient_year"/ { each = $2 + 0 } /"wall_seconds"/ { wall = $2 + 0 } /"cpu_seconds"/ { cpu = $2 + 0 }
		END { getline < "'"$work/time"'"; printf "%-44s %7.2f s %7.2f CPU-s %6.2f M events/CPU-s %8.0f patient-years/CPU-s %5.1f events each %5.0f MiB\n",
			name, wall, cpu, events / 1e6, years, each, $2 / 1024 }' "$work/json"
	rm -rf "$out"
}

/usr/bin/time -f 'the program itself, doing nothing: %M KiB' "$work/portalbench" version
for i in 1 2 3; do timed "default model, 40 replications, 1 worker" --policy physician-first --replications 40 --workers 1; done
for i in 1 2 3; do timed "default model, 40 replications, 2 workers" --policy physician-first --replications 40 --workers 2; done
timed "1,000,000 patients, 1 worker" --policy physician-first --replications 1 --workers 1 --set population.patients=1000000
timed "1,000,000 patients, 2 workers" --policy physician-first --replications 1 --set population.patients=1000000
timed "10,000,000 patients, 2 workers" --policy physician-first --replications 1 --set population.patients=10000000
policies=$("$work/portalbench" policy list | awk '/^[^ ]/ {print $1}' | paste -sd, -)
timed "$(tr ',' '\n' <<<"$policies" | wc -l) policies, 30 replications" --policy "$policies" --replications 30
go test ./sim/des -run xxx -bench 'MM1|Queue|Float|Exp|Norm|LogNormal' -benchmem -count 6 | grep Benchmark
go test ./sim -run xxx -bench Clinic -benchmem -count 6 | grep Benchmark
