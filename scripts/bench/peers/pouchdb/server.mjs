import express from 'express'
import expressPouchDb from 'express-pouchdb'
import PouchDB from 'pouchdb'
import { syncedLevelDown } from './synced-leveldb.mjs'

/** The receiving end: a CouchDB-like server over LevelDB files in PEER_FOLDER. */
const Durable = PouchDB.defaults({ prefix: `${process.env.PEER_FOLDER}/`, db: syncedLevelDown })
const app = express()
app.use('/db', expressPouchDb(Durable, { mode: 'minimumForPouchDB', inMemoryConfig: true }))
const server = app.listen(0, '127.0.0.1', () => {
  process.send({ kind: 'ready', port: server.address().port })
})
process.on('message', () => process.exit(0))
