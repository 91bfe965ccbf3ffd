"""The jobs of bench/pool in Python: Pool, ProcessPoolExecutor, joblib.

    python3 pool.py JSON        where JSON = {"job": ..., "call": ..., "settings": {...}}

Prints one JSON line. A warm-up pass, then a measured one over the same items, as in bench/pool/jobs.mjs.
"""

import concurrent.futures
import json
import multiprocessing
import sys
import time

import numpy


def echo(item):
    return item


def sleep(milliseconds):
    time.sleep(milliseconds / 1000)
    return milliseconds


def configuration(atoms):
    rng = numpy.random.default_rng(1)
    return {
        "numbers": numpy.full(atoms, 29, dtype=numpy.int32),
        "positions": rng.random((atoms, 3)),
        "cell": numpy.eye(3) * 10,
        "pbc": [True, True, True],
        "info": {"config_type": "bulk", "energy": -1.5},
        "arrays": {"forces": rng.random((atoms, 3))},
    }


def drivers(call, workers):
    """A function that runs a list of items through `func`, and what ends it."""
    if call == "executor":
        executor = concurrent.futures.ProcessPoolExecutor(workers)
        return lambda func, items: list(executor.map(func, items)), executor.shutdown
    if call == "joblib":
        import joblib

        parallel = joblib.Parallel(n_jobs=workers)
        return lambda func, items: parallel(joblib.delayed(func)(item) for item in items), lambda: None
    pool = multiprocessing.Pool(workers)
    runs = {
        "imap": lambda func, items: list(pool.imap(func, items)),
        "sleeping": lambda func, items: list(pool.imap(func, items)),
        "map1": lambda func, items: pool.map(func, items, chunksize=1),
        "map": lambda func, items: pool.map(func, items),
        "start": lambda func, items: pool.map(func, items),
    }
    return runs[call], pool.terminate


def timed(run, func, items):
    start, cpu = time.perf_counter(), time.process_time()
    results = run(func, items)
    assert len(results) == len(items)
    return time.perf_counter() - start, time.process_time() - cpu


def main():
    request = json.loads(sys.argv[1])
    job, call, settings = request["job"], request["call"], request["settings"]
    workers = settings["workers"]
    start = time.perf_counter()
    run, end = drivers(call, workers)
    if job == "startUp":
        timed(run, echo, [1])
        result = {"value": (time.perf_counter() - start) * 1000}
    elif job == "sleeping":
        timed(run, sleep, [1] * (4 * workers))
        seconds, _ = timed(run, sleep, settings["times"])
        result = {"value": settings["schedule"] / (seconds * 1000)}
    else:
        count = settings["count"]
        items = [configuration(settings["atoms"]) for _ in range(count)] if job == "echo" else list(range(count))
        first, _ = timed(run, echo, items)
        seconds, cpu = timed(run, echo, items)
        result = {"value": seconds / count * 1e6, "cpu": cpu / count * 1e6, "first": first / count * 1e6}
    end()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
