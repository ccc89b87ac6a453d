/** Answers every text but two: one kills the process, one is never answered. */
process.on('message', (text: string) => {
  if (text === 'die') process.exit(3)
  if (text !== 'silence') process.send?.(`echo ${text}`)
})
