#!/usr/bin/env bash
# Takes the figures of docs/performance.md about the load engine, on an otherwise idle machine with Go, Python 3 and GNU
# time. The portal runs in a process of its own on 127.0.0.1.
#
# usage: load.sh [PART...]     stall cost memory peers soak day (default: the first four, 15 minutes; soak and day take 15
#                              minutes each)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rounds=${ROUNDS:-5}
work=$(mktemp -d)
portal=
trap 'if [[ $portal ]]; then kill "$portal" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
cd "$work"
go build -C "$here/../.." -o "$work/portalbench" ./cmd/portalbench
(cd "$here/../.." && go test -c -o "$work/bench.test" ./bench)

# serve ARGUMENTS...: starts a portal; sets portal, its process, and url.
serve() {
	./portalbench portal serve --addr 127.0.0.1:0 --credentials admin.yaml "$@" >url 2>served &
	portal=$!
	until [[ -s url && -s admin.yaml ]]; do sleep .1; done
	url=$(cat url)
}

unserve() {
	kill -INT "$portal"
	wait "$portal" || true
	portal=
	rm -f url admin.yaml
}

# load NAME ARGUMENTS...: a load of the portal, into folder NAME, with its exit code.
load() {
	local name=$1
	shift
	code=0
	./portalbench load --url "$url" --auth file:admin.yaml --quiet --out "$name" "$@" >"$name.out" 2>"$name.err" || code=$?
}

# steady RATE SECONDS: a trace of single operations at even distances, none of which waits for another.
steady() {
	python3 - "$1" "$2" <<'PYTHON'
import sys
rate, seconds = map(int, sys.argv[1:])
print('{"format":1,"kind":"trace"}')
for i in range(rate * seconds):
    print('{"at_ms":%d,"op":"unread","person":"p%d"}' % (1000 * i // rate, i % (2 * rate)))
PYTHON
}

# frozen NAME ARGUMENTS...: a load whose portal is stopped for 2 s, 8 s after the clock started.
frozen() {
	(
		until grep -q 'clock started' "$1.err" 2>/dev/null; do sleep .02; done
		sleep 8
		kill -STOP "$portal"
		sleep 2
		kill -CONT "$portal"
	) &
	local freezer=$!
	rm -f "$1.err"
	load "$@"
	wait "$freezer"
}

stall() {
	steady 500 20 >steady.jsonl
	for store in --noop --store=sqlite:"$work/portal.db"; do
		for ((i = 1; i <= 3; i++)); do
			serve "$store"
			frozen stalled --trace steady.jsonl --keep-ops
			python3 "$here/stall.py" "${store%%:*}" "$code" stalled
			frozen capped --trace steady.jsonl --keep-ops --max-in-flight 50
			python3 "$here/stall.py" "${store%%:*} --max-in-flight 50" "$code" capped
			rm -rf stalled capped
			unserve
		done
	done
}

# benchmark NAME: one run of it in a process of its own.
benchmark() { ./bench.test -test.run xxx -test.bench "$1" -test.benchtime 1x | grep ^Benchmark; }

cost() {
	for ((i = 1; i <= rounds; i++)); do
		for trace in unread-500 unread-2000 clinic; do
			benchmark "Cost/$trace/engine"
			benchmark "Cost/$trace/bare"
		done
	done | python3 "$here/medians.py"
}

memory() {
	for ((i = 1; i <= 3; i++)); do
		benchmark InFlight/engine
		benchmark InFlight/bare
	done | python3 "$here/medians.py"
}

# peers sets single operations at 500 and 2,000 a second beside vegeta's and k6's.
peers() {
	GOBIN=$work go install github.com/tsenart/vegeta/v12@v12.13.0
	GOBIN=$work go install go.k6.io/k6@v1.8.1
	serve --noop
	printf 'GET %s/v1/unread\nAuthorization: Bearer noop-1\n' "$url" >targets
	cat >script.js <<-'JS'
		import http from 'k6/http';
		export const options = { scenarios: { s: { executor: 'constant-arrival-rate', rate: +__ENV.RATE, timeUnit: '1s',
			duration: '10s', preAllocatedVUs: 200, maxVUs: 2000 } } };
		export default () => http.get(`${__ENV.URL}/v1/unread`, { headers: { Authorization: 'Bearer noop-1' } });
	JS
	for rate in 500 2000; do
		steady "$rate" 10 >steady.jsonl
		for ((i = 1; i <= rounds; i++)); do
			load beside --trace steady.jsonl
			python3 - "$rate" <<-'PYTHON'
				import json, sys
				l = json.load(open("beside/run.json"))["load"]
				g, ops = l["generator"], l["ops"][0]["offered"]
				print("Peer/%s/portalbench 1 %.1f cpu-us/op" % (sys.argv[1], 1e6 * g["cpu_share"] * g["gomaxprocs"] * l["duration_s"] / ops))
			PYTHON
			rm -rf beside
			/usr/bin/time -f '%U %S' -o spent ./vegeta attack -targets targets -rate "$rate" -duration 10s >attack.bin
			awk -v n=$((rate * 10)) -v r="$rate" '{ printf "Peer/%d/vegeta 1 %.1f cpu-us/op\n", r, 1e6 * ($1 + $2) / n }' spent
			URL=$url RATE=$rate /usr/bin/time -f '%U %S' -o spent ./k6 run --quiet --no-usage-report script.js >k6.out 2>&1
			awk -v n=$((rate * 10)) -v r="$rate" '{ printf "Peer/%d/k6 1 %.1f cpu-us/op\n", r, 1e6 * ($1 + $2) / n }' spent
		done
	done | python3 "$here/medians.py"
	unserve
}

# watched NAME ARGUMENTS...: a load with the memory of its process, every minute.
watched() {
	local name=$1
	shift
	./portalbench load --url "$url" --auth file:admin.yaml --quiet --out "$name" "$@" >"$name.out" 2>"$name.err" &
	local pid=$!
	until grep -q 'clock started' "$name.err"; do sleep .1; done
	local minute=0
	while [[ -e /proc/$pid ]]; do
		awk -v m=$((minute++)) '/VmRSS/ { printf "minute %2d: %4.0f MiB\n", m, $2 / 1024 }' "/proc/$pid/status" 2>/dev/null || true
		for ((s = 0; s < 60 && $(kill -0 "$pid" 2>/dev/null; echo $?) == 0; s++)); do sleep 1; done
	done
	code=0
	wait "$pid" || code=$?
	echo "exit code $code"
	grep -E '^Valid|^INVALID|^Ledger|ops/s offered| all ' "$name.out" | cut -c1-110
}

soak() {
	serve --store sqlite:"$work/soak.db"
	watched soak --rate 300/s --for 15m
	unserve
}

day() {
	serve --store sqlite:"$work/day.db"
	watched day --at mon-00:00 --speed 96 --care-networks "${NETWORKS:-20}" --for 15m --warm-up 0s
	unserve
}

for part in "${@:-stall cost memory peers}"; do
	for one in $part; do "$one"; done
done
