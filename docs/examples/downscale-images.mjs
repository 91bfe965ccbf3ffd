// CPU work of a web server, kept away from its event loop: pictures (raw RGBA bytes) are made smaller by worker processes.
// While they work, this process would go on answering requests.
import { Pool } from 'autopara'

/** Makes a picture smaller: each new pixel is the mean of factor × factor old ones. */
export function downscale({ width, height, pixels }, factor) {
  const small = { width: Math.floor(width / factor), height: Math.floor(height / factor) }
  small.pixels = new Uint8ClampedArray(4 * small.width * small.height)
  for (let y = 0, at = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let channel = 0; channel < 4; channel++, at++) {
        let sum = 0
        for (let dy = 0; dy < factor; dy++) {
          const row = (y * factor + dy) * width + x * factor
          for (let dx = 0; dx < factor; dx++) sum += pixels[4 * (row + dx) + channel]
        }
        small.pixels[at] = sum / factor ** 2
      }
    }
  }
  return small
}

/** A stand-in for an upload: a grey ramp from left to right. */
function upload(width, height) {
  const pixels = new Uint8ClampedArray(4 * width * height)
  for (let i = 0; i < pixels.length; i++) pixels[i] = i % 4 === 3 ? 255 : (256 * ((i >> 2) % width)) / width
  return { width, height, pixels }
}

const pool = new Pool(2)
const requests = [upload(1024, 768), upload(512, 512), upload(1280, 64)]
const thumbnails = await Promise.all(requests.map((picture) => pool.apply(downscale, [picture, 8])))
for (const { width, height, pixels } of thumbnails) console.log(`${width} × ${height}, first grey ${pixels[0]}`)
pool.close()
await pool.join()
