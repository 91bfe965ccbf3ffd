// What the page's scripts use of the packages that stand before them in the page.

/** A chart of echarts. */
interface EChart {
  setOption(option: object, replace: boolean): void
  resize(): void
}

declare const echarts: { init(host: HTMLElement): EChart }

/** What echarts tells of a place in a chart. */
interface ChartPoint {
  name: string
  seriesName: string
  dataIndex: number
  value: (number | string | null)[]
}

/** A viewer of 3Dmol. */
interface Viewer3D {
  addModel(text: string, format: string, options: object): { selectedAtoms(selection: object): { bonds: number[] }[] }
  addLine(line: object): void
  removeAllModels(): void
  removeAllShapes(): void
  setStyle(selection: object, style: object): void
  setBackgroundColor(color: string): void
  zoomTo(): void
  zoom(factor: number): void
  rotate(degrees: number, axis: string): void
  setView(view: number[]): void
  resize(): void
  render(): void
}

declare const $3Dmol: { createViewer(host: HTMLElement, options: object): Viewer3D }
