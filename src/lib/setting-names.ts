/**
 * Names of settings, apart from the model: for what has to judge a text that may be broken, and for programs that do not
 * load the model. A test holds them against the model.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Settings whose values must not be shown, by their last names. */
export const SECRET_NAMES = words('auth bootstrap-token credentials creds identitytoken password server-key user-data')

/** Secrets that are tables as well: what in them must not be shown has a name of its own. */
export const SECRET_TABLES = words('credentials creds')

/** Tables under names that users choose, with values that may be shown. */
export const OPEN_TABLES = words(`
  environment hosts init init-parameters instance-attributes kernel kernel-parameters mirrors node-labels
  node-taints sysctl
`)

/** All other names of settings. */
export const PLAIN_NAMES = words(`
  allow-privileged-containers allowed allowed-unsafe-sysctls api-server audit-control audit-read
  audit-write authentication-mode autoload autoscaling aws awsvpc-block-imds backend-host
  block-suspend boot bootstrap-commands bootstrap-containers bpf cache-duration capabilities
  checkpoint-restore chown cloud-provider cloudformation cluster cluster-certificate cluster-dns-ip
  cluster-domain cluster-name commands config container-log-max-files container-log-max-size
  container-registry container-runtime container-stop-timeout cpu cpu-cfs-quota-enforced
  cpu-manager-policy cpu-manager-policy-options cpu-manager-reconcile-period credential-providers
  dac-override dac-read-search data device-id-strategy device-list-strategy dns ecs
  enable-container-metadata enable-spot-instance-draining enable-unprivileged-icmp
  enable-unprivileged-ports enabled endpoint environment ephemeral-storage essential event-burst
  event-qps eviction-hard eviction-max-pod-grace-period eviction-soft eviction-soft-grace-period
  fowner fsetid hard-limit host-containers hostname hostname-override hostname-override-source hosts
  https-proxy hugepages-1Gi hugepages-2Mi ignore-waves image-cleanup-age
  image-cleanup-delete-per-cycle image-cleanup-enabled image-cleanup-wait
  image-gc-high-threshold-percent image-gc-low-threshold-percent image-patterns image-pull-behavior
  imagefs.available imagefs.inodesFree init init-parameters instance-attributes ipc-lock ipc-owner
  kernel kernel-parameters kill kube-api-burst kube-api-qps kube-reserved kubelet-device-plugins
  kubernetes lease linux-immutable lockdown log-level log4j-hotpatch-enabled logging-drivers
  logical-resource-id loglevel mac-admin mac-override manifest max-address-space
  max-concurrent-downloads max-container-log-line-size max-core-file-size max-cpu-time max-data-size
  max-file-locks max-file-size max-locked-memory max-msgqueue-size max-nice-priority max-open-files
  max-pending-signals max-pods max-processes max-realtime-priority max-realtime-timeout
  max-resident-set max-stack-size memory memory-manager-policy memory-manager-reserved-memory
  memory.available metadata-base-url metadata-service-burst metadata-service-rps metrics metrics-url
  mirrors mknod mode modules motd name-servers net-admin net-bind-service net-broadcast net-raw
  network no-proxy node-ip node-labels node-taints nodefs.available nodefs.inodesFree ntp nvidia
  nvidia-container-runtime oci-defaults oci-hooks options pass-device-specs perfmon pid.available pki
  pod-infra-container-image pod-pids-limit profile provider-id reboot-to-reconcile region registry
  registry-burst registry-qps reserved-cpus reserved-memory resource-limits search-list
  seccomp-default seed send-metrics server-certificate server-tls-bootstrap service-checks setfcap
  setgid setpcap setuid should-signal should-wait shutdown-grace-period
  shutdown-grace-period-for-critical-pods soft-limit source stack-name standalone-mode static-pods
  superpowered sys-admin sys-boot sys-chroot sys-module sys-nice sys-pacct sys-ptrace sys-rawio
  sys-resource sys-time sys-tty-config sysctl syslog system-reserved targets-base-url
  task-cleanup-wait time-servers topology-manager-policy topology-manager-scope trusted updates
  username version-lock visible-devices-as-volume-mounts visible-devices-envvar-when-unprivileged
  wake-alarm
`)
