/** What the names of inputs begin with that only reach what is outside of a group. */
export const CHANNEL = 'pipelinechannel--';

/** The strategy of what runs when everything upstream has ended, however it did. */
export const WHEN_ENDED = 'ALL_UPSTREAM_TASKS_COMPLETED';

/** Images that no container runs: KFP's driver does what they say itself. */
export const CREATE_CLAIM = 'argostub/createpvc';
/** The same, for claims that are deleted. */
export const DELETE_CLAIM = 'argostub/deletepvc';
