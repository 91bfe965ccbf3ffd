"""The file -> file job of bench/iterable-loop in Python: ASE reads and writes, multiprocessing.Pool computes.

    python3 iterable_loop.py IN OUT {noop,emt} NPOOL CHUNKSIZE [LIMIT]

Prints one JSON line: configurations, seconds, configurations per second, the parent's CPU seconds.
"""

import itertools
import json
import multiprocessing
import sys
import time

import ase.io
from ase.calculators.emt import EMT


def noop(atoms):
    return atoms


def emt(atoms):
    atoms.calc = EMT()
    atoms.info["EMT_energy"] = atoms.get_potential_energy()
    atoms.arrays["EMT_forces"] = atoms.get_forces()
    atoms.info["EMT_stress"] = atoms.get_stress()
    atoms.calc = None
    return atoms


def main():
    path_in, path_out, op_name = sys.argv[1:4]
    npool, chunksize = int(sys.argv[4]), int(sys.argv[5])
    limit = int(sys.argv[6]) if len(sys.argv) > 6 else None
    op = {"noop": noop, "emt": emt}[op_name]
    start, cpu = time.perf_counter(), time.process_time()
    items = itertools.islice(ase.io.iread(path_in, index=":", parallel=False), limit)
    count = 0
    with open(path_out, "w") as out:
        if npool == 0:
            results = map(op, items)
        else:
            pool = multiprocessing.Pool(npool)
            results = pool.imap(op, items, chunksize)
        for atoms in results:
            ase.io.write(out, atoms, format="extxyz")
            count += 1
        if npool > 0:
            pool.close()
            pool.join()
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {"configs": count, "seconds": seconds, "rate": count / seconds, "parent_cpu": time.process_time() - cpu}
        )
    )


main()
