// Draws with echarts, which can write SVG without a browser.
import * as echarts from 'echarts'

/** Workers that one parent feeds over the time of a task, both logarithmic, as SVG text. */
export function plotWorkersFed(times, { fork, mpi }) {
  const line = (name, { workers }) => ({
    name,
    type: 'line',
    symbolSize: 5,
    data: times.map((time, i) => [time, Math.max(1, workers[i])]),
  })
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 440 })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: {
      text: 'Workers that one parent keeps busy for 90 % of their time',
      left: 'center',
      textStyle: { fontSize: 15 },
    },
    legend: { bottom: 0 },
    grid: { left: 70, right: 30, top: 45, bottom: 80 },
    xAxis: { type: 'log', name: 'time of a chunk, ms', nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'log', name: 'workers', nameLocation: 'middle', nameGap: 45, min: 1 },
    series: [
      ...fork.map((curve) => line(`fork, ${curve.bytes / 1000} KB each way`, curve)),
      ...mpi.map((curve) => line('MPI, small chunks', curve)),
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return `${svg}\n`
}
