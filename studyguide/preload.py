"""Load what jobs will need. The fork server imports this module before it forks the first worker, so that every worker has it.

It runs while the main process still reads and composes. Whatever goes wrong here goes wrong again in the job, which reports it.
"""

import gc
from contextlib import suppress

from studyguide.pipeline import OUTPUTS

for _output in OUTPUTS.values():
    with suppress(Exception):
        if not _output.find_missing_library():
            _output.prepare_worker()
gc.freeze()  # a collection in a worker would copy every page of memory that it shares with the fork server
