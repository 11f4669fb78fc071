/** Variables that would make a Python look elsewhere than its own environment, or that only this command knows. */
const NOISE =
  /^(PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|UV_PYTHON|PIP_USER|__PYVENV_LAUNCHER__|CDK8S_.*|KFP_.*)$/;

/** The environment that programs of a run inherit: this process's, without what would leak into them. */
export function userEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOISE.test(name)));
}
