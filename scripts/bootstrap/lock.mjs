import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say, Stop } from './say.mjs'

/** A first installation compiles SQLite, which takes minutes on a small machine. */
const patienceMs = 30 * 60_000
const lookAgainMs = 250

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (reason) {
    return reason.code === 'EPERM'
  }
}

/** Puts the lock in place with our number already inside, or leaves a lock that is there. */
function take(path) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, String(process.pid))
  try {
    linkSync(draft, path)
    return true
  } catch (reason) {
    if (reason.code === 'EEXIST') return false
    throw reason
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The process that holds the lock; undefined when it was released meanwhile. */
function holder(path) {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10)
  } catch {
    return undefined
  }
}

/** Removes the lock of a dead process, but not one that a third command has just put there. */
function removeLockOf(path, dead) {
  const aside = `${path}.${process.pid}.aside`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (holder(aside) === dead || existsSync(path)) rmSync(aside, { force: true })
  else renameSync(aside, path)
}

/**
 * Runs `work` while no other command of this clone runs its own under the same lock. A lock whose
 * process has died is taken over.
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true })
  const giveUpAt = Date.now() + patienceMs
  let told = false
  while (!take(path)) {
    const pid = holder(path)
    if (pid === undefined) continue
    if (!alive(pid)) {
      removeLockOf(path, pid)
      continue
    }
    if (Date.now() > giveUpAt) throw new Stop(`another command holds ${path}; remove it by hand.`)
    if (!told) say(`another command (process ${pid}) prepares this clone; waiting for it.`)
    told = true
    await sleep(lookAgainMs)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}
