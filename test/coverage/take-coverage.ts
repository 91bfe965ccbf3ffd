/** Writes what this process of vitest's has covered: it may be ended before it would write it itself. */
import { takeCoverage } from 'node:v8'
import { afterAll } from 'vitest'

afterAll(() => takeCoverage())
