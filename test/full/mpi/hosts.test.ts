import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'
import { describeMpi, expectSuccess, fixture, jsonLines, mpirun } from './launch.js'
import { noNamespaces, TwoHosts } from './two-hosts.js'

const example = fileURLToPath(new URL('../../../docs/examples/rattled-fcc.xyz', import.meta.url))
const reason = noNamespaces()
if (reason !== undefined) console.warn(`skipped: two hosts: ${reason}`)

describeMpi('two hosts', (launcher) => {
  const scratch = useScratchFolders()
  let hosts: TwoHosts | undefined
  afterEach(() => {
    hosts?.remove()
    hosts = undefined
  })

  it.skipIf(reason).each([
    ['that see the same file', false],
    ['of which one does not see the file: it gets the bytes', true],
  ])('%s', async (_title, apart) => {
    const folder = scratch()
    const [own, shared] = [join(folder, 'own'), join(folder, 'shared')]
    mkdirSync(own)
    mkdirSync(shared)
    const input = join(apart ? own : shared, 'in.xyz')
    copyFileSync(example, input)
    hosts = new TwoHosts(folder, own)
    const command = ['node', fixture('files.mjs'), input, join(folder, 'out.xyz')]
    const job = await mpirun(launcher, 3, command, {
      before: hosts.before,
      options: hosts.options(launcher, 2),
      cwd: folder,
    })
    expectSuccess(job)
    const [ran = {}] = jsonLines<Record<string, number>>(job)
    expect(Object.keys(ran).sort()).toEqual(['1 hostb', '2 hostb'])
    expect(Object.values(ran).reduce((a, b) => a + b, 0)).toBe(500)
  })
})
