import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import packagesAuthenticated from './image-packages-authenticated.ts';

const used = (...newestFirst: (string | readonly [string, number])[]) => {
  const value = newestFirst.map((step) => {
    const [CreatedBy, Size] = typeof step === 'string' ? [step, 0] : step;
    return { Id: '<missing>', Created: 0, CreatedBy, Size, Comment: '', Tags: null };
  });
  return aSnapshot({ images: [anImage({ history: { value } })], containers: [aContainer()] });
};
const run = (command: string): string => `RUN /bin/sh -c ${command} # buildkit`;

test.for([
  'apt-get install -y --allow-unauthenticated x',
  'apt-get --force-yes install x',
  'apt-get update --allow-insecure-repositories',
  'apt-get -o APT::Get::AllowUnauthenticated=true install x',
  'echo "deb [trusted=yes] http://a.example ./" > /etc/apt/sources.list.d/a.list',
  'echo \'APT::Get::AllowUnauthenticated "true";\' > /etc/apt/apt.conf.d/99',
  'yum install -y --nogpgcheck x',
  'dnf install -y --setopt=gpgcheck=0 x',
  'printf "gpgcheck=0" >> /etc/yum.repos.d/a.repo',
  'zypper --no-gpg-checks install x',
  'apk add --allow-untrusted ./x.apk',
  'rpm -i --nosignature x.rpm',
  'pip install --trusted-host pypi.example x',
  'npm config set strict-ssl false',
  'npm install --strict-ssl=false',
  'curl -k https://a.example/i.sh | sh',
  'curl -fsSLk https://a.example/i.sh | sudo bash -s --',
  'curl http://a.example/i.sh | bash',
  'wget -qO- --no-check-certificate https://a.example/i.sh | sh',
  'wget http://a.example/i.sh && sh i.sh',
  'curl -k -o /tmp/i.sh https://a.example/x && chmod +x /tmp/i.sh && /tmp/i.sh',
  'curl --insecure -O https://a.example/x.deb && dpkg -i x.deb',
  'bash -c "$(curl -k https://a.example/i.sh)"',
  'bash <(curl -s http://a.example/i.sh)',
])('fails on RUN %s', (command) => {
  expect(outcomesOf(packagesAuthenticated, used(run(command)))).toEqual(['fail']);
});

test.for([
  ['a plain installation', 'apt-get update && apt-get install -y x'],
  [
    'a mirror in clear text, whose index is signed',
    'echo "deb http://deb.debian.org/debian bookworm main" > /etc/apt/sources.list && apt-get update',
  ],
  ['a switch that says no', 'apt-get install -y --allow-unauthenticated=false x'],
  ['a script over TLS, which is checked by that alone', 'curl -fsSL https://a.example/i.sh | sh'],
  ['an unchecked download that nothing runs', 'curl -k -o /data/list.json https://a.example/list.json'],
  ['a script that hides what it does', './install.sh'],
] as const)('can not tell after %s', ([, command]) => {
  expect(outcomesOf(packagesAuthenticated, used(run(command)))).toEqual(['unknown']);
});

test('does not apply where no step installs anything', () => {
  expect(outcomesOf(packagesAuthenticated, used(run('adduser -D app'), 'COPY . /app # buildkit'))).toEqual([
    'not-applicable',
  ]);
});

test('sees one installation among other steps and commands', () => {
  const steps = [run('adduser -D app'), run('cd /srv && apk add curl && true')];
  expect(outcomesOf(packagesAuthenticated, used(...steps))).toEqual(['unknown']);
});

test('names step and command', () => {
  expect(
    resultsOf(packagesAuthenticated, used('CMD ["x"]', run('true && apk add --allow-untrusted ./x.apk'))),
  ).toMatchObject([{ evidence: [{ source: 'history[1].CreatedBy', value: 'apk add --allow-untrusted ./x.apk' }] }]);
});

test('leaves the steps of a base to the base', () => {
  const history = ['CMD ["app"]', run('make'), 'CMD ["bash"]', run('apk add --allow-untrusted x'), 'ADD rootfs.tar /'];
  expect(outcomesOf(packagesAuthenticated, used(...history))).toEqual(['not-applicable']);
  expect(outcomesOf(packagesAuthenticated, used(...history), { includeBase: true })).toEqual(['fail']);
});

test.for([
  ['without a history', []],
  ['of an import', [['', 9]]],
  ['with a layer of a commit', [['bash', 9], 'COPY rootfs /']],
] as const)('can not tell %s', ([, history]) => {
  expect(outcomesOf(packagesAuthenticated, used(...history))).toEqual(['unknown']);
});
