import { spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

/** The path of a Chromium, or null; under CI its absence is an error. */
export const chromiumPath: string | null = findChromium()

function findChromium(): string | null {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  if (process.env['CI'] === 'true') throw new Error('no chromium: install the package chromium')
  console.warn('skipped: no chromium')
  return null
}

/** Starts it without a window; WebGL is computed by the CPU. */
export function launchChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('no chromium')
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update']
  const graphics = ['--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-sync', ...quiet, ...graphics],
  })
}
