/**
 * What starts MiniStack: its own `main`, after two changes that no setting of it makes. It runs every `nodejs` runtime with the
 * first `node` on its PATH; here each gets its own. And it answers 404 to a plain HTTP request for an HTTP API of any
 * account but 000000000000, since it looks in the account of the request's signature; on AWS an API has one address for
 * everybody. Written for the pinned version; the tests fail when either stops working.
 */
export const LAUNCH_SCRIPT = `import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)
sys.path[:0] = settings["path"]
sys.argv = ["ministack"]

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import apigateway

detect_runtime_binary = lambda_runtime._detect_runtime_binary


def detect(runtime):
    binary, script = detect_runtime_binary(runtime)
    return settings["nodes"].get(runtime, binary), script


def find_api_scope(api_id):
    for account, region, known in [key for key, _ in apigateway._apis.all_items()]:
        if known == api_id:
            return account, region
    return None


lambda_runtime._detect_runtime_binary = detect
apigateway.find_api_scope = find_api_scope
app.main()
`;
