/**
 * A report as one HTML file that needs nothing else.
 *
 *     data (JSON) ─┐
 *     echarts ─────┤
 *     3Dmol ───────┼─► one page; its Content-Security-Policy allows these scripts, by their digests, and no network
 *     page/*.js ───┘
 *
 * Names and messages from files reach the page only as JSON, with every `<` written as an escape, and are put on it as text.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { packageUrl } from '../base/package-url.js'
import { readDrawingPackages } from './drawing-packages.js'
import type { ReportData } from './report-data.js'

/** The page's own scripts, each behind those whose functions it uses. They are shipped as they are. */
const SCRIPTS = ['elements', 'charts', 'run-charts', 'configuration-charts', 'viewer', 'main'] as const

/** The page. */
export async function reportPage(data: ReportData): Promise<string> {
  const [{ echarts, viewer }, style, ...scripts] = await Promise.all([
    readDrawingPackages(),
    pageFile('style.css'),
    ...SCRIPTS.map((name) => pageFile(`${name}.js`)),
  ])
  const inline = [echarts, viewer, asOneScript(scripts)]
  const digests = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  const policy = `default-src 'none'; script-src ${digests.join(' ')}; style-src 'unsafe-inline'; img-src data: blob:`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>autopara report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="page"></main>
<noscript>This report draws itself with scripts that it holds; they are turned off here.</noscript>
<script type="application/json" id="data">${jsonForScript(data)}</script>
${inline.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`
}

/** JSON that can stand in a script element: nothing in it ends the element or begins a comment. */
export function jsonForScript(data: ReportData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

/** Modules that import only each other, by names that are theirs alone, as one script. */
function asOneScript(modules: readonly string[]): string {
  const bodies = modules.map((text) => text.replace(/^import .*$/gm, '').replace(/^export (?=function|const)/gm, ''))
  return `(() => {\n'use strict'\n${bodies.join('\n')}\n})()`
}

function pageFile(name: string): Promise<string> {
  return readFile(packageUrl(`../lib/report/page/${name}`), 'utf8')
}
