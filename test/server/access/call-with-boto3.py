"""Calls a model (arguments: its id, the body) and writes the generation or the error as JSON."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

client = boto3.client("bedrock-runtime")
try:
    response = client.invoke_model(modelId=sys.argv[1], body=sys.argv[2])
    outcome = {"generation": json.loads(response["body"].read())["generation"]}
except ClientError as error:
    outcome = {
        "code": error.response["Error"]["Code"],
        "message": error.response["Error"]["Message"],
        "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
    }
json.dump(outcome, sys.stdout)
