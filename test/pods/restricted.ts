import type { Any } from './merge';

/** Volumes that hold nothing of the node. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SECCOMP = ['RuntimeDefault', 'Localhost'];

/**
 * What the level `restricted` of Kubernetes' Pod Security Standards refuses in a pod.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations({ metadata, spec }: Any): string[] {
  const found: string[] = [];
  const refuse = (wrong: boolean, what: string) => {
    if (wrong) found.push(what);
  };
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) refuse(spec[field] === true, field);
  for (const { name, ...source } of spec.volumes ?? []) {
    refuse(!Object.keys(source).every((kind) => VOLUMES.includes(kind)), `volume ${name}: ${Object.keys(source)}`);
  }
  for (const [name, value] of Object.entries<string>(metadata?.annotations ?? {})) {
    const isProfile = name.startsWith('container.apparmor.security.beta.kubernetes.io/');
    refuse(isProfile && !/^(runtime\/default|localhost\/.*)?$/.test(value), name);
  }
  const pod = spec.securityContext ?? {};
  for (const { name } of pod.sysctls ?? []) refuse(!SYSCTLS.includes(name), `sysctl ${name}`);
  shared(pod, 'pod', refuse);
  const kinds = ['initContainers', 'containers', 'ephemeralContainers'];
  for (const container of kinds.flatMap((kind) => spec[kind] ?? [])) {
    const { name, securityContext: own = {} } = container;
    shared(own, name, refuse);
    refuse(own.privileged === true, `${name}: privileged`);
    refuse((own.procMount ?? 'Default') !== 'Default', `${name}: procMount`);
    refuse(own.allowPrivilegeEscalation !== false, `${name}: allowPrivilegeEscalation`);
    refuse((own.runAsNonRoot ?? pod.runAsNonRoot) !== true, `${name}: runAsNonRoot`);
    refuse(!SECCOMP.includes((own.seccompProfile ?? pod.seccompProfile)?.type), `${name}: seccompProfile`);
    refuse(!(own.capabilities?.drop ?? []).includes('ALL'), `${name}: capabilities.drop`);
    const added: readonly string[] = own.capabilities?.add ?? [];
    refuse(!added.every((capability) => capability === 'NET_BIND_SERVICE'), `${name}: capabilities.add`);
    for (const { hostPort = 0 } of container.ports ?? []) refuse(hostPort !== 0, `${name}: hostPort`);
    for (const handler of handlersOf(container)) {
      refuse(Boolean(handler.httpGet?.host ?? handler.tcpSocket?.host), `${name}: host of a probe or hook`);
    }
  }
  return found;
}

/** What is asked of the security context of pods and of containers alike. */
function shared(context: Any, of: string, refuse: (wrong: boolean, what: string) => void): void {
  refuse(context.runAsUser === 0, `${of}: runAsUser`);
  refuse(context.windowsOptions?.hostProcess === true, `${of}: hostProcess`);
  const { type = '', user = '', role = '' } = context.seLinuxOptions ?? {};
  refuse(!SELINUX_TYPES.includes(type) || user !== '' || role !== '', `${of}: seLinuxOptions`);
  refuse(context.appArmorProfile?.type === 'Unconfined', `${of}: appArmorProfile`);
}

function handlersOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Any): Any[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.filter((handler) => handler !== undefined);
}
