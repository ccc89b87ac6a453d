/** Counts the blocks one side sends to one address: 0 to 15 and round again. */
export type SentSequence = {
  /** The number of the next block; a repetition of the last block keeps its number. */
  next(): number
}

export function createSentSequence(first = 0): SentSequence {
  let sequence = first & 0x0f
  return {
    next() {
      const used = sequence
      sequence = (sequence + 1) & 0x0f
      return used
    },
  }
}

/** What the blocks received from one address say: whether one came again because its ACK was lost. */
export type ReceivedBlocks = {
  /**
   * `repeated` is acknowledged like any other and not processed again: same number and same bytes as
   * the block before it. Two equal sales are two blocks with numbers of their own, and the totaliser
   * tells them apart (D15). The same number with another content is a new block: the sender began
   * anew.
   */
  received(sequence: number, raw: Uint8Array): 'new' | 'repeated'
  /** The line was down or the pump was off: the next block is new whatever its number. */
  forget(): void
}

export function createReceivedBlocks(): ReceivedBlocks {
  let last: { readonly sequence: number; readonly raw: Uint8Array } | null = null
  return {
    received(sequence, raw) {
      const before = last
      last = { sequence, raw: raw.slice() }
      if (before === null || before.sequence !== sequence) return 'new'
      const same =
        before.raw.length === raw.length && before.raw.every((byte, i) => byte === raw[i])
      return same ? 'repeated' : 'new'
    },
    forget() {
      last = null
    },
  }
}
