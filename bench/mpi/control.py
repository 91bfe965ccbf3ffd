"""The control of run.mjs: the same calls through mpi4py.futures. One line of JSON per case: calls a second."""
import json
import sys
import time

import numpy
from mpi4py import MPI
from mpi4py.futures import MPICommExecutor


def same(item):
    return item


def main():
    with MPICommExecutor(MPI.COMM_WORLD, root=0) as executor:
        if executor is None:
            return
        list(executor.map(same, range(200)))
        for _, atoms, calls in json.loads(sys.argv[1]):
            if atoms == 0:
                items = list(range(calls))
            else:
                frame = {"numbers": numpy.full(atoms, 29, numpy.int32), "positions": numpy.random.rand(atoms, 3)}
                items = [frame] * calls
            started = time.perf_counter()
            count = sum(1 for _ in executor.map(same, items))
            seconds = time.perf_counter() - started
            assert count == calls
            print(json.dumps({"value": calls / seconds}), flush=True)


main()
