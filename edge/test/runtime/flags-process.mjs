process.once('message', () => process.send(process.execArgv))
