/**
 * The packages that draw in the page, as text to be put into it: echarts (its build of the common charts) and 3Dmol.
 *
 * They are optional peers, because most users never make a report and together they take 85 MB of disk. Looked for beside
 * autopara, beside the program and in the current folder.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { currentProgram } from '../base/main-module.js'
import { ReportError } from './report-error.js'

const FILES = { echarts: 'echarts/dist/echarts.common.min.js', '3dmol': '3dmol/build/3Dmol-min.js' } as const

/** The packages' scripts. */
export interface DrawingPackages {
  readonly echarts: string
  readonly viewer: string
}

/** Reads them. @throws {ReportError} where they are not installed. */
export async function readDrawingPackages(): Promise<DrawingPackages> {
  const [echarts, viewer] = locateDrawingPackages()
  return { echarts: await readFile(echarts, 'utf8'), viewer: await readFile(viewer, 'utf8') }
}

/** Where they are. @throws {ReportError} where they are not installed. */
export function locateDrawingPackages(): [echarts: string, viewer: string] {
  const missing = Object.keys(FILES).filter((name) => locate(FILES[name as keyof typeof FILES]) === undefined)
  const [echarts, viewer] = [locate(FILES.echarts), locate(FILES['3dmol'])]
  if (echarts !== undefined && viewer !== undefined) return [echarts, viewer]
  throw new ReportError(
    `a report needs the package${missing.length > 1 ? 's' : ''} ${missing.join(' and ')}, which autopara does not install by itself: npm install echarts@6 3dmol@2`,
  )
}

function locate(file: string): string | undefined {
  const { mainUrl } = currentProgram()
  const places = [import.meta.url, mainUrl, join(process.cwd(), 'x.js')]
  for (const place of places) {
    try {
      if (place !== null) return createRequire(place).resolve(file)
    } catch {
      // Not from here.
    }
  }
  return undefined
}
