import {
  operatorMe,
  syncConflicts,
  syncStations,
  type OperatorMe,
  type SyncConflicts,
  type SyncStations,
} from '@baari/shared/contracts/http/sync-api'
import { problem } from '@baari/shared/contracts/http/problem'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { z } from 'zod'

/** The code of a problem, for the words of this page. */
export type Answer<T> = Promise<Result<T, string>>

const deadlineMs = 15_000

async function ask(path: string, init: RequestInit): Promise<Result<Response, string>> {
  try {
    const signal = init.signal ?? AbortSignal.timeout(deadlineMs)
    const response = await fetch(path, { ...init, signal, credentials: 'same-origin' })
    if (response.ok) return ok(response)
    const told = problem.safeParse(await response.json().catch(() => undefined))
    return err(told.success ? told.data.code : 'failed')
  } catch {
    return err('unreachable')
  }
}

export async function read<S extends z.ZodType>(
  path: string,
  schema: S,
  init: RequestInit = {},
): Answer<z.output<S>> {
  const answer = await ask(path, init)
  if (!answer.ok) return answer
  const body = schema.safeParse(await answer.value.json().catch(() => undefined))
  return body.success ? ok(body.data) : err('failed')
}

export async function write(path: string, body: object): Answer<null> {
  const answer = await ask(path, jsonPost(body))
  return answer.ok ? ok(null) : answer
}

export function jsonPost(body: object): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

export const syncClient = {
  me: (): Answer<OperatorMe> => read('/v1/operator/me', operatorMe),
  signIn: (email: string, password: string): Answer<null> =>
    write('/v1/operator/sign-in', { email, password }),
  signOut: (): Answer<null> => write('/v1/auth/sign-out', {}),
  stations: (): Answer<SyncStations> => read('/v1/sync/status', syncStations),
  conflicts: (station: number | null): Answer<SyncConflicts> =>
    read(`/v1/sync/conflicts${station === null ? '' : `?station=${station}`}`, syncConflicts),
  resolve: (id: string, note: string): Answer<null> =>
    write('/v1/sync/conflicts/resolve', { id, note }),
}
