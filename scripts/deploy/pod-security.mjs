/**
 * What a resource's pods do that Kubernetes' restricted standard of pod security forbids, besides a root file system that can be written to
 * and a token that isn't needed.
 *
 * @param resource a Pod, a Deployment, or another resource without pods
 * @returns sentences; none if all is well
 */
export function podFaults({ kind, metadata, spec }) {
  const pod = kind === "Pod" ? spec : kind === "Deployment" ? spec.template.spec : undefined;
  if (pod === undefined) return [];
  const name = `${kind} ${metadata.name}`;
  const wrong = (is, what) => (is ? [] : [`${name}: ${what}`]);
  const { securityContext: context = {}, containers, initContainers = [], volumes = [] } = pod;
  return [
    ...wrong(context.runAsNonRoot === true, "runAsNonRoot isn't true"),
    ...wrong(context.runAsUser > 0, "runAsUser isn't another than root"),
    ...wrong(context.seccompProfile?.type === "RuntimeDefault", "seccompProfile isn't RuntimeDefault"),
    ...wrong(pod.automountServiceAccountToken === false, "it gets a token of its service account"),
    ...["hostNetwork", "hostPID", "hostIPC"].flatMap((key) => wrong(!pod[key], `${key} is on`)),
    ...volumes.flatMap((volume) =>
      wrong(volume.hostPath === undefined, `the volume ${volume.name} is the host's`),
    ),
    ...[...containers, ...initContainers].flatMap(({ name: container, securityContext: own = {} }) => [
      ...wrong(own.allowPrivilegeEscalation === false, `${container} may gain privileges`),
      ...wrong(own.readOnlyRootFilesystem === true, `${container} may write to its root`),
      ...wrong(own.capabilities?.drop?.includes("ALL"), `${container} keeps capabilities`),
      ...wrong(own.capabilities?.add === undefined, `${container} adds capabilities`),
      ...wrong(own.privileged !== true, `${container} is privileged`),
    ]),
  ];
}
