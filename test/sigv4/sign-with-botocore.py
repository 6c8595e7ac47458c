"""Signs the requests on stdin, a JSON list, with botocore, and writes them as they would be sent.

Arguments: the host, the region.
"""

import json
import sys
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

host, region = sys.argv[1:]
signed = []
for plain in json.load(sys.stdin):
    key = plain["key"]
    credentials = Credentials(key["accessKeyId"], key["secretAccessKey"], key.get("sessionToken"))
    body = plain["body"]
    request = AWSRequest(plain["method"], f"http://{host}{plain['path']}", dict(plain["headers"]), body.encode())
    if plain["presign"]:
        SigV4QueryAuth(credentials, "bedrock", region, expires=600).add_auth(request)
    else:
        SigV4Auth(credentials, "bedrock", region).add_auth(request)
    parts = urlsplit(request.url)
    headers = [["host", host]] + [[name.lower(), value] for name, value in request.headers.items()]
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    signed.append({"method": plain["method"], "target": target, "headers": headers, "body": body})
json.dump(signed, sys.stdout)
