import { useEffect, useState, type RefObject } from 'react'

// Less than this is a margin, not a row that somebody would miss.
const marginPixels = 24

/** Whether a list has more below what is seen of it now; two whole rows look like all there is. */
export function useHidesMore(list: RefObject<HTMLElement | null>, items: number): boolean {
  const [hides, setHides] = useState(false)
  useEffect(() => {
    const box = list.current
    if (!box) return undefined
    const look = (): void =>
      setHides(box.scrollHeight - box.scrollTop - box.clientHeight > marginPixels)
    const resized = new ResizeObserver(look)
    resized.observe(box)
    box.addEventListener('scroll', look)
    return () => {
      resized.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [list, items])
  return hides
}
