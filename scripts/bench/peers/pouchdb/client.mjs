import { readFileSync } from 'node:fs'
import PouchDB from 'pouchdb'
import { syncedLevelDown } from './synced-leveldb.mjs'

/** The station's end: one replication of all documents, timed, up to the server or down from it. */
const Durable = PouchDB.defaults({ prefix: `${process.env.PEER_FOLDER}/`, db: syncedLevelDown })
const docsPerWrite = 1_000

async function written(name, docs) {
  const local = new Durable(name)
  for (let at = 0; at < docs.length; at += docsPerWrite) {
    await local.bulkDocs(docs.slice(at, at + docsPerWrite))
  }
  return local
}

async function timed(docs, replicate) {
  const started = performance.now()
  const outcome = await replicate()
  const tookMs = performance.now() - started
  if (!outcome.ok || outcome.docs_written !== docs.length) {
    throw new Error(`${outcome.docs_written} of ${docs.length} documents arrived`)
  }
  process.send({ kind: 'done', docs: docs.length, tookMs })
}

const docsIn = (file) => readFileSync(file, 'utf8').trimEnd().split('\n').map(docOf)

/** Documents written here first, then sent. */
async function round({ name, url, file, batch }) {
  const docs = docsIn(file)
  const local = await written(name, docs)
  await timed(docs, () => local.replicate.to(`${url}/${name}`, { batch_size: batch }))
  await local.close()
}

/** Documents brought to the server first, then fetched into a database that has none. */
async function pull({ name, url, file, batch }) {
  const docs = docsIn(file)
  const source = await written(`${name}-source`, docs)
  await source.replicate.to(`${url}/${name}`, { batch_size: docsPerWrite })
  await source.close()
  const local = new Durable(name)
  await timed(docs, () => local.replicate.from(`${url}/${name}`, { batch_size: batch }))
  await local.close()
}

/** An op as a document: its number is the id, in the order it was written. */
function docOf(line) {
  const op = JSON.parse(line)
  return { _id: String(op.s).padStart(12, '0'), ...op }
}

process.on('message', (ask) => {
  if (ask.kind === 'stop') process.exit(0)
  const work = ask.kind === 'pull' ? pull : round
  work(ask).catch((error) => process.send({ kind: 'failed', reason: String(error) }))
})
process.send({ kind: 'ready' })
