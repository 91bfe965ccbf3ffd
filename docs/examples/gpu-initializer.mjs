// An initializer of one's own: one GPU per worker. CUDA reads the variable when it is loaded, so it is set before the start.
import { currentWorker } from 'autopara'

export function spawn(worker, gpus) {
  return { env: { CUDA_VISIBLE_DEVICES: String(gpus[worker.id % gpus.length]) } }
}

export default function useGpu(gpus) {
  if (!gpus.includes(Number(process.env.CUDA_VISIBLE_DEVICES)) && currentWorker()?.context !== 'serial') {
    throw new Error('no GPU was assigned to this worker')
  }
}

export function finalize() {
  // Here the library would be asked to let go of the device.
}
