import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bulk, type CalculateOptions, ConfigSetIn, ConfigSetOut, calculate } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

describe('calculate', () => {
  const scratch = useScratchFolders()

  it.each<[Partial<CalculateOptions>, RegExp]>([
    [{ properties: ['energie'] }, /`properties` must be among what EMT gives \(energy, .*stress\), got "energie"/],
    [{ properties: ['energy', 'stresses'] }, /`properties` must be among what EMT gives .*, got "stresses"/],
    [{ outputPrefix: '' }, /`outputPrefix` must be a string that is not empty/],
    [{ calculator: ['EMT', [{ asapCutof: true }]] }, /did you mean `asapCutoff`/],
  ])('refuses %o before anything runs or is written', async (options, message) => {
    const output = join(scratch(), 'out.xyz')
    const inputs = new ConfigSetIn({ inputConfigs: [bulk('Cu')] })
    const outputs = new ConfigSetOut({ outputFiles: output })
    const done = calculate(inputs, outputs, { calculator: 'EMT', ...options }, { npool: 0, progress: false })
    await expect(done).rejects.toThrow(message)
    expect(existsSync(output)).toBe(false)
  })
})
