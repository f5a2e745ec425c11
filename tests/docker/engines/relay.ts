/**
 * Runs inside a test engine's own network, which no one outside can connect to: takes connections on a unix socket
 * and passes their bytes on to a TCP port of that network. TLS goes through untouched.
 * Arguments: path of the socket, port.
 */
import { connect, createServer } from 'node:net';
import { pipe } from './pipe.ts';

const [socketPath, port] = process.argv.slice(2);
createServer((from) => pipe(from, connect({ host: '127.0.0.1', port: Number(port) }))).listen(socketPath);
