import { publicBoard, type PublicBoard } from '@baari/shared/contracts/live/public-board'
import { useEffect, useState } from 'react'

export type Followed = { readonly board: PublicBoard | null; readonly connected: boolean }

/** The node says something every 15 s at least; after two of these in silence it is lost. */
const silenceMs = 35_000

/**
 * Follows the node's board stream; the browser reconnects by itself and each picture is whole. A
 * node that hangs ends no connection, so silence counts as a loss as well.
 */
export function useFollowedBoard(): Followed {
  const [followed, setFollowed] = useState<Followed>({ board: null, connected: false })
  useEffect(() => {
    let silence: ReturnType<typeof setTimeout> | undefined
    const connected = (is: boolean): void => {
      setFollowed((known) => (known.connected === is ? known : { ...known, connected: is }))
    }
    const heard = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => connected(false), silenceMs)
    }
    const source = new EventSource('/v1/board')
    source.addEventListener('board', (event: MessageEvent<string>) => {
      heard()
      const parsed = publicBoard.safeParse(json(event.data))
      if (parsed.success) setFollowed({ board: parsed.data, connected: true })
    })
    source.addEventListener('beat', () => {
      heard()
      connected(true)
    })
    source.addEventListener('error', () => connected(false))
    return () => {
      clearTimeout(silence)
      source.close()
    }
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
