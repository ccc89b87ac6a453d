import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { Aedes } from 'aedes'
import express from 'express'
import RED from 'node-red'

/**
 * A broker in memory and a Node-RED flow behind it, in one process: each message becomes a row of
 * the SQLite file PEER_DATABASE, which has a table reading (device, seq, payload) already.
 */
const broker = new Aedes()
await broker.listen()
const mqtt = createTcpServer((socket) => {
  socket.setNoDelay(true)
  broker.handle(socket)
})
await new Promise((resolve) => mqtt.listen(0, '127.0.0.1', resolve))
const { port } = mqtt.address()

const flows = [
  { id: 'tab', type: 'tab', label: 'readings' },
  {
    ...{ id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: String(port) },
    ...{ clientid: 'flow', autoConnect: true, usetls: false, protocolVersion: '4' },
    ...{ keepalive: '60', cleansession: true },
  },
  { id: 'file', type: 'sqlitedb', db: process.env.PEER_DATABASE, mode: 'RW' },
  {
    ...{ id: 'in', type: 'mqtt in', z: 'tab', topic: 'baari/v1/+/+/+/data', qos: '1' },
    ...{ datatype: 'json', broker: 'broker', wires: [['row']] },
  },
  {
    ...{ id: 'row', type: 'function', z: 'tab', outputs: 1, wires: [['store']] },
    func: `msg.params = { $device: msg.topic.split('/')[4], $seq: msg.payload.seq,
      $payload: JSON.stringify(msg.payload) }
      return msg`,
  },
  {
    ...{ id: 'store', type: 'sqlite', z: 'tab', mydb: 'file', sqlquery: 'prepared', wires: [[]] },
    sql: 'INSERT INTO reading (device, seq, payload) VALUES ($device, $seq, $payload)',
  },
]

broker.on('subscribe', (subscriptions, client) => {
  if (client.id === 'flow') process.send({ kind: 'ready', port })
})

const app = express()
const server = createServer(app)
RED.init(server, {
  userDir: process.env.PEER_FOLDER,
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: 'error', metrics: false, audit: false } },
  storageModule: {
    init: () => Promise.resolve(),
    getFlows: () => Promise.resolve(flows),
    saveFlows: () => Promise.resolve(),
    getCredentials: () => Promise.resolve({}),
    saveCredentials: () => Promise.resolve(),
    getSettings: () => Promise.resolve({}),
    saveSettings: () => Promise.resolve(),
    getSessions: () => Promise.resolve({}),
    saveSessions: () => Promise.resolve(),
    getLibraryEntry: () => Promise.resolve([]),
    saveLibraryEntry: () => Promise.resolve(),
  },
})
process.on('disconnect', () => process.exit())
await RED.start()
