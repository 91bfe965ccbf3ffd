"""The control: ASE reads a file once and writes it once; prints the processor seconds of both as a line of JSON."""
import json
import sys
import time
import warnings

import ase.io

warnings.simplefilter("ignore")
path, out = sys.argv[1], sys.argv[2]


def timed(job):
    begin = time.process_time()
    result = job()
    return time.process_time() - begin, result


read, images = timed(lambda: ase.io.read(path, ":", format="extxyz"))
energy = sum(at.info["energy"] for at in images)
for at in images:
    at.calc = None
write, _ = timed(lambda: ase.io.write(out, images, format="extxyz"))
print(json.dumps({"read": read, "write": write, "energy": energy}))
