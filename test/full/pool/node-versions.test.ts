import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { examples } from '../../examples/example-output.js'
import { permissionFlags } from '../../permission-flags.js'
import { runScript } from '../../run-script.js'
import { useScratchFolders } from '../../scratch-folder.js'
import { nodeBinary } from '../node-binary.js'

const scratch = useScratchFolders()

for (const version of [20, 22, 24]) {
  const node = nodeBinary(String(version))
  const run = (script: string, options = {}) => runScript(script, { node: node ?? '', ...options })

  describe.skipIf(node === null)(`under Node ${version}`, () => {
    it.each(['fork', 'cluster', 'thread', 'serial'])('operation and loop in one script: %s', async (context) => {
      expect(await run('simplest.mjs', { args: [context] })).toEqual({ code: 0, stderr: '', stdout: '[2,5,10]\n' })
    })

    it.each([
      ['launcher.mjs', '[2,5,10]\n'],
      ['main-function.mjs', '[2,4,6]\n'],
      ['kinds.mjs', '2\n3\n4\n5\n{"x":1}\n7\n5\n6\n0 4\n'],
      ['late.mjs', 'ReferenceError true\nBootstrapError LATE true\n'],
      ['nested.mjs', '[[2,3],[4]]\n'],
      ['common.cjs', '[3,6,9]\n'],
      ['uses-module-pool.mjs', '[[2,3],0]\n[[true,[2,3]],1]\n'],
      ['waiting.mjs', 'BootstrapError lookUp\n'],
    ])('%s', async (script, expected) => {
      const { stdout, code } = await run(script)
      expect({ stdout, code }).toEqual({ stdout: expected, code: 0 })
    })

    it('TypeScript under tsx', async () => {
      expect((await run('typed.mts', { flags: ['--import', 'tsx'] })).stdout).toBe('[1,4]\n')
    })

    it.skipIf(version < 22)('TypeScript natively', async () => {
      const { stdout, code } = await run('typed.mts')
      expect({ stdout, code }).toEqual({ stdout: '[1,4]\n', code: 0 })
    })

    it.skipIf(version < 22)(
      'an operation over files in TypeScript natively: docs/examples/typescript-op.ts',
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'autopara-typescript-'))
        try {
          const args = [join(examples, 'rattled-fcc.xyz'), join(folder, 'dense.xyz')]
          const { stdout, code } = await run(join(examples, 'typescript-op.ts'), { args })
          expect({ stdout, code }).toEqual({ stdout: '152 configurations with at most 12 Å³ an atom\n', code: 0 })
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      },
    )

    it.each(['fork', 'cluster', 'thread'])('the permission model holds workers, too (%s)', async (context) => {
      const folder = scratch()
      mkdirSync(join(folder, 'allowed'))
      const flags = permissionFlags(String(version), join(folder, 'allowed'))
      const restricted = fileURLToPath(new URL('../../fixtures/reliability/restricted.mjs', import.meta.url))
      const args = [context, join(folder, 'allowed', 'x'), join(folder, 'forbidden')]
      expect((await run('simplest.mjs', { flags })).stdout).toBe('[2,5,10]\n')
      expect((await run(restricted, { flags, args })).stdout).toBe('["written","ERR_ACCESS_DENIED"]\n')
    })
  })
}
