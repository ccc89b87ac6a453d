export type SnapshotRead = {
  readonly rows: number
  readonly elapsedMs: number
  readonly bytes: number
}

/** Reads a shape from its start to the end of its snapshot as a client does: fetch and parse. */
export async function readSnapshot(base: string, token: string): Promise<SnapshotRead> {
  const begun = performance.now()
  let [rows, bytes] = [0, 0]
  let params: Record<string, string> = { table: 'booking', offset: '-1' }
  for (;;) {
    const url = new URL('/v1/shape', base)
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`a snapshot chunk was answered ${response.status}`)
    const text = await response.text()
    bytes += text.length
    rows += (JSON.parse(text) as readonly { readonly key?: string }[]).filter(
      ({ key }) => key !== undefined,
    ).length
    if (response.headers.has('electric-up-to-date')) break
    const [handle, offset] = ['electric-handle', 'electric-offset'].map((name) =>
      response.headers.get(name),
    )
    params = { table: 'booking', handle: handle ?? '', offset: offset ?? '' }
  }
  return { rows, bytes, elapsedMs: performance.now() - begun }
}
