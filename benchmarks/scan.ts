import { defaultConnectionLimits } from '@plimsoll/docker-engine';
import { replayBare } from './bare-client.ts';
import { type Bench, type Figure, interleaved, median, medianRatio, type Say, wallTimeOf } from './measure.ts';
import { type MeasuredHost, startHostProcess } from './measured-host.ts';
import { startRealHost, whyNoRealHost } from './real-host.ts';
import { recordRequests } from './record-requests.ts';
import { scanOnce } from './scan-once.ts';

interface Scene {
  readonly name: string;
  readonly rounds: number;
  start(say: Say): Promise<MeasuredHost>;
}

const sizes = [20, 200] as const;

const simulated = sizes.map((containers): Scene => ({
  name: `simulated host, ${containers} containers`,
  rounds: containers === 20 ? 25 : 15,
  start: () => startHostProcess(containers),
}));

const real = sizes.map((containers): Scene => ({
  name: `dockerd, ${containers} containers`,
  rounds: containers === 20 ? 9 : 3,
  start: (say) => startRealHost(containers, say),
}));

/**
 * A whole scan against the bare time of the same requests. The scan makes its connections, negotiates, looks at the
 * endpoint from outside, collects, redacts, validates and judges; the bare client sends what the scan has been seen to
 * send, as fast as so many connections allow, and throws the answers away.
 */
export const scan: Bench = {
  name: 'scan',
  run: async (say) => {
    const noRealHost = whyNoRealHost();
    const figures: Figure[] = [];
    for (const scene of [...simulated, ...(noRealHost === undefined ? real : [])]) {
      say(`scan of a ${scene.name}`);
      const host = await scene.start(say);
      try {
        figures.push(...(await measure(host, scene)));
      } finally {
        await host.stop();
      }
    }
    const left = noRealHost === undefined ? '' : `; no real dockerd: ${noRealHost}`;
    return { title: `A full scan against the bare time of the same Engine requests${left}`, figures };
  },
};

const measure = async (host: MeasuredHost, { name, rounds }: Scene): Promise<Figure[]> => {
  const requests = await recordRequests(host);
  const times = await interleaved(
    { rounds, warmUp: Math.ceil(rounds / 5) },
    {
      bare: () => wallTimeOf(() => replayBare(host, requests, defaultConnectionLimits)),
      scan: () => wallTimeOf(() => scanOnce(host, { endpointProbe: true })),
      withoutProbe: () => wallTimeOf(() => scanOnce(host, { endpointProbe: false })),
    },
  );
  return [
    { name: `${name}: bare requests`, value: median(times.bare), unit: 'ms', note: `${requests.length} requests` },
    { name: `${name}: full scan`, value: median(times.scan), unit: 'ms' },
    {
      name: `${name}: full scan / bare`,
      value: medianRatio(times.scan, times.bare),
      unit: '×',
      target: { atMost: 1.5 },
      note: `median of ${rounds} rounds`,
    },
    {
      name: `${name}: without the look from outside / bare`,
      value: medianRatio(times.withoutProbe, times.bare),
      unit: '×',
    },
  ];
};
