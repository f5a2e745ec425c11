import { z } from 'zod';
import type { EngineInfo } from '../schema/engine.ts';
import { lenient, lenientNullable, text, textList } from '../schema/lenient.ts';
import type { Part } from '../schema/part.ts';
import {
  type SwarmConfig,
  SwarmNode,
  type SwarmObjects,
  type SwarmSecret,
  SwarmService,
  SwarmTask,
} from '../schema/swarm.ts';
import { judgeEnvironment } from '../redaction/environment.ts';
import { redactDeep } from '../redaction/redact-deep.ts';
import { redactText } from '../redaction/redact-text.ts';
import type { SnapshotReader } from './reader.ts';

const Named = z.object({
  ID: text,
  CreatedAt: text,
  UpdatedAt: text,
  Spec: lenient(z.object({ Name: text, Driver: lenientNullable(z.object({ Name: text })), Data: text })),
});
const SpecEnvironment = z.object({ TaskTemplate: z.object({ ContainerSpec: z.object({ Env: textList }) }) });
const ServiceEnvironments = z.object({
  Spec: lenient(SpecEnvironment),
  PreviousSpec: lenientNullable(SpecEnvironment),
});

/** Objects of a swarm. Only a manager has them: workers answer 503, engines outside a swarm too, so neither is asked. */
export const collectSwarm = async (reader: SnapshotReader, info: Part<EngineInfo>): Promise<Part<SwarmObjects>> => {
  if ('missing' in info) return info; // whether there is a swarm is not known
  const swarm = info.value.Swarm;
  if (swarm?.ControlAvailable !== true) {
    const isWorker = swarm?.LocalNodeState === 'active';
    const detail = isWorker ? 'Only managers keep these.' : 'The engine is not in a swarm.';
    const missing = { missing: 'not-supported', detail } as const;
    return { value: { nodes: missing, services: missing, tasks: missing, secrets: missing, configs: missing } };
  }
  const [nodes, services, tasks, secrets, configs] = await Promise.all([
    reader.ask('nodeList', {}, {}, (answer) => redactDeep(z.array(SwarmNode).parse(answer)).value),
    reader.ask('serviceList', {}, {}, (answer) => z.array(z.unknown()).parse(answer).map(readService)),
    reader.ask('taskList', {}, {}, (answer) => redactDeep(z.array(SwarmTask).parse(answer)).value),
    reader.ask('secretList', {}, {}, (answer) => redactDeep(z.array(Named).parse(answer).map(readSecret)).value),
    reader.ask('configList', {}, {}, (answer) => redactDeep(z.array(Named).parse(answer).map(readConfig)).value),
  ]);
  return { value: { nodes, services, tasks, secrets, configs } };
};

const readService = (answer: unknown): SwarmService => {
  const service = SwarmService.parse(answer);
  const environments = ServiceEnvironments.parse(answer);
  for (const which of ['Spec', 'PreviousSpec'] as const) {
    const specification = service[which]?.TaskTemplate?.ContainerSpec;
    const entries = environments[which]?.TaskTemplate.ContainerSpec;
    if (specification && entries) specification.environment = judgeEnvironment(entries.Env ?? []);
  }
  const { value, sightings } = redactDeep(service);
  return { ...value, secretSightings: sightings };
};

const readSecret = ({ ID, CreatedAt, UpdatedAt, Spec }: z.infer<typeof Named>): z.infer<typeof SwarmSecret> => ({
  ID,
  name: Spec?.Name,
  driver: Spec?.Driver?.Name,
  CreatedAt,
  UpdatedAt,
});

/** The payload is judged in this call and goes no further. */
const readConfig = ({ ID, CreatedAt, UpdatedAt, Spec }: z.infer<typeof Named>): z.infer<typeof SwarmConfig> => {
  let secretDetector: string | undefined;
  redactText(Buffer.from(Spec?.Data ?? '', 'base64').toString('utf8'), '', (_where, detector) => {
    secretDetector ??= detector;
  });
  return { ID, name: Spec?.Name, CreatedAt, UpdatedAt, secretDetector };
};
