"""The component's own module: importing it runs the text that ships.

It is a module, not a bare namespace, so that processes spawned by user code can import it and unpickle what it defines.
"""

import kfp_runtime.source as _source

_source.execute(globals())
