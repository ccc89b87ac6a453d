import { readFileSync } from 'node:fs'
import PouchDB from 'pouchdb'
import { syncedLevelDown } from './synced-leveldb.mjs'

/** The sending end: documents written first, then one replication of all of them, timed. */
const Durable = PouchDB.defaults({ prefix: `${process.env.PEER_FOLDER}/`, db: syncedLevelDown })
const docsPerWrite = 1_000

async function round({ name, url, file, batch }) {
  const docs = readFileSync(file, 'utf8').trimEnd().split('\n').map(docOf)
  const local = new Durable(name)
  for (let at = 0; at < docs.length; at += docsPerWrite) {
    await local.bulkDocs(docs.slice(at, at + docsPerWrite))
  }
  const started = performance.now()
  const outcome = await local.replicate.to(`${url}/${name}`, { batch_size: batch })
  const tookMs = performance.now() - started
  const there = await new Durable(`${url}/${name}`, { skip_setup: true }).info()
  await local.close()
  if (!outcome.ok || outcome.docs_written !== docs.length || there.doc_count !== docs.length) {
    throw new Error(`${outcome.docs_written} of ${docs.length} documents arrived`)
  }
  process.send({ kind: 'done', docs: docs.length, tookMs })
}

/** An op as a document: its number is the id, in the order it was written. */
function docOf(line) {
  const op = JSON.parse(line)
  return { _id: String(op.s).padStart(12, '0'), ...op }
}

process.on('message', (ask) => {
  if (ask.kind === 'stop') process.exit(0)
  round(ask).catch((error) => process.send({ kind: 'failed', reason: String(error) }))
})
process.send({ kind: 'ready' })
