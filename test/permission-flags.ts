/** Flags of Node's permission model that allow a pool, and writing in one folder. */
export function permissionFlags(nodeVersion: string, writable: string): string[] {
  return [
    Number.parseInt(nodeVersion, 10) < 22 ? '--experimental-permission' : '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${writable}/*`,
    '--allow-child-process',
    '--allow-worker',
    '--no-warnings',
  ]
}
