import type { ValueType } from '../values/expression';
import type { PortDefinition } from './definition';

/** The type of what a port carries. */
export function typeOfPort(port: PortDefinition): ValueType {
  return port.kind === 'parameter' ? port.type : (`${port.type}${port.list ? '[]' : ''}` as ValueType);
}
