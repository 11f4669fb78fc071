/**
 * Who a service account is to a cloud: with it, pods need no key. A plain value, by shape: what a cloud asks of the account and
 * of its pods.
 *
 * EKS Pod Identity needs none of this: there the account is associated with a role by AWS, and nothing stands in the cluster.
 */
export class WorkloadIdentity {
  /**
   * A service account of Google Cloud, on GKE.
   *
   * @param email `name@project.iam.gserviceaccount.com`
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  public static gke(email: string): WorkloadIdentity {
    const is = /^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/.test(email);
    return new WorkloadIdentity(
      { 'iam.gke.io/gcp-service-account': email },
      {},
      is ? [] : [[`'${email}' is no service account of Google Cloud`, 'write name@project.iam.gserviceaccount.com']],
    );
  }

  /**
   * A role of AWS, on EKS: IAM roles for service accounts.
   *
   * @param roleArn `arn:aws:iam::<account>:role/<name>`
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  public static eks(roleArn: string): WorkloadIdentity {
    const is = /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/.test(roleArn);
    return new WorkloadIdentity(
      { 'eks.amazonaws.com/role-arn': roleArn },
      {},
      is ? [] : [[`'${roleArn}' is no role of AWS`, 'write arn:aws:iam::123456789012:role/name']],
    );
  }

  /**
   * An application or a managed identity of Azure, on AKS. Its webhook looks at the pods too: they get the label
   * `azure.workload.identity/use`.
   *
   * @param clientId the id of the application or the identity, a UUID
   * @param tenantId the tenant, where it is not the webhook's own
   * @see https://azure.github.io/azure-workload-identity/docs/
   */
  public static azure(clientId: string, tenantId?: string): WorkloadIdentity {
    const wrong = [clientId, ...(tenantId === undefined ? [] : [tenantId])].filter((id) => !UUID.test(id));
    return new WorkloadIdentity(
      {
        'azure.workload.identity/client-id': clientId,
        ...(tenantId !== undefined && { 'azure.workload.identity/tenant-id': tenantId }),
      },
      { 'azure.workload.identity/use': 'true' },
      wrong.map((id) => [`'${id}' is no id of Azure's`, 'write the UUID, not the name']),
    );
  }

  private constructor(
    /** Annotations of the service account. */
    public readonly annotations: Readonly<Record<string, string>>,
    /** Labels of the pods that use it. */
    public readonly podLabels: Readonly<Record<string, string>>,
    /** What is wrong, and how to mend it. @internal */
    public readonly problems: readonly (readonly [message: string, mend: string])[],
  ) {}
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
