"""Asks drHEADer about the headers of each response: one JSON object a line in, its findings a line out.

Repeated fields are joined with commas, as its own client (requests) joins them; Set-Cookie stays a list.
"""

import json
import logging
import sys

from drheader import Drheader

logging.disable(logging.CRITICAL)


def ask(headers):
    try:
        return {"findings": Drheader(headers=headers).analyze()}
    except Exception as error:  # whatever stops it, the response counts as refused
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps({"host": case["host"], **ask(case["headers"])}, default=str))
