import { describe, expect, it } from 'vitest'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import type { Frame } from '../../lib/extxyz/frame.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'
import { asExpected, asGiven, cases } from './corpus.js'

function readAll(text: string): { frames: Frame[]; error: ExtxyzError | undefined } {
  try {
    return { frames: parseFrames(Buffer.from(text)), error: undefined }
  } catch (error) {
    if (!(error instanceof ExtxyzError)) throw error
    return { frames: error.frames, error }
  }
}

describe('the conformance corpus', () => {
  it('has its 300 cases', () => {
    expect(cases.length).toBe(300)
  })

  it.each(cases.map((one) => [one.id, one] as const))('%s', (_, { text, expect: { error, frames } }) => {
    const result = readAll(text)
    expect(result.frames.map(asExpected)).toEqual(frames.map(asGiven))
    expect(result.error !== undefined, result.error?.message).toBe(error === true)
  })
})
