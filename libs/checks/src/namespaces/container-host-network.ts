import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { MaxChain, networkModeOf } from '../engine/joined-namespaces.ts';
import { notApplicable, pass } from '../engine/verdict.ts';
import { judgeHostNamespace } from './host-namespace.ts';

export default defineCheck({
  id: 'container-host-network',
  theme: 'namespaces',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.9', '1.6.0': '5.10', '1.7.0': '5.10', '1.8.0': '5.10' },
  cisLevel: 1,
  title: "Containers do not share the host's network namespace",
  rationale:
    'In the network namespace of the host a container reaches services that listen on loopback only, can open any port of the host unseen by the engine, and sees the traffic of the host if it may capture it.',
  remediation:
    'Use a network of your own and publish what is needed: docker network create app; docker run --network app -p 127.0.0.1:8080:80 … (compose: remove network_mode: host, use networks and ports). There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.NetworkMode and NetworkSettings.Networks, followed through container:<id> to the end; a step less on a rootless daemon, where "host" is the namespace of that daemon.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxChain: MaxChain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.10',
    'moby/moby daemon/oci_linux.go (WithNamespaces)',
    'https://docs.docker.com/engine/network/drivers/host/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const onDesktop = context.info?.OperatingSystem?.startsWith('Docker Desktop') === true;
    const owner =
      context.isRootless === true
        ? 'on a rootless daemon that is the namespace of the daemon, with its loopback services'
        : onDesktop
          ? 'on Docker Desktop that is the network of its virtual machine'
          : 'it reaches services that listen on loopback only, and every port it opens is open on the host';
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers can not share the network of the host');
      return judgeHostNamespace(context, container, inspect.HostConfig, {
        field: 'HostConfig.NetworkMode',
        namespace: 'network',
        modeOf: networkModeOf,
        maxChain: parameters.maxChain,
        ifShared: { consequence: owner, severity: context.isRootless === true ? 'medium' : 'high' },
        ifOther: (mode, evidence) =>
          pass(`The network namespace is not that of the host (${mode === '' ? 'default' : mode})`, evidence),
      });
    });
  },
});
