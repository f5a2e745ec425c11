import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { type ContainerEntry, type HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';

/** The sample host's snapshot, which all synthetic ones are made of. */
export const sampleSnapshot = async (): Promise<HostSnapshot> => {
  const host = await startSimulatedHost();
  const address = parseEngineAddress(host.url);
  const client = await EngineClient.connect({ address, tls: host.tls, policy: selfHostedHostPolicy });
  try {
    return await collectSnapshot(client, { processLists: true, now: new Date('2026-11-24T12:00:00Z') });
  } finally {
    await client.close();
    await host.close();
  }
};

/** What a build looks like in many a history: a dozen steps, each a few commands. */
const buildSteps = [
  'apt-get update && apt-get install -y --no-install-recommends ca-certificates curl gnupg && rm -rf /var/lib/apt/lists/*',
  'set -eux; curl -fsSL https://deb.example/key.gpg | gpg --dearmor -o /usr/share/keyrings/example.gpg; apt-get update',
  'groupadd --gid 1000 app && useradd --uid 1000 --gid app --shell /bin/bash --create-home app',
  'mkdir -p /srv/app /var/log/app && chown -R app:app /srv/app /var/log/app',
  "sh -c 'npm ci --omit=dev && npm cache clean --force'",
  'python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt',
  'if [ -f /etc/ssl/openssl.cnf ]; then sed -i "s/SECLEVEL=1/SECLEVEL=2/" /etc/ssl/openssl.cnf; fi',
  'dpkgArch="$(dpkg --print-architecture)" && case "$dpkgArch" in amd64) ARCH=x64;; arm64) ARCH=arm64;; esac && echo $ARCH',
  'make -j"$(nproc)" && make install && make clean && ldconfig',
  'find /usr/local -type f -name "*.pyc" -delete && rm -rf /root/.cache /tmp/*',
  'echo "app soft nofile 65536" >> /etc/security/limits.conf; chmod 0644 /etc/security/limits.conf',
  'ln -sf /dev/stdout /var/log/app/access.log && ln -sf /dev/stderr /var/log/app/error.log',
] as const;

const hexOf = (number: number): string => number.toString(16).padStart(64, '0');

const imageAt = (original: ImageEntry, index: number): ImageEntry => ({
  ...original,
  id: `sha256:${hexOf(index)}`,
  repoTags: [`registry.bench.example/team-${index % 20}/service-${index}:1.${index}.0`],
  history: {
    value: buildSteps.map((step, place) => ({
      // Images of one team share a step, and no two images share all: nothing can be remembered from one to the next.
      CreatedBy: `/bin/sh -c ${step} # ${index}.${place}`,
      Created: 1_780_000_000,
      Size: 1_000_000,
    })),
  },
});

const containerAt = (original: ContainerEntry, index: number, image: ImageEntry | undefined): ContainerEntry => ({
  ...structuredClone(original),
  id: hexOf(index),
  name: `${original.name}-${index}`,
  ...(image === undefined ? {} : { imageId: image.id, image: image.repoTags[0] ?? image.id }),
});

/** A snapshot with exactly so many containers, and an image with a dozen build steps for every five of them. */
export const snapshotWith = (sample: HostSnapshot, containers: number): HostSnapshot => {
  const [originals, imagesOfSample] = [valueOf(sample.containers) ?? [], valueOf(sample.images) ?? []];
  const images = Array.from({ length: Math.ceil(containers / 5) }, (_unused, index) => {
    const original = imagesOfSample[index % imagesOfSample.length];
    if (original === undefined) throw new Error('The sample host has no image');
    return imageAt(original, index);
  });
  return {
    ...sample,
    images: { value: images },
    containers: {
      value: Array.from({ length: containers }, (_unused, index) => {
        const original = originals[index % originals.length];
        if (original === undefined) throw new Error('The sample host has no container');
        return containerAt(original, index, images[index % images.length]);
      }),
    },
  };
};
