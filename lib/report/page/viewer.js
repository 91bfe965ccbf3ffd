// A configuration or a trajectory in three dimensions, with a slider over its frames.
import { onThemeChange, theme } from './charts.js'
import { element, section } from './elements.js'

/** @import { View, ViewFrame } from '../report-data.js' */

/** Above so many atoms, bonds are not looked for. */
const BONDED = 2000

/** @param {readonly View[]} views */
export function viewerSection(views) {
  const host = element('div', { class: 'viewer', id: 'viewer' })
  const which = element('select', { id: 'view', 'aria-label': 'What is shown' })
  which.append(...views.map(({ name }, k) => element('option', { value: String(k) }, name)))
  const slider = element('input', { type: 'range', id: 'frame', min: '0', value: '0', 'aria-label': 'Frame' })
  const play = element('button', { type: 'button', id: 'play' }, 'Play')
  const label = element('output', { id: 'frame-label', for: 'frame' })
  const controls = element('div', { class: 'controls' }, which, play, slider, label)
  const part = section('In three dimensions', 'Drag to turn, scroll to zoom.', controls, host)
  // Made when it comes near to the window: without a graphics card the first picture takes seconds.
  const watcher = new IntersectionObserver(
    ([entry]) => {
      if (!entry?.isIntersecting) return
      watcher.disconnect()
      try {
        show(views, { host, which, slider, play, label })
      } catch (error) {
        host.replaceChildren(element('p', { class: 'explanation' }, `This browser shows no WebGL here: ${error}`))
      }
    },
    { rootMargin: '200px' },
  )
  watcher.observe(host)
  return part
}

/**
 * @param {readonly View[]} views
 * @param {{ host: HTMLElement, which: HTMLSelectElement, slider: HTMLInputElement, play: HTMLButtonElement, label: HTMLOutputElement }} parts
 */
function show(views, { host, which, slider, play, label }) {
  const viewer = $3Dmol.createViewer(host, { backgroundColor: theme().surface, antialias: true })
  const frames = () => views[Number(which.value)]?.frames ?? []
  const draw = (/** @type {boolean} */ zoom) => {
    const frame = frames()[Number(slider.value)]
    if (!frame) return
    drawFrame(viewer, frame, theme().faint)
    if (zoom) {
      viewer.setView([0, 0, 0, 0, 0, 0, 0, 1])
      viewer.rotate(20, 'y')
      viewer.rotate(15, 'x')
      viewer.zoomTo()
      // It fits the atoms into a square; the cell is larger, and the place is wide, or narrow on a telephone.
      viewer.zoom(Math.min(1.3, host.clientWidth / host.clientHeight))
    }
    viewer.render()
    label.textContent = `${frame.label} · ${frame.symbols.length} atoms · ${Number(slider.value) + 1} of ${frames().length}`
  }
  const choose = () => {
    slider.max = String(frames().length - 1)
    slider.value = '0'
    slider.disabled = play.disabled = frames().length < 2
    draw(true)
  }
  which.addEventListener('change', choose)
  slider.addEventListener('input', () => draw(false))
  play.addEventListener(
    'click',
    player(play, slider, () => draw(false)),
  )
  onThemeChange(() => {
    viewer.setBackgroundColor(theme().surface)
    draw(false)
  })
  new ResizeObserver(() => viewer.resize()).observe(host)
  choose()
}

/**
 * Starts and stops the film.
 * @param {HTMLButtonElement} play
 * @param {HTMLInputElement} slider
 * @param {() => void} draw
 */
function player(play, slider, draw) {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer
  return () => {
    if (timer === undefined) {
      timer = setInterval(() => {
        slider.value = String((Number(slider.value) + 1) % (Number(slider.max) + 1))
        draw()
      }, 120)
    } else {
      clearInterval(timer)
      timer = undefined
    }
    play.textContent = timer === undefined ? 'Play' : 'Stop'
  }
}

/**
 * @param {Viewer3D} viewer
 * @param {ViewFrame} frame
 * @param {string} cellColor
 */
function drawFrame(viewer, { symbols, positions, cell }, cellColor) {
  viewer.removeAllModels()
  viewer.removeAllShapes()
  const lines = symbols.map((symbol, i) => `${symbol} ${positions.slice(3 * i, 3 * i + 3).join(' ')}`)
  const model = viewer.addModel(`${symbols.length}\n\n${lines.join('\n')}\n`, 'xyz', {
    assignBonds: symbols.length <= BONDED,
  })
  const bonds = model.selectedAtoms({}).reduce((sum, atom) => sum + atom.bonds.length, 0)
  // In a metal all neighbours are near enough to be bonded: sticks would hide the atoms.
  const bonded = bonds > 0 && bonds <= 5 * symbols.length
  const colorscheme = 'Jmol'
  viewer.setStyle(
    {},
    bonded
      ? { sphere: { scale: 0.28, colorscheme }, stick: { radius: 0.11, colorscheme } }
      : { sphere: { scale: 0.55, colorscheme } },
  )
  for (const [start, end] of cell ? edgesOf(cell) : []) viewer.addLine({ start, end, color: cellColor })
}

/**
 * The twelve edges of a cell.
 * @param {readonly number[]} cell
 */
function edgesOf(cell) {
  const corner = (/** @type {number} */ k) => {
    const [a, b, c] = [k & 1, (k >> 1) & 1, (k >> 2) & 1]
    const at = (/** @type {number} */ d) => a * (cell[d] ?? 0) + b * (cell[3 + d] ?? 0) + c * (cell[6 + d] ?? 0)
    return { x: at(0), y: at(1), z: at(2) }
  }
  const pairs = [1, 2, 4].flatMap((bit) => [0, 1, 2, 3, 4, 5, 6, 7].filter((k) => !(k & bit)).map((k) => [k, k | bit]))
  return pairs.map(([from = 0, to = 0]) => [corner(from), corner(to)])
}
