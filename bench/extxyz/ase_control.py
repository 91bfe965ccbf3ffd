"""The control: ASE reads (and writes) the same file; prints one line of JSON with the best seconds of `repeat` rounds."""
import json
import sys
import time

import ase.io

path, out, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])


def best(job):
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        result = job()
        times.append(time.perf_counter() - begin)
    return min(times), result


read, images = best(lambda: ase.io.read(path, ":", format="extxyz"))
write, _ = best(lambda: ase.io.write(out, images, format="extxyz"))
print(json.dumps({"read": read, "write": write, "frames": len(images), "energy": sum(at.info["energy"] for at in images)}))
