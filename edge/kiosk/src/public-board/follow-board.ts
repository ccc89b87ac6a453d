import { publicBoard, type PublicBoard } from '@baari/shared/contracts/live/public-board'
import { useEffect, useState } from 'react'

export type Followed = { readonly board: PublicBoard | null; readonly connected: boolean }

/** Follows the node's board stream; the browser reconnects by itself and each picture is whole. */
export function useFollowedBoard(): Followed {
  const [followed, setFollowed] = useState<Followed>({ board: null, connected: false })
  useEffect(() => {
    const source = new EventSource('/v1/board')
    source.addEventListener('board', (event: MessageEvent<string>) => {
      const parsed = publicBoard.safeParse(json(event.data))
      if (parsed.success) setFollowed({ board: parsed.data, connected: true })
    })
    source.addEventListener('error', () => setFollowed((known) => ({ ...known, connected: false })))
    return () => source.close()
  }, [])
  return followed
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
