/**
 * Sees to it that no worker outlives this process, however it ends and whatever the worker does.
 *
 * A worker that is idle or waits sees the end of its pipe and goes. One in a busy loop sees nothing: for it there is one small
 * shell per program, which holds a pipe from here; when that ends, it kills what is left of the workers that it was told of.
 * So it does in a worker, or here, for the programs that calculators run: of them the whole process group ends.
 * (A watchdog thread in each worker costs 33 ms and 13 MB; the kernel's parent-death signal is Linux only.) The process's
 * start time guards against a pid that was given to another program. On Windows the system's job object does all this.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** What it is told of and still lives a second after the program's end is killed; a number below 0 is a process group. */
const SCRIPT = `
trap '' INT TERM HUP QUIT
start_of() {
  read -r stat 2>/dev/null < /proc/\${1#-}/stat || { echo -; return; }
  set -- \${stat##*) }
  echo \${20}
}
known=' '
while read -r what pid; do
  case $what in
    +) known="$known$pid:$(start_of $pid) " ;;
    -) for one in $known; do case $one in $pid:*) known="\${known%% $one *} \${known#* $one }" ;; esac; done ;;
  esac
done
for round in 1 2 3 4 5 kill; do
  left=''
  for one in $known; do
    pid=\${one%:*}
    if kill -0 $pid 2>/dev/null && [ "$(start_of $pid)" = "\${one#*:}" ]; then left="$left $pid"; fi
  done
  [ -z "$left" ] && exit 0
  if [ $round = kill ]; then kill -9 $left; else sleep 0.2 2>/dev/null || sleep 1; fi
done
`

const watched = new Set<number>()
let guardian: ChildProcess | undefined
let starting = false

/** From now on the process `pid` ends with this one. */
export function guard(pid: number): void {
  if (pid > 0) watch(pid)
}

/** Has the guardian there before a group starts, so that there is no moment in which nobody would end it. */
export function callGuardian(): void {
  if (process.platform !== 'win32' && !guardian) start()
}

/** From now on the process group that `leader` leads ends with this process. */
export function guardGroup(leader: number): void {
  // As for kill, which takes -1 for all processes that there are.
  if (leader > 1) watch(-leader)
}

/** The worker is gone, and its pid anybody's. */
export function release(pid: number): void {
  if (watched.delete(pid) && guardian) tell(`- ${pid}`)
}

/** The group's leader is gone. */
export function releaseGroup(leader: number): void {
  release(-leader)
}

function watch(pid: number): void {
  if (process.platform === 'win32') return
  watched.add(pid)
  if (guardian) tell(`+ ${pid}`)
  else if (!starting) {
    starting = true
    // The workers come first: their start is what somebody waits for.
    setImmediate(startForWatched)
  }
}

function startForWatched(): void {
  starting = false
  if (watched.size > 0 && !guardian) start()
}

function start(): void {
  // In a session of its own, so that what is typed at the terminal does not reach it.
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'autopara-guardian'], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell, or when it was killed, workers in a busy loop are on their own.
  child.on('error', forget)
  child.on('exit', forget)
  child.stdin.on('error', forget)
  child.unref()
  ;(child.stdin as unknown as Socket).unref()
  guardian = child
  for (const pid of watched) tell(`+ ${pid}`)
}

function tell(line: string): void {
  guardian?.stdin?.write(`${line}\n`)
}

function forget(): void {
  guardian = undefined
}
