import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputFileError } from '../../lib/configset/input-file-error.js'
import { resolveInputFiles } from '../../lib/configset/input-files.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

function folderWith(...names: string[]): string {
  const folder = scratch()
  for (const name of names) writeFileSync(join(folder, name), '')
  return folder
}

describe('resolveInputFiles', () => {
  it('sorts the matches of a glob and keeps the order of the globs', () => {
    const root = folderWith('b2.xyz', 'b1.xyz', 'a.xyz')
    const files = resolveInputFiles(['b*.xyz', 'a.xyz'], root, ':')
    expect(files.map(({ path }) => path)).toEqual(['b1.xyz', 'b2.xyz', 'a.xyz'].map((name) => join(root, name)))
  })

  it('gives a file its own index, or the default one', () => {
    const root = folderWith('a.xyz', 'b.xyz')
    expect(resolveInputFiles([['a.xyz', '-1'], 'b.xyz'], root, '::2').map(({ index }) => index)).toEqual(['-1', '::2'])
  })

  it('takes a name with glob characters as it is when such a file exists', () => {
    const root = folderWith('a[1].xyz', 'a1.xyz')
    expect(resolveInputFiles('a[1].xyz', root, ':').map(({ path }) => path)).toEqual([join(root, 'a[1].xyz')])
  })

  it('lets an absolute path win over the file root', () => {
    const root = folderWith('a.xyz')
    expect(resolveInputFiles(join(root, 'a.xyz'), '/nowhere', ':')).toHaveLength(1)
  })

  it.each(['run[1]', 'run (2)', 'run{a,b}', '!run*', '(run)'])(
    'takes the file root %s as it is, also with a glob',
    (name) => {
      const folder = scratch()
      for (const each of [name, 'run1', 'runa', 'run']) mkdirSync(join(folder, each))
      for (const file of [join(name, 'mine2.xyz'), join(name, 'mine1.xyz'), 'run1/other.xyz', 'runa/other.xyz'])
        writeFileSync(join(folder, file), '')
      const mine = ['mine1.xyz', 'mine2.xyz']
      const root = join(folder, name)
      const files = (glob: string, from: string) => resolveInputFiles(glob, from, ':').map(({ path }) => path)
      for (const from of [root, relative(process.cwd(), root)]) {
        expect(files('*.xyz', from)).toEqual(mine.map((file) => join(from, file)))
        expect(files('../run1/*.xyz', from)).toEqual([join(from, '../run1/other.xyz')])
        expect(() => files('none.xyz', from)).toThrow(/there is no file .*none\.xyz/)
        expect(() => files('*.cif', from)).toThrow(/no file matches .*\*\.cif/)
      }
    },
  )

  it('keeps duplicates', () => {
    const root = folderWith('a.xyz')
    expect(resolveInputFiles(['a.xyz', 'a.xyz'], root, ':')).toHaveLength(2)
  })

  it.each([
    ['a missing file', 'missing.xyz', /there is no file .*missing\.xyz/],
    ['a glob without a match', '*.cif', /no file matches .*\*\.cif/],
  ])('refuses %s with its name', (_, name, message) => {
    const root = folderWith('a.xyz')
    expect(() => resolveInputFiles(name, root, ':')).toThrow(InputFileError)
    expect(() => resolveInputFiles(name, root, ':')).toThrow(message)
  })

  it('refuses one glob of several that matches nothing', () => {
    expect(() => resolveInputFiles(['a.xyz', '1:'], folderWith('a.xyz'), ':')).toThrow(/1:/)
  })

  it('refuses a folder', () => {
    const root = scratch()
    mkdirSync(join(root, 'sub'))
    expect(() => resolveInputFiles('sub', root, ':')).toThrow(/is a folder/)
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(() => resolveInputFiles('pipe', root, ':')).toThrow(/is a pipe.*read it as -, standard input/)
  })

  it.each([[[3]], [[['a.xyz', 1]]], [{}]])('refuses %j, which is no list of names', (option) => {
    expect(() => resolveInputFiles(option as never, folderWith('a.xyz'), ':')).toThrow(TypeError)
  })
})
