import { describe, expect, test } from 'vitest';
import { redactArguments, redactMapEntry, redactText } from './redact-text.ts';

const sightingsOf = (work: (sight: (where: string, detector: string) => void) => unknown): [unknown, string[]] => {
  const seen: string[] = [];
  const result = work((_where, detector) => seen.push(detector));
  return [result, seen];
};

describe('text', () => {
  test.for([
    ['redis-server --requirepass s3cret --port 6379', 'redis-server --requirepass [redacted] --port 6379'],
    ['app --db-password=s3cret -v', 'app --db-password=[redacted] -v'],
    ['app --db-password="s3 cret" -v', 'app --db-password=[redacted] -v'],
    ['mysql -u root -ps3cret shop', 'mysql -u root -p[redacted] shop'],
    ['/bin/sh -c redis-cli -a s3cret ping', '/bin/sh -c redis-cli -a [redacted] ping'],
    ['curl -u admin:s3cret https://x', 'curl -u admin:[redacted] https://x'],
    ['|2 NPM_TOKEN=s3cret CITY=Bath /bin/sh -c make', '|2 NPM_TOKEN=[redacted] CITY=Bath /bin/sh -c make'],
    ['/bin/sh -c #(nop)  ENV DB_PASSWORD=s3cret', '/bin/sh -c #(nop)  ENV DB_PASSWORD=[redacted]'],
    ['export TOKEN=s3cret; run', 'export TOKEN=[redacted]; run'],
    ['{"password":"s3cret","user":"x"}', '{"password":[redacted],"user":"x"}'],
    ['git clone https://bot:s3cret@git.example/x', 'git clone https://[redacted]@git.example/x'],
    ["curl -H 'Authorization: Bearer s3cret-token'", "curl -H 'Authorization: Bearer [redacted]'"],
    ['sshpass -p s3cret ssh host', 'sshpass -p [redacted] ssh host'],
    ['docker login -u me -p s3cret', 'docker login -u me -p [redacted]'],
    ['username=x,password=s3cret,vers=3.0', 'username=x,password=[redacted],vers=3.0'],
  ] as const)('%s', ([text, expected]) => {
    const [result, seen] = sightingsOf((sight) => redactText(text, 'Config.Cmd', sight));
    expect(result).toBe(expected);
    expect(seen).toHaveLength(1);
  });

  test.for([
    'nginx -g daemon off;',
    'sshd -D -p 2222',
    'app --token-ttl=3600 --password-file /run/secrets/x',
    'mkdir -p /srv/app && cp -a /a /b',
    'http://proxy.example:3128',
    'tar -xzf a.tgz --strip-components=1',
    'image@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'node --max-old-space-size=512 server.js',
    'TOKEN=$TOKEN run',
    'exec valkey-server --requirepass "$(cat /run/secrets/queue)" --appendonly yes',
    'exec valkey-server --requirepass $(cat /run/secrets/queue)',
  ])('%s stays as it is', (text) => {
    expect(sightingsOf((sight) => redactText(text, '', sight))).toEqual([text, []]);
  });

  test('an absurdly long text is cut and does not take long', () => {
    for (const evil of [
      'a'.repeat(2_000_000),
      'a://'.repeat(500_000),
      'password='.repeat(200_000),
      '-p '.repeat(500_000),
    ]) {
      expect(redactText(evil, '', () => undefined).length).toBeLessThanOrEqual(70_000);
    }
  });
});

describe('a command as a list', () => {
  test.for([
    [
      ['redis-server', '--requirepass', 's3cret'],
      ['redis-server', '--requirepass', '[redacted]'],
    ],
    [
      ['mysqldump', '-p', 's3cret', 'shop'],
      ['mysqldump', '-p', '[redacted]', 'shop'],
    ],
    [
      ['/usr/bin/mysql', '-ps3cret'],
      ['/usr/bin/mysql', '-p[redacted]'],
    ],
    [
      ['app', '--password', 's3 cret with spaces'],
      ['app', '--password', '[redacted]'],
    ],
    [
      ['sh', '-c', 'PGPASSWORD=s3cret psql'],
      ['sh', '-c', 'PGPASSWORD=[redacted] psql'],
    ],
  ] as const)('%j', ([items, expected]) => {
    const [result, seen] = sightingsOf((sight) => redactArguments(items, 'Args', sight));
    expect(result).toEqual(expected);
    expect(seen).toHaveLength(1);
  });

  test.for([[['sshd', '-p', '2222']], [['app', '--password-file', '/run/secrets/x', '--token', '--verbose']]] as const)(
    '%j stays as it is',
    ([items]) => {
      expect(sightingsOf((sight) => redactArguments(items, '', sight))).toEqual([items, []]);
    },
  );
});

test('a label or an option is judged by its key too', () => {
  expect(redactMapEntry('splunk-token', '00000000-aaaa', 'HostConfig.LogConfig.Config', () => undefined)).toBe(
    '[redacted]',
  );
  const [result, seen] = sightingsOf((sight) => redactMapEntry('o', 'username=x,password=s3cret', 'Options', sight));
  expect(result).toBe('username=x,password=[redacted]');
  expect(seen).toEqual(['name:password']);
});
