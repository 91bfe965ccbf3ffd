// What should run once, and not in each worker that loads this module for its function, can be guarded.
import { isMainProcess, Pool } from 'autopara'

export const cube = (x) => x ** 3

if (isMainProcess()) {
  console.log('this line is printed once')
  const pool = new Pool(2)
  console.log(await pool.map(cube, [1, 2, 3]))
  await pool.terminate()
}
