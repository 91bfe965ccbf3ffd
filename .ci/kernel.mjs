// Compiles the AssemblyScript of `lib/extxyz/kernel` into WebAssembly, as a module of TypeScript that holds the bytes: nothing has
// to be found and read when the package is loaded, bundled or not. What is up to date stays.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

const folder = 'lib/extxyz/kernel'
const output = `${folder}/code.ts`
/** The memory that `layout.ts` divides, in parts of 64 KiB. */
const pages = '16'
// Every call is checked by its caller, and nothing is allocated.
const options = [
  '-O3',
  '--converge',
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--noAssert',
  '--initialMemory',
  pages,
  '--maximumMemory',
  pages,
]

/** Writes `lib/extxyz/kernel/code.ts`, in the working folder. Throws what the compiler says. */
export async function compileKernel() {
  const stamp = stampOf(options)
  if (existsSync(output) && readFileSync(output, 'utf8').includes(stamp)) return
  let code
  const { error, stderr } = await asc.main([`${folder}/index.ts`, '--outFile', 'kernel.wasm', ...options], {
    writeFile: (_, bytes) => {
      code = bytes
    },
  })
  if (error || !code) throw new Error(`the kernel can't be compiled: ${error?.message}\n${stderr}`)
  writeFileSync(
    output,
    `/**\n * The kernel's WebAssembly as base64, made by \`npm run build\`.\n *\n * ${stamp}\n */\nexport const code: string = '${Buffer.from(code).toString('base64')}'\n`,
  )
}

/** What the code is made of. */
function stampOf(options) {
  const hash = createHash('sha256').update(options.join(' '))
  const { version } = JSON.parse(readFileSync('node_modules/assemblyscript/package.json', 'utf8'))
  hash.update(version)
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.ts') && name !== 'code.ts') hash.update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}
