/** ASE's clock: Julian years since 1 January 2000, 01:00 UTC (the number of seconds is ASE's own). */
const T2000 = 946_681_200_000
const YEAR = 31_557_600_000

/** The time that a column in ASE's years means. */
export function dateOfYears(years: number): Date {
  return new Date(T2000 + years * YEAR)
}

/** A time in ASE's years. */
export function yearsOfDate(date: Date): number {
  return (date.getTime() - T2000) / YEAR
}
