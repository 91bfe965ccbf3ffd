"""ASE's side of against-ase.mjs: reads cases as JSON, prints for each its energy and the CPU seconds of one evaluation or step."""
import json
import sys
import time

import numpy as np
from ase import Atoms, units
from ase.calculators.emt import EMT
from ase.calculators.lj import LennardJones
from ase.md.verlet import VelocityVerlet


def best(job, rounds):
    fastest = float('inf')
    for _ in range(rounds):
        begin = time.process_time()
        job()
        fastest = min(fastest, time.process_time() - begin)
    return fastest


def run(case):
    atoms = Atoms(case['numbers'], np.reshape(case['positions'], (-1, 3)), cell=np.reshape(case['cell'], (3, 3)), pbc=True)
    calculator = EMT() if case['calculator'] == 'EMT' else LennardJones(**case['params'])
    changes = ['numbers', 'positions', 'cell', 'pbc']
    if case['what'] == 'evaluate':
        seconds = best(lambda: calculator.calculate(atoms, ['energy', 'forces', 'stress'], changes), case['rounds'])
        return {'energy': calculator.results['energy'], 'seconds': seconds}
    atoms.calc = calculator
    atoms.set_momenta(np.reshape(case['momenta'], (-1, 3)))
    dynamics = VelocityVerlet(atoms, case['dt'] * units.fs)
    atoms.get_forces()
    begin = time.process_time()
    dynamics.run(case['steps'])
    seconds = (time.process_time() - begin) / case['steps']
    return {'energy': atoms.get_potential_energy(), 'seconds': seconds}


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
