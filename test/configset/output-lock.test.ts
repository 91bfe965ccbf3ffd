import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockOutput, OutputLockedError } from '../../lib/configset/output-lock.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

/** The lock of a process of this machine. */
function ownerOf(pid: number | undefined): string {
  const [boot, stat] = ['/proc/sys/kernel/random/boot_id', `/proc/${pid}/stat`].map((file) =>
    existsSync(file) ? readFileSync(file, 'utf8').trim() : '',
  )
  return JSON.stringify({ host: hostname(), boot, pid, start: stat?.split(' ')[21] ?? '' })
}

describe('lockOutput', () => {
  it('refuses a second owner while the first lives, and frees the output after it', async () => {
    const path = join(scratch(), 'out.xyz')
    const unlock = await lockOutput(path)
    await expect(lockOutput(path)).rejects.toThrow(OutputLockedError)
    await expect(lockOutput(path)).rejects.toThrow(`process ${process.pid} on ${hostname()}`)
    await unlock()
    expect(existsSync(`${path}.lock`)).toBe(false)
    await (await lockOutput(path))()
  })

  it('writes a private file', async () => {
    const path = join(scratch(), 'out.xyz')
    const unlock = await lockOutput(path)
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o600)
    await unlock()
  })

  it('takes over the lock of a process that is dead', async () => {
    const path = join(scratch(), 'out.xyz')
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const unlock = await lockOutput(path)
    const owner = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as object
    await unlock()
    writeFileSync(`${path}.lock`, JSON.stringify({ ...owner, pid: child.pid }))
    await (await lockOutput(path))()
  })

  it('refuses a lock of another container on this machine, and says what to do', async () => {
    const path = join(scratch(), 'out.xyz')
    const owner = { ...JSON.parse(ownerOf(2 ** 22 + 1)), namespace: 'pid:[1]' } as object
    writeFileSync(`${path}.lock`, JSON.stringify(owner))
    await expect(lockOutput(path)).rejects.toThrow(`if that run is gone, remove ${path}.lock`)
  })

  it('says what it can not read or make, instead of waiting for it', async () => {
    const folder = scratch()
    const path = join(folder, 'out.xyz')
    mkdirSync(`${path}.lock`)
    await expect(lockOutput(path)).rejects.toThrow(`can't read the lock ${path}.lock`)
    const dangling = join(folder, 'dangling.xyz')
    symlinkSync(join(folder, 'nowhere', 'at-all'), `${dangling}.lock`)
    await expect(lockOutput(dangling)).rejects.toThrow(`can't take the lock ${dangling}.lock`)
    const long = join(folder, 'x'.repeat(252))
    await expect(lockOutput(long)).rejects.toThrow(`can't write ${long}.lock`)
  })

  it('takes over a lock that was cut off, also if it is from the future', async () => {
    const path = join(scratch(), 'out.xyz')
    writeFileSync(`${path}.lock`, '')
    const later = new Date(Date.now() + 3_600_000)
    utimesSync(`${path}.lock`, later, later)
    await (await lockOutput(path))()
  })

  it('waits a moment for an owner that is just ending', async () => {
    const path = join(scratch(), 'out.xyz')
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    writeFileSync(`${path}.lock`, ownerOf(child.pid))
    const locked = lockOutput(path)
    child.stdin.end()
    await (await locked)()
  })

  it.skipIf(process.platform !== 'linux')(
    'takes over the lock of a process that ended and was not waited for',
    async () => {
      const path = join(scratch(), 'out.xyz')
      const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
      const [pid] = (await once(parent.stdout, 'data')) as [Buffer]
      writeFileSync(`${path}.lock`, ownerOf(Number(pid)))
      await (await lockOutput(path))()
      parent.kill()
    },
  )

  it('takes over the lock of another boot, of a reused process id, and a cut-off one', async () => {
    const path = join(scratch(), 'out.xyz')
    const unlock = await lockOutput(path)
    const owner = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as object
    await unlock()
    for (const text of [
      JSON.stringify({ ...owner, boot: 'another' }),
      JSON.stringify({ ...owner, start: '1' }),
      '{"host":',
    ]) {
      writeFileSync(`${path}.lock`, text)
      await (await lockOutput(path))()
    }
  })

  it('respects the lock of another host, and says what to do', async () => {
    const path = join(scratch(), 'out.xyz')
    writeFileSync(`${path}.lock`, JSON.stringify({ host: 'elsewhere', boot: 'x', pid: 1, start: '1' }))
    await expect(lockOutput(path)).rejects.toThrow(/on elsewhere; if that run is gone, remove .*out\.xyz\.lock/)
  })

  it('lets one of many that come at once have it', async () => {
    const path = join(scratch(), 'out.xyz')
    writeFileSync(`${path}.lock`, '{}')
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockOutput(path)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
