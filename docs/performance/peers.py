#!/usr/bin/env python3
"""The model of common-core.yaml in SimPy 4 and in Ciw 3, for comparison with portalbench.

One care network for 421 days: seven physicians with one inbox each. Threads come in a weekly rhythm and are answered
first come, first served together with background work; of the answers 45% are followed by another message after a
log-normal time. Work goes on in the sessions of the calendar, and what is in hand at the end of one is finished.

usage: peers.py simpy|ciw [seed]     prints one line of JSON
"""
import bisect
import json
import math
import random
import resource
import sys

DAYS, WARM_UP, OBSERVED = 421, 28, 365
DAY, WEEK = 1440.0, 10080.0  # minutes
PHYSICIANS = 7
THREADS_PER_DAY = 12000 * 1.6 / 365
OFFICE, EVENING, WEEKDAYS = .72, .17, .89
SERVICE_MEAN, SERVICE_SD = 2.3, .529
FOLLOW_UP, SEEN_MEDIAN, SEEN_SD = .45, 120.0, 1.0
# kinds of background work: items for each 8 hours scheduled, minutes
BACKGROUND = [(8.8, 1.0), (20.6, 1.0), (10.8, 1.5), (10.6, 1.0)]
BACKGROUND_SD = .5
WORKDAY = [(480, 530), (630, 650), (730, 780), (840, 855), (1200, 1245)]
WEEKEND = [(600, 630)]


def hourly():
    """Share of the week's threads in each hour of it."""
    shares = []
    for h in range(168):
        day, hour = divmod(h, 24)
        of_day = OFFICE / 9 if 8 <= hour < 17 else EVENING / 6 if 17 <= hour < 23 else (1 - OFFICE - EVENING) / 9
        shares.append(of_day * (WEEKDAYS / 5 if day < 5 else (1 - WEEKDAYS) / 2))
    return shares


def sessions():
    """Start and end of every session, in minutes since time 0."""
    out = []
    for day in range(DAYS):
        for start, end in WORKDAY if day % 7 < 5 else WEEKEND:
            out.append((day * DAY + start, day * DAY + end))
    return out


def lognormal(rng, mean, sd):
    return math.exp(rng.normalvariate(math.log(mean) - sd * sd / 2, sd))


def thread_times(rng, per_day):
    """Times of a Poisson process with the week's rhythm."""
    shares, cumulative = hourly(), [0.0]
    for s in shares:
        cumulative.append(cumulative[-1] + s)
    t, due = 0.0, 0.0
    while True:
        due += rng.expovariate(7 * per_day)  # in weeks of rhythm
        week, part = divmod(due, 1.0)
        h = bisect.bisect_right(cumulative, part) - 1
        t = week * WEEK + (h + (part - cumulative[h]) / shares[h]) * 60
        if t >= DAYS * DAY:
            return
        yield t


def background_times(rng):
    """Times and minutes of background items of one physician: Poisson in business hours."""
    per_minute = sum(n for n, _ in BACKGROUND) / 480
    due = 0.0
    while True:
        due += rng.expovariate(per_minute)
        day, minute = divmod(due, 540)
        week, weekday = divmod(int(day), 5)
        t = week * WEEK + weekday * DAY + 480 + minute
        if t >= DAYS * DAY:
            return
        mean = rng.choices([m for _, m in BACKGROUND], [n for n, _ in BACKGROUND])[0]
        yield t, lognormal(rng, mean, BACKGROUND_SD)


class Tally:
    def __init__(self):
        self.threads, self.wait, self.busy = 0, 0.0, 0.0

    def first(self, came, done):
        if WARM_UP * DAY <= came < (WARM_UP + OBSERVED) * DAY:
            self.threads += 1
            self.wait += done - came


def with_simpy(seed):
    import simpy

    env, tally, calendar = simpy.Environment(), Tally(), sessions()

    def physician(number):
        rng = random.Random(seed * 1000 + number)
        inbox = simpy.Store(env)

        def threads():
            for at in thread_times(rng, THREADS_PER_DAY / PHYSICIANS):
                yield env.timeout(at - env.now)
                inbox.put((env.now, None))

        def background():
            for at, minutes in background_times(rng):
                yield env.timeout(at - env.now)
                inbox.put((None, minutes))

        def follow_up():
            yield env.timeout(min(max(2.0, SEEN_MEDIAN * math.exp(rng.normalvariate(0, SEEN_SD))), 167 * 60))
            inbox.put((None, None))

        def work():
            for start, end in calendar:
                if env.now < start:
                    yield env.timeout(start - env.now)
                while env.now < end:
                    if not inbox.items:
                        get = inbox.get()
                        yield get | env.timeout(end - env.now)
                        if not get.triggered:
                            get.cancel()
                            break
                        came, minutes = get.value
                    else:
                        came, minutes = yield inbox.get()
                    if minutes is None:
                        yield env.timeout(lognormal(rng, SERVICE_MEAN, SERVICE_SD))
                        if came is not None:
                            tally.first(came, env.now)
                        if rng.random() < FOLLOW_UP:
                            env.process(follow_up())
                    else:
                        yield env.timeout(minutes)

        env.process(threads())
        env.process(background())
        env.process(work())

    for number in range(PHYSICIANS):
        physician(number)
    env.run(until=DAYS * DAY)
    return tally


def with_ciw(seed):
    import ciw

    ciw.seed(seed)
    calendar = sessions()
    numbers, dates = [0], [calendar[0][0]]
    for i, (start, end) in enumerate(calendar):
        numbers.append(1)
        dates.append(end)
        if i + 1 < len(calendar):
            numbers.append(0)
            dates.append(calendar[i + 1][0])
    shares = hourly()
    rates, ends = [], []
    for hour in range(DAYS * 24):
        rates.append(THREADS_PER_DAY / PHYSICIANS * 7 * shares[hour % 168] / 60)
        ends.append((hour + 1) * 60.0)

    def thread_arrivals():
        return ciw.dists.PoissonIntervals(rates=rates, endpoints=ends, max_sample_date=DAYS * DAY)

    def background_arrivals():
        per_minute = sum(n for n, _ in BACKGROUND) / 480
        r, e = [], []
        for day in range(DAYS):
            r += [1e-12, per_minute if day % 7 < 5 else 1e-12, 1e-12]
            e += [day * DAY + 480, day * DAY + 1020, (day + 1) * DAY]
        return ciw.dists.PoissonIntervals(rates=r, endpoints=e, max_sample_date=DAYS * DAY)

    def log_normal(mean, sd):
        return ciw.dists.Lognormal(math.log(mean) - sd * sd / 2, sd)

    n = PHYSICIANS
    total = sum(k for k, _ in BACKGROUND)
    items = ciw.dists.MixtureDistribution([log_normal(m, BACKGROUND_SD) for _, m in BACKGROUND],
                                          [k / total for k, _ in BACKGROUND])
    thread_service = [log_normal(SERVICE_MEAN, SERVICE_SD)] * n
    seen = [ciw.dists.Lognormal(math.log(SEEN_MEDIAN), SEEN_SD)] * n
    no = [None] * n
    # nodes 1..n: the inboxes; nodes n+1..2n: families who have not yet seen the answer
    routing = [[0.0] * (2 * n) for _ in range(2 * n)]
    for i in range(n):
        routing[i][n + i] = FOLLOW_UP
        routing[n + i][i] = 1.0
    nowhere = [[0.0] * (2 * n) for _ in range(2 * n)]
    network = ciw.create_network(
        arrival_distributions={"Thread": [thread_arrivals() for _ in range(n)] + no,
                               "Item": [background_arrivals() for _ in range(n)] + no},
        service_distributions={"Thread": thread_service + seen, "Item": [items] * n + seen},
        number_of_servers=[ciw.Schedule(numbers_of_servers=numbers, shift_end_dates=dates) for _ in range(n)]
        + [float("inf")] * n,
        routing={"Thread": routing, "Item": nowhere},
    )
    q = ciw.Simulation(network)
    q.simulate_until_max_time(DAYS * DAY)
    tally, seen_before = Tally(), set()
    for r in sorted(q.get_all_records(only=["service"]), key=lambda r: r.arrival_date):
        if r.customer_class == "Thread" and r.node <= n and r.id_number not in seen_before:
            seen_before.add(r.id_number)
            tally.first(r.arrival_date, r.exit_date)
    return tally


def main():
    which, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    before = resource.getrusage(resource.RUSAGE_SELF)
    tally = {"simpy": with_simpy, "ciw": with_ciw}[which](seed)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"peer": which, "threads": tally.threads, "mean_first_response_hours": tally.wait / tally.threads / 60,
                      "cpu_seconds": cpu, "patient_years_per_cpu_second": 12000 * DAYS / 365 / cpu,
                      "peak_mib": after.ru_maxrss / 1024}))


main()
