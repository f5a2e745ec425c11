import type { ServerResponse } from 'node:http';
import { type AnswerFault, withControlCharacters } from './faults.ts';

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
};

/** A recorded body, as the engine sends it. */
export const sendRecorded = (response: ServerResponse, body: unknown): void => sendJson(response, 200, body);

export const sendEngineError = (response: ServerResponse, status: number, message: string): void =>
  sendJson(response, status, { message });

const startJson = (response: ServerResponse): void => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
};

/** Repeats until the other side goes away or `send` says that there was enough. */
const repeat = (response: ServerResponse, intervalMs: number, send: () => void): void => {
  const timer = setInterval(send, intervalMs);
  response.once('close', () => clearInterval(timer));
};

const filler = `"${'x'.repeat(16_382)}",`;

/** Writes for ever, at the reader's pace. */
const writeEndlessly = (response: ServerResponse): void => {
  while (!response.destroyed && response.write(filler));
  if (!response.destroyed) response.once('drain', () => writeEndlessly(response));
};

/** Answers as an ill-behaved host would. `recorded` is what a good one would have said. */
export const sendFaulty = (response: ServerResponse, fault: AnswerFault, recorded: unknown): void => {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'slow': {
      const timer = setTimeout(() => sendRecorded(response, recorded), fault.delayMs);
      response.once('close', () => clearTimeout(timer));
      return;
    }
    case 'drip':
      startJson(response);
      response.flushHeaders();
      repeat(response, fault.intervalMs, () => response.write(' '));
      return;
    case 'endless-json':
      startJson(response);
      response.write('[');
      writeEndlessly(response);
      return;
    case 'deep-nesting':
      startJson(response);
      response.end('['.repeat(fault.depth) + ']'.repeat(fault.depth));
      return;
    case 'wrong-content-length': {
      const text = JSON.stringify(recorded);
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) + 100 });
      response.write(text, () => response.destroy());
      return;
    }
    case 'huge-body':
      startJson(response);
      response.end(`["${'x'.repeat(fault.bytes)}"]`);
      return;
    case 'status':
      sendEngineError(response, fault.status, fault.message ?? 'simulated failure');
      return;
    case 'vanish':
      sendEngineError(response, 404, 'No such object: it was removed a moment ago');
      return;
    case 'reset':
      response.destroy();
      return;
    case 'redirect':
      response.writeHead(302, { Location: fault.location });
      response.end();
      return;
    case 'not-json':
      startJson(response);
      response.end('<html>It works!</html>');
      return;
    case 'body':
      sendRecorded(response, fault.body);
      return;
    case 'archive':
      response.writeHead(200, {
        'Content-Type': 'application/x-tar',
        ...(fault.stat === undefined ? {} : { 'X-Docker-Container-Path-Stat': fault.stat }),
      });
      response.end(fault.body);
      return;
    case 'control-characters':
      sendRecorded(response, withControlCharacters(recorded));
  }
};
