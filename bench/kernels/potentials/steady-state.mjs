// What a long trajectory leaves behind: bytes on the heap, and a drift of the energy.
import { bulk, EMT, LennardJones, VelocityVerlet } from 'autopara'
import { argon, crystal, withMomenta } from './cases.mjs'

/** Bytes that a step leaves on the heap between two rebuilds of the neighbour list (a cold crystal needs none). */
export async function garbage() {
  const rows = []
  if (!globalThis.gc) return rows
  for (const [what, atoms, make] of [
    ['Lennard-Jones', withMomenta(bulk('Ar', { cubic: true }).repeat(4), 0.5), () => new LennardJones(argon)],
    ['EMT', withMomenta(bulk('Cu', { cubic: true }).repeat(3), 0.5), () => new EMT()],
  ]) {
    const dynamics = new VelocityVerlet(atoms, make(), { dt: 2 })
    await dynamics.run(3000)
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round < 5; round++) {
      globalThis.gc()
      const before = process.memoryUsage().heapUsed
      await dynamics.run(500)
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 500)
    }
    rows.push({ what, bytes: Math.max(0, least) })
  }
  return rows
}

/** The slope of the total energy over the time, and how far it is from that line, both an atom. */
export async function drift() {
  const rows = []
  for (const [what, atoms, calculator, dt, picoseconds] of [
    ['EMT, 64 Cu atoms at 300 K, 5 fs', withMomenta(crystal('Cu', [4, 2, 2]), 600), new EMT(), 5, 50],
    [
      'smooth Lennard-Jones, 108 Ar atoms at 20 K, 5 fs',
      withMomenta(crystal('Ar', 3), 40),
      new LennardJones({ ...argon, smooth: true }),
      5,
      50,
    ],
    ['Lennard-Jones (shifted only), the same', withMomenta(crystal('Ar', 3), 40), new LennardJones(argon), 5, 50],
  ]) {
    const dynamics = new VelocityVerlet(atoms, calculator, { dt })
    const times = []
    const energies = []
    const stride = 10
    for (let time = 0; time < picoseconds; time += (stride * dt) / 1000) {
      await dynamics.run(stride)
      times.push(time)
      energies.push((1000 * (dynamics.results.energy + atoms.kineticEnergy())) / atoms.length)
    }
    rows.push({ what, ...line(times, energies) })
  }
  return rows
}

/** The least-squares line: its slope, and the root mean square distance from it. */
function line(x, y) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const slope = mean(x.map((value, i) => (value - mx) * (y[i] - my))) / mean(x.map((value) => (value - mx) ** 2))
  return { slope, deviation: Math.sqrt(mean(y.map((value, i) => (value - my - slope * (x[i] - mx)) ** 2))) }
}
