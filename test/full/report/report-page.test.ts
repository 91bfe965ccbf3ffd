import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  Atoms,
  bulk,
  ConfigSetIn,
  ConfigSetOut,
  calculate,
  EMT,
  iterableLoop,
  md,
  minim,
  molecule,
  task,
} from 'autopara'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from './chromium.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-report-'))
const page = (name: string) => join(folder, `${name}.html`)
const EVIL = `</script><img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`

/** Cubic copper, each one atom pushed a little further. */
function coppers(count: number): Atoms[] {
  return Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu', { cubic: true })
    atoms.positions[0] = 0.03 * number
    return atoms
  })
}

async function makeReports(): Promise<void> {
  const set = (configs: Atoms[]) => new ConfigSetIn({ inputConfigs: configs })
  const calculator = [EMT, []] as const
  const auto = (name: string) => ({ npool: 2, seed: 1, report: page(name) })
  const beyond = new Atoms({ symbols: 'W', positions: [[0, 0, 0]] })
  await calculate(set([...coppers(40), beyond]), new ConfigSetOut(), { calculator }, auto('calculate'))
  const heat = { temperature: 300, temperatureTau: 20 }
  await md(set(coppers(3)), new ConfigSetOut(), { calculator, steps: 30, dt: 2, ...heat }, auto('md'))
  await minim(set(coppers(4)), new ConfigSetOut(), { calculator, fmax: 0.01 }, auto('minim'))
  writeFileSync(join(folder, 'ops.mjs'), `export const fail = () => { throw new Error(${JSON.stringify(EVIL)}) }\n`)
  const evil = molecule('H2O')
  evil.info[`${EVIL}_energy`] = 1
  await iterableLoop({
    iterable: set([evil]),
    configsetOut: new ConfigSetOut(),
    op: task(pathToFileURL(join(folder, 'ops.mjs')), 'fail'),
    args: [EVIL],
    onError: 'keep',
    report: page('evil'),
  })
}

/** A page that was opened, and what it did that it shouldn't. */
interface Opened {
  readonly page: Page
  readonly faults: string[]
}

let browser: Browser | undefined

async function open(name: string, options: { colorScheme?: 'dark'; width?: number } = {}): Promise<Opened> {
  const { width = 1100, ...rest } = options
  const opened = await (browser as Browser).newPage({ ...rest, viewport: { width, height: 900 } })
  const faults: string[] = []
  const address = pathToFileURL(page(name)).href
  opened.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  opened.on('pageerror', (error) => faults.push(String(error)))
  opened.on('dialog', (dialog) => faults.push(`dialog ${dialog.message()}`))
  opened.on('request', (request) => {
    const url = request.url()
    if (url !== address && !/^(?:data|blob):/.test(url)) faults.push(`request of ${url}`)
  })
  await opened.goto(address)
  await opened.locator('#throughput canvas').waitFor()
  return { page: opened, faults }
}

/** Scrolls to the viewer, which is made then. */
async function showViewer(opened: Page): Promise<void> {
  await opened.locator('#viewer').scrollIntoViewIfNeeded()
  await opened.locator('#frame-label').filter({ hasText: 'atoms' }).waitFor()
}

/** The text of the tooltip of a chart, with the mouse at a share of its width. */
async function tooltipOf(opened: Page, chart: string, at: number): Promise<string> {
  const host = opened.locator(chart)
  await host.scrollIntoViewIfNeeded()
  const box = await host.boundingBox()
  if (!box) throw new Error(`${chart} is not on the page`)
  await opened.mouse.move(box.x + at * box.width, box.y + 0.5 * box.height)
  const tip = host.locator(':scope > div:not(:has(canvas))')
  await tip.filter({ hasText: /./ }).waitFor()
  return tip.innerText()
}

describe.skipIf(chromiumPath === null)('a report in Chromium', () => {
  beforeAll(async () => {
    browser = await launchChromium()
    await makeReports()
  })
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ['calculate', ['#throughput', '#timeline', '#lost-time', '#times', '#energies', '#forces']],
    ['md', ['#throughput', '#timeline', '#energies', '#forces', '#temperature', '#total-energy']],
    ['minim', ['#throughput', '#timeline', '#energies', '#longest-force', '#energy-above-last', '#steps']],
  ])('%s draws its charts without an error or a request', async (name, charts) => {
    // Every page as it is, and one of them also in the dark and on a telephone.
    const more = name === 'minim' ? [{ colorScheme: 'dark' as const, width: 400 }] : []
    for (const options of [{}, ...more]) {
      const { page: opened, faults } = await open(name, options)
      for (const chart of charts) expect(await opened.locator(`${chart} canvas`).count()).toBe(1)
      await showViewer(opened)
      expect(await opened.locator('#viewer canvas').count()).toBeGreaterThan(0)
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await opened.evaluate(overflow)).toBe(0)
      expect(faults).toEqual([])
    }
  })

  it('says what ran, what failed and how much', async () => {
    const { page: opened } = await open('calculate')
    const text = await opened.locator('main').innerText()
    expect(text).toMatch(/^calculate\n/)
    expect(text).toMatch(/41\s+items/)
    expect(text).toMatch(/1 configuration failed/)
    expect(text).toMatch(/seed\s+1\s/)
    expect(text).toMatch(/EMT_energy\s+40\s/)
  })

  it('shows tooltips', async () => {
    const { page: opened, faults } = await open('calculate')
    expect(await tooltipOf(opened, '#times', 0.5)).toMatch(/s to .*s\n\d+ configurations/)
    expect(await tooltipOf(opened, '#throughput', 0.7)).toMatch(/ a second$/)
    expect(await tooltipOf(opened, '#lost-time', 0.3)).toMatch(/computing: [\d.]+ %/)
    expect(await tooltipOf(opened, '#energies', 0.5)).toMatch(/ eV\noutput: EMT_energy: \d+/)
    expect(faults).toEqual([])
  })

  it('moves through a trajectory with the slider, and to another one', async () => {
    const { page: opened, faults } = await open('md')
    await showViewer(opened)
    const viewer = opened.locator('#viewer')
    const label = opened.locator('#frame-label')
    const picture = async () => (await viewer.screenshot()).toString('base64')
    expect(await label.innerText()).toBe('frame 0 · 4 atoms · 1 of 31')
    const first = await picture()
    await opened.locator('#frame').press('End')
    await label.filter({ hasText: '31 of 31' }).waitFor()
    expect(await label.innerText()).toBe('frame 30 · 4 atoms · 31 of 31')
    expect(await picture()).not.toBe(first)
    await opened.locator('#view').selectOption({ label: 'frames 31 to 61' })
    await label.filter({ hasText: 'frame 31 ' }).waitFor()
    await opened.locator('#play').click()
    await label.filter({ hasText: '3 of 31' }).waitFor()
    await opened.locator('#play').click()
    expect(await opened.locator('#play').innerText()).toBe('Play')
    expect(faults).toEqual([])
  })

  it('follows the colour scheme while it is open', async () => {
    const { page: opened } = await open('minim')
    await showViewer(opened)
    const colors = async () => ({
      background: await opened.evaluate('getComputedStyle(document.body).backgroundColor'),
      chart: (await opened.locator('#throughput').screenshot()).toString('base64'),
      viewer: (await opened.locator('#viewer').screenshot()).toString('base64'),
    })
    const light = await colors()
    await opened.emulateMedia({ colorScheme: 'dark' })
    const dark = await colors()
    expect(dark.background).not.toBe(light.background)
    expect(dark.chart).not.toBe(light.chart)
    expect(dark.viewer).not.toBe(light.viewer)
  })

  it('shows markup in names, arguments and messages as text', async () => {
    const { page: opened, faults } = await open('evil')
    expect(await opened.title()).toBe('fail – autopara report')
    expect(await opened.locator('main img').count()).toBe(0)
    expect(await opened.locator('script').count()).toBe(4)
    const text = await opened.locator('main').innerText()
    for (const place of [`input: ${EVIL}_energy`, `item\tplace\tmessage\n0\t/ 0\t${EVIL}`])
      expect(text).toContain(place)
    expect(await tooltipOf(opened, '#energies', 0.5)).toContain(EVIL)
    expect(await opened.title()).toBe('fail – autopara report')
    expect(faults).toEqual([])
  })
})
