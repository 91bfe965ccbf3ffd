/**
 * Units of the calculators and operations: energy eV, length Å, mass u (amu), so that time is Å·sqrt(u/eV).
 *
 * The values are those of ASE's `ase.units` (CODATA 2014), so that numbers agree to the last digit.
 * Source: P. J. Mohr, D. B. Newell, B. N. Taylor, Rev. Mod. Phys. 88, 035009 (2016).
 */
const amuKg = 1.66053904e-27
const elementaryCharge = 1.6021766208e-19
const boltzmann = 1.38064852e-23

/** Å·sqrt(u/eV) in one femtosecond. */
export const fs: number = 1e-15 * 1e10 * Math.sqrt(elementaryCharge / amuKg)
/** eV/K. */
export const kB: number = boltzmann / elementaryCharge
/** eV/Å³ in one GPa (in ASE's order of operations, so that the last bit agrees). */
export const GPa: number = 1e9 * (1 / elementaryCharge / 1e30)
