/**
 * The Python side of {@link AseCalculator}: a program that builds one ASE calculator and serves requests until its input ends.
 *
 * Frames, both ways: 4 bytes length of a JSON header, the header, then the arrays that the header lists, as raw float64 or
 * int32. Requests come on descriptor 3, replies go to 4, so that calculators may print and be asked for input as they like.
 * The process ends with its parent, busy or not: where the kernel can (Linux) by a signal, elsewhere by a thread that looks.
 */
export const ASE_SERVER: string = `
import ctypes, importlib, json, os, signal, struct, sys, threading, time, traceback

parent = int(sys.argv[1])

def die_with_parent():
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (AttributeError, OSError, TypeError):
        def watch():
            while os.getppid() == parent:
                time.sleep(0.5)
            os._exit(1)
        threading.Thread(target=watch, daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)

die_with_parent()
# Ctrl-C is for the parent to decide on.
signal.signal(signal.SIGINT, signal.SIG_IGN)
requests = os.fdopen(3, 'rb')
replies = os.fdopen(4, 'wb')

def receive():
    size = requests.read(4)
    if len(size) < 4:
        return None
    header = json.loads(requests.read(struct.unpack('<I', size)[0]))
    arrays = {}
    for name, kind, shape in header.get('arrays', ()):
        count = int(numpy.prod(shape))
        dtype = numpy.dtype('<f8' if kind == 'float64' else '<i4')
        data = numpy.frombuffer(requests.read(count * dtype.itemsize), dtype)
        arrays[name] = data.reshape(shape)
    return header, arrays

def send(header, arrays=()):
    text = json.dumps(header).encode()
    replies.write(struct.pack('<I', len(text)) + text + b''.join(a.tobytes() for a in arrays))
    replies.flush()

def send_error(error):
    send({'ok': False, 'type': type(error).__name__, 'message': str(error), 'traceback': traceback.format_exc()})

def build(setup):
    module, _, name = setup['class'].partition(':')
    found = importlib.import_module(module)
    for part in name.split('.'):
        found = getattr(found, part)
    made = found(*setup['args'], **setup['kwargs'])
    if setup['scratch']:
        os.chdir(setup['scratch'])
    return made

def atoms_of(header, arrays):
    atoms = Atoms(arrays['numbers'], arrays['positions'], cell=arrays['cell'], pbc=header['pbc'])
    atoms.info.update(header['info'])
    for name, data in arrays.items():
        if name not in ('numbers', 'positions', 'cell'):
            atoms.set_array(name, data)
    return atoms

COMMON = ('energy', 'free_energy', 'energies', 'forces', 'stress', 'stresses', 'dipole', 'charges', 'magmom', 'magmoms')

def properties_of(calculator, header, atoms):
    if header['properties'] is not None:
        return header['properties']
    able = [name for name in COMMON if name in calculator.implemented_properties]
    return [name for name in able if atoms.cell.rank == 3 or not name.startswith('stress')]

def calculate(calculator, header, arrays):
    atoms = atoms_of(header, arrays)
    properties = properties_of(calculator, header, atoms)
    changes = list(all_changes)
    if header['moved'] and hasattr(calculator, 'check_state'):
        changes = calculator.check_state(atoms) or changes
    elif hasattr(calculator, 'reset'):
        calculator.reset()
    calculator.calculate(atoms, properties, changes)
    listed, blocks = [], []
    results = dict(calculator.results)
    if isinstance(getattr(calculator, 'converged', None), (bool, numpy.bool_)):
        results['converged'] = calculator.converged
    for name, value in results.items():
        if isinstance(value, (bool, numpy.bool_)):
            listed.append([name, 'bool', bool(value)])
            continue
        try:
            value = numpy.asarray(value, dtype='<f8')
        except (TypeError, ValueError):
            continue
        if name == 'stress' and value.shape == (3, 3):
            value = value.flat[[0, 4, 8, 5, 2, 1]]
        listed.append([name, 'float' if value.ndim == 0 else 'array', value.size])
        blocks.append(numpy.ascontiguousarray(value))
    send({'ok': True, 'results': listed}, blocks)

try:
    import numpy
    from ase import Atoms
    from ase.calculators.calculator import all_changes
    size = struct.unpack('<I', requests.read(4))[0]
    calculator = build(json.loads(requests.read(size)))
    send({'ok': True, 'results': []})
except BaseException as error:
    send_error(error)
    sys.exit(1)

while True:
    request = receive()
    if request is None:
        break
    try:
        calculate(calculator, *request)
    except Exception as error:
        send_error(error)
`
