/** `npm run new:check -- <theme>/<id>`: writes a check and its test, both failing with a hint at what to fill in. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { themes } from '../libs/checks/src/engine/vocabulary.ts';

const [path = ''] = process.argv.slice(2);
const [theme, id, ...rest] = path.split('/');
const isValid =
  theme !== undefined &&
  themes.some((each) => each === theme) &&
  id !== undefined &&
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) &&
  rest.length === 0;
if (!isValid) {
  console.error(`error  Say <theme>/<id>, e.g. namespaces/container-host-pid. Themes: ${themes.join(', ')}`);
  process.exit(2);
}
const name = id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const file = join(import.meta.dirname, '../libs/checks/src', theme, `${id}.ts`);
if (existsSync(file)) {
  console.error(`error  ${theme}/${id} exists already`);
  process.exit(2);
}

const check = `import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: '${id}',
  theme: '${theme}',
  severity: 'medium',
  subject: 'container',
  title: '',
  rationale: '',
  remediation: '',
  decidedBy: '',
  needs: ['containers'],
  parameters: containerParameters,
  sources: [],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      const value = inspect.HostConfig?.ReadonlyRootfs;
      if (value === undefined) return fieldNotSeen('HostConfig.ReadonlyRootfs');
      const evidence = [{ source: 'HostConfig.ReadonlyRootfs', value }];
      return value ? pass('Say why this is fine', evidence) : fail('Say what is wrong', evidence);
    });
  },
});
`;
const test = `import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf } from '../testing/builders.ts';
import ${name} from './${id}.ts';

test.for([
  ['passes when the field that decides is harmless', {}, 'pass'],
  ['fails when it is not', {}, 'fail'],
  ['can not tell when it was not seen', {}, 'unknown'],
] as const)('%s', ([, hostConfig, outcome]) => {
  const snapshot = aSnapshot({ containers: [aContainer({ hostConfig })] });
  expect(outcomesOf(${name}, snapshot)).toEqual([outcome]);
});
`;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, check);
writeFileSync(file.replace(/\.ts$/, '.test.ts'), test);
console.log(`libs/checks/src/${theme}/${id}.ts
libs/checks/src/${theme}/${id}.test.ts

Next: fill them in, then
  npm run test:unit -- libs/checks/src/${theme}/${id}
  npm run generate`);
