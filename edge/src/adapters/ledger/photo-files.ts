import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import type { Photos } from '../../ports/photos.ts'
import { LedgerFailure, ledgerFault } from '../../ports/ledger-failure.ts'

export type PhotoFiles = {
  readonly folder: string
  /** All photos together, in bytes; past it none is taken (`photos_full`). */
  readonly mostBytes: number
  /** False when the disk's reserve is gone: the ledger needs the rest (P02). */
  readonly reserveFree: () => boolean
}

/**
 * A folder beside the ledger. The file is written under a passing name, forced to the disk, renamed,
 * and the folder forced: a power cut leaves either the whole photo or a rest that the next start
 * removes. One at a time, so that two cannot pass the bound together.
 */
export async function openPhotoFiles({
  folder,
  mostBytes,
  reserveFree,
}: PhotoFiles): Promise<Photos> {
  await mkdir(folder, { recursive: true })
  let usedBytes = await tidied(folder)
  let before: Promise<unknown> = Promise.resolve()

  async function keep(jpeg: Uint8Array): ReturnType<Photos['keep']> {
    const sha256 = createHash('sha256').update(jpeg).digest('hex')
    const path = join(folder, `${sha256}.jpg`)
    if (await exists(path)) return ok(sha256)
    if (!reserveFree()) return err(refusal('disk_reserve'))
    if (usedBytes + jpeg.length > mostBytes) return err(refusal('photos_full'))
    await durably(path, jpeg).catch((error: unknown) => {
      throw new LedgerFailure(ledgerFault('ledger_failed', `photo not kept: ${String(error)}`))
    })
    usedBytes += jpeg.length
    return ok(sha256)
  }

  return {
    keep(jpeg) {
      const kept = before.then(() => keep(jpeg))
      before = kept.catch(() => undefined)
      return kept
    },
  }
}

const passing = '.part'

/** Removes what a power cut left unfinished; the bytes of the rest. */
async function tidied(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (name.endsWith(passing)) await rm(path, { force: true })
    else bytes += (await stat(path)).size
  }
  return bytes
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function durably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path + passing, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(path + passing, path)
  const folder = await open(join(path, '..'), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
