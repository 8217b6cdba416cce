import { createServer, type Socket } from 'node:net';

/*
 * A process that speaks just enough SMTP (RFC 5321) to take messages as fast as they come, and counts them. Says its port
 * when it listens, and its count when asked.
 */

let messages = 0;
let bytes = 0;
const end = Buffer.from('\r\n.\r\n');

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let rest: Buffer = Buffer.alloc(0);
  let inData = false;
  socket.write('220 sink ESMTP\r\n');
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answers = '';
    for (;;) {
      const at = inData ? rest.indexOf(end) : rest.indexOf('\r\n');
      if (at < 0) break;
      if (inData) {
        messages++;
        bytes += at;
        rest = rest.subarray(at + end.length);
        inData = false;
        answers += '250 2.0.0 taken\r\n';
        continue;
      }
      const verb = rest.toString('latin1', 0, Math.min(4, at)).toUpperCase();
      rest = rest.subarray(at + 2);
      if (verb === 'EHLO') answers += '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';
      else if (verb === 'DATA') {
        inData = true;
        answers += '354 go on\r\n';
      } else if (verb === 'QUIT') {
        socket.end(`${answers}221 bye\r\n`);
        return;
      } else answers += '250 2.0.0 ok\r\n';
    }
    if (answers !== '') socket.write(answers);
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('message', () => process.send?.({ messages, bytes }));
process.on('disconnect', () => process.exit(0));
