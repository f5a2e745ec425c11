import type { WorldDefinition } from './world.ts';

const tls =
  '--tlsverify --tlscacert "$FOLDER/tls/ca.pem" --tlscert "$FOLDER/tls/cert.pem" --tlskey "$FOLDER/tls/key.pem"';
const rootful = `dockerd -H unix:///run/docker.sock -H tcp://127.0.0.1:2376 ${tls}`;

/** The machine's own engine (20.10 on Debian 12) as it comes, with further flags. */
export const plainDocker = (name: string, flags = ''): WorldDefinition => ({ name, script: `${rootful} ${flags}\n` });

/** dockerd makes the user dockremap and its ranges by itself, in the private /etc. */
export const remappedDocker: WorldDefinition = plainDocker('remap', '--userns-remap default');

/** An engine unpacked from another suite of Debian. */
export const newerDocker = (engineRoot: string): WorldDefinition => ({ ...plainDocker('newer'), engineRoot });

const uid = 4711;

/** Docker as an ordinary user, network by slirp4netns. Its user exists in the private /etc only. */
export const rootlessDocker: WorldDefinition = {
  name: 'rootless',
  socketBelowRun: `user/${uid}/docker.sock`,
  script: `
echo 'plimsoll:x:${uid}:${uid}::/var/lib/home:/bin/sh' >> /etc/passwd
echo 'plimsoll:x:${uid}:' >> /etc/group
echo 'plimsoll:4800000:65536' > /etc/subuid
echo 'plimsoll:4800000:65536' > /etc/subgid
mkdir -p /run/user/${uid} /var/lib/home
chown ${uid}:${uid} /run/user/${uid} /var/lib/home
mount -t tmpfs tmpfs /dev/net
mknod -m 666 /dev/net/tun c 10 200
cp -r "$FOLDER/tls" /run/tls
chown -R ${uid}:${uid} /run/tls
setpriv --reuid ${uid} --regid ${uid} --clear-groups --inh-caps=-all env HOME=/var/lib/home XDG_RUNTIME_DIR=/run/user/${uid} \\
  DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS='-p 127.0.0.1:2376:2376/tcp' \\
  /usr/share/docker.io/contrib/dockerd-rootless.sh -H unix:///run/user/${uid}/docker.sock -H tcp://0.0.0.0:2376 \\
  --tlsverify --tlscacert /run/tls/ca.pem --tlscert /run/tls/cert.pem --tlskey /run/tls/key.pem
`,
};

/**
 * Podman's Docker-compatible API, which speaks no TLS: stunnel stands in front, and hands what it takes to
 * `/run/door.sock`, where the test records each request on its way to the engine.
 */
export const podman: WorldDefinition = {
  name: 'podman',
  socketBelowRun: 'podman/podman.sock',
  script: `
# Its defaults lie above the limits of many machines; soft equals hard, since this API swaps the two.
mkdir -p /etc/containers /var/lib/containers /run/podman
printf '[containers]\\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\\n' > /etc/containers/containers.conf
cat > "$FOLDER/state/stunnel.conf" <<CONF
foreground = yes
pid =
[engine]
accept = 127.0.0.1:2376
connect = /run/door.sock
cert = $FOLDER/tls/cert.pem
key = $FOLDER/tls/key.pem
CAfile = $FOLDER/tls/ca.pem
verifyChain = yes
requireCert = yes
CONF
stunnel4 "$FOLDER/state/stunnel.conf" &
podman system service --time=0 unix:///run/podman/podman.sock
`,
};
