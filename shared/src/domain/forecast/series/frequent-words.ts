/** The most frequent words, most frequent first and by name on ties; an empty cell is none. */
export function frequentWords(values: readonly string[], most: number): readonly string[] {
  const counts = new Map<string, number>()
  for (const word of values) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word)
}
