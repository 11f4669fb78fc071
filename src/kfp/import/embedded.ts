import { embeddedArchive } from '../ir/archive';
import type { Report } from '../ir/checks';
import type { IrPath } from '../ir/message';
import type { IrContainer } from '../ir/types';

/** Refuses files that a component's module would unpack outside of its own folder. Nothing is unpacked for it. */
export function checkEmbedded({ command = [] }: IrContainer, path: IrPath, report: Report): void {
  command.forEach((text, index) => {
    for (const problem of embeddedArchive(text)?.problems ?? []) {
      report(
        'KFP1550',
        [...path, 'container', 'command', index],
        problem,
        'compile the component again from files that it may unpack',
      );
    }
  });
}
