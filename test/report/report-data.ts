import { readFileSync } from 'node:fs'
import type { ReportData } from '../../build/lib/report/report-data.js'

/** What a report page was told. */
export function reportData(path: string): ReportData {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, 'utf8')) ?? []
  return JSON.parse(json) as ReportData
}
