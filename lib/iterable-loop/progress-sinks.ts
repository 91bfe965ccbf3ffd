/**
 * The sinks that show progress on stderr: a bar on a terminal, a line every ten seconds elsewhere. Both ask for it at their own
 * times, so that they cost the loop nothing and show also that nothing moves.
 */
import { tell } from '../base/tell.js'
import type { ProgressSink, ProgressState } from './progress-sink.js'

/** ms between two lines, and between two looks of the bar. */
const LINE_EVERY = 10_000
const BAR_EVERY = 100
const LONGEST_BAR = 30

/** How far a loop is, in words. */
export function formatProgress({ done, failed, rate, left, busy, workers }: ProgressState): string {
  const parts = [
    `${done} done`,
    formatRate(rate),
    left === undefined ? '' : `${formatTime(left)} left`,
    `${failed} failed`,
    `${busy}/${workers} workers busy`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** A line on stderr every ten seconds. */
export function lineSink(): ProgressSink {
  let timer: NodeJS.Timeout | undefined
  return {
    start: (op, state) => {
      timer = setInterval(() => {
        const now = state()
        const share = now.fraction === undefined ? '' : `${percent(now.fraction)} %, `
        tell(`${op}: ${share}${formatProgress(now)}\n`)
      }, LINE_EVERY)
      timer.unref()
    },
    end: () => clearInterval(timer),
  }
}

/** A bar on a terminal. */
export async function barSink(): Promise<ProgressSink> {
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    format: ({ barCompleteString = '', barIncompleteString = '' }, _params, payload: BarPayload) => {
      const { op, state } = payload
      const { fraction } = state
      const facts = formatProgress(state)
      if (fraction === undefined) return `${op}: ${facts}`
      const columns = (process.stderr.columns || 80) - op.length - facts.length - 10
      const length = Math.max(0, Math.min(LONGEST_BAR, columns))
      const full = Math.round(length * fraction)
      const drawn = barCompleteString.slice(0, full) + barIncompleteString.slice(0, length - full)
      return `${op} ${drawn} ${percent(fraction).padStart(3)} % ${facts}`
    },
    stream: Object.create(process.stderr, { write: { value: tell } }) as NodeJS.WriteStream,
    hideCursor: true,
    clearOnComplete: true,
  })
  let timer: NodeJS.Timeout | undefined
  return {
    start: (op, state) => {
      const payload = (): BarPayload => ({ op, state: state() })
      bar.start(1, 0, payload())
      timer = setInterval(() => bar.update(state().fraction ?? 0, payload()), BAR_EVERY)
      timer.unref()
    },
    end: () => {
      clearInterval(timer)
      bar.stop()
    },
  }
}

/** What the bar is told with each update. */
interface BarPayload {
  op: string
  state: ProgressState
}

function percent(fraction: number): string {
  return Math.floor(100 * fraction).toFixed(0)
}

/** Slow work in minutes or hours, so that the number is not 0. */
function formatRate(rate: number): string {
  if (rate >= 10) return `${rate.toFixed(0)}/s`
  if (rate >= 1 || rate === 0) return `${rate.toFixed(rate === 0 ? 0 : 1)}/s`
  return rate >= 1 / 60 ? `${(60 * rate).toFixed(1)}/min` : `${(3600 * rate).toFixed(1)}/h`
}

function formatTime(seconds: number): string {
  const whole = Math.ceil(seconds)
  const two = (number: number): string => String(number).padStart(2, '0')
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`
}
